"""What a page says of itself to machines: its meta elements and its JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

_META = etree.XPath("//meta[@content and (@name or @property or @itemprop)]")
_JSON_LD = etree.XPath("//script[contains(@type, 'ld+json')]")
_CANONICAL = etree.XPath("//link[@rel='canonical']/@href", smart_strings=False)
_MAX_JSON = 300_000
_MAX_OBJECTS = 500


@dataclass(frozen=True, slots=True)
class MetaTags:
    """`meta` by lower-case name, first one wins; `things` are the JSON-LD objects, outermost first."""

    meta: dict[str, str]
    json_ld_objects: tuple[dict[str, Any], ...]
    json_ld_types: frozenset[str]
    """All `@type`s of the JSON-LD, lower case."""
    canonical_url: str | None
    lang: str
    """The `lang` of the root element, lower case, two letters, or ""."""

    def first_text(self, *names: str) -> str:
        """The first of these meta elements that says something, in one line."""
        return next((text for name in names if (text := one_line(self.meta.get(name, "")))), "")

    def json_ld_values(self, key: str) -> Iterator[Any]:
        """Values of a key in the objects that are articles, then in all others."""
        for thing in sorted(self.json_ld_objects, key=is_article, reverse=True):
            if thing.get(key) not in (None, "", [], {}):
                yield thing[key]


def read_meta_tags(root: HtmlElement, url: str) -> MetaTags:
    """Read it before scripts are taken out of the tree."""
    meta: dict[str, str] = {}
    for element in _META(root):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        meta.setdefault(name.strip().lower(), element.get("content"))
    objects = tuple(_json_ld_objects(root))
    types = frozenset(kind for thing in objects for kind in types_of(thing))
    lang = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:2].lower()
    return MetaTags(meta, objects, types, _canonical(root, url, meta), lang if lang.isalpha() else "")


def types_of(thing: dict[str, Any]) -> list[str]:
    kinds = thing.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rsplit("/", 1)[-1].lower() for kind in kinds if isinstance(kind, str)]


def is_article(thing: dict[str, Any]) -> bool:
    return any(kind.endswith(("article", "blogposting", "report")) for kind in types_of(thing))


def one_line(value: object) -> str:
    """A value of the head as text of at most 500 characters; anything but text is ""."""
    # some pages escape twice, and JSON-LD has no entities of its own
    return " ".join(unescape(value[:2000]).split())[:500] if isinstance(value, str) else ""


def _canonical(root: HtmlElement, url: str, meta: dict[str, str]) -> str | None:
    for link in (*_CANONICAL(root), meta.get("og:url", "")):
        try:
            absolute = urljoin(url, link.strip())
            parts = urlsplit(absolute)
        except ValueError:
            continue
        if link.strip() and parts.scheme in ("http", "https") and parts.netloc:
            return str(absolute)
    return None


def _json_ld_objects(root: HtmlElement) -> Iterator[dict[str, Any]]:
    left = _MAX_OBJECTS
    waiting: list[Any] = [_parse_json(element.text or "") for element in _JSON_LD(root)[:20]]
    while waiting and left:
        left -= 1
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value[:_MAX_OBJECTS]
        elif isinstance(value, dict):
            yield value
            waiting += [value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value]


def _parse_json(text: str) -> Any:
    if len(text) > _MAX_JSON:
        return None
    try:
        return json.loads(text.strip().rstrip(";"), strict=False)
    except (ValueError, RecursionError):
        return None
