"""What a reply needs besides the body: title, author, date, site, and what kind of piece it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from bot.core.models import ArticleTrait
from bot.extract.meta_tags import MetaTags, one_line, types_of
from bot.extract.publication_date import written_day
from bot.extract.url_parts import parts_of
from bot.extract.word_count import WORD

_SEPARATOR = re.compile(r"\s+[|\-–—:·•»«/~]+\s+|\s*[|»«]\s*|(?<=\w): ")
_HEADINGS = etree.XPath("//h1")
_BYLINES = etree.XPath(
    "//*[@rel='author' or @itemprop='author' or contains(@class, 'author-name') or contains(@class, 'byline')"
    " or contains(@class, 'author')]"
)
_TIMES = etree.XPath("//time/@datetime | //*[@itemprop='datePublished']/@content", smart_strings=False)
_DATED = etree.XPath(
    "//body//time | //body//*[contains(@class, 'date') or contains(@class, 'Date')"
    " or contains(@class, 'publish') or contains(@class, 'posted')"
    " or contains(@class, 'meta') or contains(@class, 'byline')]"
)
_FEW_DATED = 12
_SHORT = 160
_BY = re.compile(
    r"^\W*(?:(?:written|posted|published|reviewed|story|words) )?"
    r"(?:by|von|par|por|di|door|av|author)\b\s*:?\s*",
    re.IGNORECASE,
)
_NAME_END = re.compile(
    r"\s*(?:[|•·–—/\n]|,| - |\bin\b|\bon\b|\bupdated\b|\bpublished\b|\d).*$", re.IGNORECASE
)
_DATE = re.compile(r"((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=\D)")
_OPINION = re.compile(
    r"/(?:opinions?|op-ed|commentary|comment-?is-?free|kommentare?|meinung|opinion[ei]s?|tribune|columnists?)/",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"/(?:live|liveblog|live-updates|liveticker|en-direct|directo)(?:[/-]|$)|\bliveblog\b", re.IGNORECASE
)
_RELEASE = re.compile(
    r"/(?:press-?releases?|news-?releases?|pressemitteilung\w*|communiques?-de-presse)/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Metadata:
    title: str
    author: str | None
    published: str | None
    site: str | None
    traits: frozenset[ArticleTrait]


def read_metadata(root: HtmlElement, head: MetaTags, url: str) -> Metadata:
    """The facts of a page; everything that it does not say is empty or None."""
    site = _site(head)
    return Metadata(
        _title(root, head, site, url),
        _author(root, head),
        _published(root, head, url),
        site,
        _traits(head, url),
    )


def _site(head: MetaTags) -> str | None:
    named = head.first("og:site_name", "application-name")
    if named:
        return named
    names = (_name(publisher) for publisher in head.about("publisher"))
    return next((name for name in names if name), None)


def _title(root: HtmlElement, head: MetaTags, site: str | None, url: str) -> str:
    page = root.find(".//title")
    full = one_line(page.text_content()) if page is not None else ""
    headings = [text for element in _HEADINGS(root)[:5] if (text := one_line(element.text_content()))]
    given = head.first("og:title", "twitter:title") or next(map(one_line, head.about("headline")), "") or full
    for heading in headings:
        if len(WORD.findall(heading)) > 1 and _within(heading, (given, full)):
            return heading
    return without_site(given, site, url) or (headings[0] if headings else "")


def _within(heading: str, titles: tuple[str, ...]) -> bool:
    wanted = WORD.findall(heading.casefold())
    return any(f" {' '.join(wanted)} " in f" {' '.join(WORD.findall(title.casefold()))} " for title in titles)


def without_site(title: str, site: str | None, url: str) -> str:
    """A title without the name of its site before or after it."""
    pieces = [piece for piece in _SEPARATOR.split(title) if piece]
    if len(pieces) < 2:
        return title
    host = (parts_of(url).hostname or "").removeprefix("www.")
    if _is_site(pieces[-1], site, host):
        return title[: title.rindex(pieces[-1])].rstrip(" |-–—:·•»«/~")
    if _is_site(pieces[0], site, host):
        return title[title.index(pieces[0]) + len(pieces[0]) :].lstrip(" |-–—:·•»«/~")
    return title


def _is_site(piece: str, site: str | None, host: str) -> bool:
    plain = "".join(WORD.findall(piece.casefold()))
    if not plain:
        return False
    name = "".join(WORD.findall((site or "").casefold()))
    squeezed = host.replace("-", "").replace(".", "")
    return plain == name or (
        len(plain) > 3 and (plain in squeezed or (bool(name) and (plain in name or name in plain)))
    )


def _author(root: HtmlElement, head: MetaTags) -> str | None:
    for value in (
        *map(_name, head.about("author")),
        head.first("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl"),
    ):
        name = _BY.sub("", value).strip(" ,")
        if _is_name(name):
            return name
    for element in _BYLINES(root)[:8]:
        name = _NAME_END.sub("", _BY.sub("", one_line(element.text_content()))).strip(" ,")
        if _is_name(name) and name[:1].isupper() and len(name.split()) > 1:
            return name
    return None


def _is_name(text: str) -> bool:
    return 1 < len(text) <= 80 and len(text.split()) <= 10 and "http" not in text and "@" not in text


def _name(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(name for one in value[:5] if (name := _name(one)))
    return one_line(value.get("name") if isinstance(value, dict) else value)


def _published(root: HtmlElement, head: MetaTags, url: str) -> str | None:
    for text in _dates(root, head):
        found = _day(_DATE.search(text))
        if found:
            return found
    return _day(_URL_DATE.search(url)) or _shown(root)


def _shown(root: HtmlElement) -> str | None:
    """The first day that stands where pages show their date."""
    for element in _DATED(root)[:_FEW_DATED]:
        found = written_day(one_line(element.text_content())[:_SHORT])
        if found:
            return found
    return None


def _dates(root: HtmlElement, head: MetaTags) -> Iterator[str]:
    yield from map(one_line, head.about("datePublished"))
    yield head.first(
        "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate"
    )
    yield head.first(
        "parsely-pub-date", "dc.date", "dc.date.issued", "dcterms.created", "sailthru.date", "publish-date"
    )
    yield from _TIMES(root)[:3]
    yield from map(one_line, head.about("dateCreated"))


def _day(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    # no clock here: anything later than the year 2100 is a typing error
    return day.isoformat() if day < date(2100, 1, 1) - timedelta(days=1) else None


def _traits(head: MetaTags, url: str) -> frozenset[ArticleTrait]:
    path = parts_of(url).path
    section = head.first("article:section", "section").casefold()
    free = [str(value).lower().rsplit("/", 1)[-1] for value in head.about("isAccessibleForFree")]
    free.append(head.first("article:content_tier").lower())
    said = {
        ArticleTrait.CUT_SHORT: "false" in free or "locked" in free,
        ArticleTrait.LIVE: "liveblogposting" in head.types or bool(_LIVE.search(path)),
        ArticleTrait.OPINION: "opinionnewsarticle" in head.types
        or section in _OPINION_SECTIONS
        or bool(_OPINION.search(path)),
        ArticleTrait.PRESS_RELEASE: any(
            "pressrelease" in kind for thing in head.things for kind in types_of(thing)
        )
        or bool(_RELEASE.search(path)),
    }
    return frozenset(trait for trait, holds in said.items() if holds)


_OPINION_SECTIONS = frozenset(
    {"opinion", "opinions", "comment", "commentary", "editorial", "meinung", "kommentar", "op-ed"}
)
