"""Rules for single sites, as data: `sites.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cssselect import HTMLTranslator
from lxml import etree
from lxml.html import HtmlElement

from bot.extract.url_parts import parts_of


@dataclass(frozen=True, slots=True)
class SiteRule:
    host: str
    keep: etree.XPath | None
    drop: tuple[etree.XPath, ...]


@cache
def sites() -> dict[str, SiteRule]:
    """The package's rules by host."""
    text = resources.files("bot.extract").joinpath("site_rules.toml").read_text("utf-8")
    return {
        entry["host"]: SiteRule(
            entry["host"],
            _xpath(entry["keep"]) if "keep" in entry else None,
            tuple(_xpath(selector) for selector in entry.get("drop", ())),
        )
        for entry in tomllib.loads(text).get("site", ())
    }


def site_of(url: str) -> SiteRule | None:
    """The rule for an address, if there is one."""
    host = (parts_of(url).hostname or "").lower()
    parts = host.split(".")
    return next((site for at in range(len(parts)) if (site := sites().get(".".join(parts[at:])))), None)


def apply(site: SiteRule, root: HtmlElement) -> None:
    """Take out of the tree what the rule says."""
    for selector in site.drop:
        for element in selector(root):
            if element.getparent() is not None:
                element.drop_tree()
    body = root.find("body")
    kept = site.keep(root) if site.keep is not None else []
    if kept and body is not None and body not in kept:
        for child in list(body):
            body.remove(child)
        body.text = None
        body.extend(kept)


def _xpath(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector))
