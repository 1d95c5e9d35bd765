"""The news site's press: a page's own part and the furniture of its language become a whole page.

A file in `pages/` has lines of `key: value`, a line of `---`, and the HTML of the article's body.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

_HERE = files(__package__)


@dataclass(frozen=True, slots=True)
class PageSource:
    """A page as its author filed it."""

    metadata: dict[str, str]
    body: str

    @property
    def title(self) -> str:
        return self.metadata["title"]

    @property
    def language(self) -> str:
        return self.metadata["lang"]


@cache
def load_source(name: str) -> PageSource:
    """The page of that name under `pages/`."""
    head, _, body = (_HERE / "pages" / f"{name}.html").read_text(encoding="utf-8").partition("\n---\n")
    pairs = (line.partition(": ") for line in head.splitlines())
    return PageSource({key: value for key, _, value in pairs}, body.strip())


def build_page(name: str, url: str, charset: str = "utf-8") -> bytes:
    """The whole page; `charset` is named in its head only, and what it lacks is written as entities."""
    copy = load_source(name)
    furniture = _furniture()[copy.language]
    head = {key: escape(value) for key, value in copy.metadata.items()}
    page = _template("page_frame").substitute(
        head,
        url=url,
        charset=charset,
        site=escape(furniture["name"]),
        linked_data=_linked_data(copy, url, furniture["name"]),
        body=copy.body,
        **_blocks(furniture),
    )
    return page.encode(charset, "xmlcharrefreplace")


def load_raw_page(name: str) -> bytes:
    """A page that is filed whole, without furniture of ours."""
    return (_HERE / "pages" / f"{name}.html").read_bytes()


@cache
def _furniture() -> dict[str, Any]:
    return tomllib.loads((_HERE / "page_frames.toml").read_text(encoding="utf-8"))


@cache
def _template(name: str) -> Template:
    return Template((_HERE / f"{name}.html").read_text(encoding="utf-8"))


def _blocks(furniture: dict[str, Any]) -> dict[str, str]:
    return {
        "nav": _links(furniture["nav"]),
        "share": _links(furniture["share"]),
        "related": _links(furniture["related"]),
        "accept": "".join(f"<button>{escape(label)}</button>" for label in furniture["accept"]),
    } | {key: escape(furniture[key]) for key in _LINES}


_LINES = ("cookie", "by", "newsletter", "subscribe", "related_heading", "comments", "footer")


def _links(labels: list[str]) -> str:
    return "".join(f'<li><a href="#{n}">{escape(label)}</a></li>' for n, label in enumerate(labels))


def _linked_data(copy: PageSource, url: str, site: str) -> str:
    """schema.org's NewsArticle, as search engines ask for it."""
    value = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": copy.title,
        "description": copy.metadata["description"],
        "datePublished": f"{copy.metadata['date']}T06:00:00Z",
        "inLanguage": copy.language,
        "mainEntityOfPage": url,
        "author": {"@type": "Person", "name": copy.metadata["author"]},
        "publisher": {"@type": "Organization", "name": site},
        "isAccessibleForFree": "wall" not in copy.metadata,
    }
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
