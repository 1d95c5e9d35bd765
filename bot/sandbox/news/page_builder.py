"""Builds the pages of the news site from the source of a page and the page frame of its language.

A file in `pages/` has lines of `key: value`, a line of `---`, and the HTML of the article's body.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from msgspec import Struct

_PACKAGE = files(__package__)


class PageSource(Struct, frozen=True):
    """A file in `pages/`."""

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
    """Read the page of that name in `pages/`."""
    head, _, body = (_PACKAGE / "pages" / f"{name}.html").read_text(encoding="utf-8").partition("\n---\n")
    pairs = (line.partition(": ") for line in head.splitlines())
    return PageSource({key: value for key, _, value in pairs}, body.strip())


def build_page(name: str, url: str, charset: str = "utf-8") -> bytes:
    """The whole page. Only its head names the `charset`; characters that it lacks become entities."""
    source = load_source(name)
    frame = _frames()[source.language]
    head = {key: escape(value) for key, value in source.metadata.items()}
    page = _template("page_frame").substitute(
        head,
        url=url,
        charset=charset,
        site=escape(frame["name"]),
        linked_data=_linked_data(source, url, frame["name"]),
        body=source.body,
        **_frame_blocks(frame),
    )
    return page.encode(charset, "xmlcharrefreplace")


def load_raw_page(name: str) -> bytes:
    """A page that is stored whole, without a page frame."""
    return (_PACKAGE / "pages" / f"{name}.html").read_bytes()


@cache
def _frames() -> dict[str, Any]:
    return tomllib.loads((_PACKAGE / "page_frames.toml").read_text(encoding="utf-8"))


@cache
def _template(name: str) -> Template:
    return Template((_PACKAGE / f"{name}.html").read_text(encoding="utf-8"))


def _frame_blocks(frame: dict[str, Any]) -> dict[str, str]:
    return {
        "nav": _links(frame["nav"]),
        "share": _links(frame["share"]),
        "related": _links(frame["related"]),
        "accept": "".join(f"<button>{escape(label)}</button>" for label in frame["accept"]),
    } | {key: escape(frame[key]) for key in _FRAME_TEXTS}


_FRAME_TEXTS = ("cookie", "by", "newsletter", "subscribe", "related_heading", "comments", "footer")


def _links(labels: list[str]) -> str:
    return "".join(f'<li><a href="#{n}">{escape(label)}</a></li>' for n, label in enumerate(labels))


def _linked_data(source: PageSource, url: str, site: str) -> str:
    """JSON-LD of schema.org's NewsArticle, as search engines require it."""
    value = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": source.title,
        "description": source.metadata["description"],
        "datePublished": f"{source.metadata['date']}T06:00:00Z",
        "inLanguage": source.language,
        "mainEntityOfPage": url,
        "author": {"@type": "Person", "name": source.metadata["author"]},
        "publisher": {"@type": "Organization", "name": site},
        "isAccessibleForFree": "wall" not in source.metadata,
    }
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
