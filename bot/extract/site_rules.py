"""Rules for single sites, from `site_rules.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from cssselect import HTMLTranslator
from lxml import etree
from lxml.html import HtmlElement
from msgspec import Struct

from bot.extract.url_parts import split_url


class SiteRule(Struct, frozen=True):
    host: str
    keep: etree.XPath | None
    drop: tuple[etree.XPath, ...]


@cache
def load_site_rules() -> dict[str, SiteRule]:
    """The rules by host."""
    text = resources.files("bot.extract").joinpath("site_rules.toml").read_text("utf-8")
    return {
        entry["host"]: SiteRule(
            entry["host"],
            _xpath(entry["keep"]) if "keep" in entry else None,
            tuple(_xpath(selector) for selector in entry.get("drop", ())),
        )
        for entry in tomllib.loads(text).get("site", ())
    }


def site_rule_for(url: str) -> SiteRule | None:
    """The rule for the host of a URL or one of its parent domains; None if there is none."""
    host = (split_url(url).hostname or "").lower()
    parts = host.split(".")
    return next(
        (rule for at in range(len(parts)) if (rule := load_site_rules().get(".".join(parts[at:])))), None
    )


def apply_site_rule(rule: SiteRule, root: HtmlElement) -> None:
    """Remove from the tree the elements that the rule names."""
    for selector in rule.drop:
        for element in selector(root):
            if element.getparent() is not None:
                element.drop_tree()
    body = root.find("body")
    kept = rule.keep(root) if rule.keep is not None else []
    if kept and body is not None and body not in kept:
        for child in list(body):
            body.remove(child)
        body.text = None
        body.extend(kept)


def _xpath(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))
