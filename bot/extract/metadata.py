"""Metadata of an article: title, author, date, site, and traits such as opinion or live blog."""

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
from bot.extract.publication_date import find_date
from bot.extract.url_parts import split_url
from bot.extract.word_count import WORD

_SEPARATOR = re.compile(r"\s+[|\-–—:·•»«/~]+\s+|\s*[|»«]\s*|(?<=\w): ")
_HEADINGS = etree.XPath("//h1")
_BYLINES = etree.XPath(
    "//*[@rel='author' or @itemprop='author' or contains(@class, 'author-name') or contains(@class, 'byline')"
    " or contains(@class, 'author')]"
)
_TIMES = etree.XPath("//time/@datetime | //*[@itemprop='datePublished']/@content", smart_strings=False)
_DATE_ELEMENTS = etree.XPath(
    "//body//time | //body//*[contains(@class, 'date') or contains(@class, 'Date')"
    " or contains(@class, 'publish') or contains(@class, 'posted')"
    " or contains(@class, 'meta') or contains(@class, 'byline')]"
)
_MAX_DATE_ELEMENTS = 12
_MAX_DATE_TEXT = 160
_BYLINE_START = re.compile(
    r"^\W*(?:(?:written|posted|published|reviewed|story|words) )?"
    r"(?:by|von|par|por|di|door|av|author)\b\s*:?\s*",
    re.IGNORECASE,
)
_BYLINE_REST = re.compile(
    r"\s*(?:[|•·–—/\n]|,| - |\bin\b|\bon\b|\bupdated\b|\bpublished\b|\d).*$", re.IGNORECASE
)
_ISO_DATE = re.compile(r"((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=\D)")
_OPINION = re.compile(
    r"/(?:opinions?|op-ed|commentary|comment-?is-?free|kommentare?|meinung|opinion[ei]s?|tribune|columnists?)/",
    re.IGNORECASE,
)
_LIVE = re.compile(
    r"/(?:live|liveblog|live-updates|liveticker|en-direct|directo)(?:[/-]|$)|\bliveblog\b", re.IGNORECASE
)
_PRESS_RELEASE = re.compile(
    r"/(?:press-?releases?|news-?releases?|pressemitteilung\w*|communiques?-de-presse)/", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Metadata:
    title: str
    author: str | None
    published: str | None
    site: str | None
    traits: frozenset[ArticleTrait]


def read_metadata(root: HtmlElement, meta_tags: MetaTags, url: str) -> Metadata:
    """The metadata of a page; what it does not state is "" or None."""
    site = _site(meta_tags)
    return Metadata(
        _title(root, meta_tags, site, url),
        _author(root, meta_tags),
        _published(root, meta_tags, url),
        site,
        _traits(meta_tags, url),
    )


def _site(meta_tags: MetaTags) -> str | None:
    named = meta_tags.first_text("og:site_name", "application-name")
    if named:
        return named
    names = (_name_of(publisher) for publisher in meta_tags.json_ld_values("publisher"))
    return next((name for name in names if name), None)


def _title(root: HtmlElement, meta_tags: MetaTags, site: str | None, url: str) -> str:
    page = root.find(".//title")
    full = one_line(page.text_content()) if page is not None else ""
    headings = [text for element in _HEADINGS(root)[:5] if (text := one_line(element.text_content()))]
    given = (
        meta_tags.first_text("og:title", "twitter:title")
        or next(map(one_line, meta_tags.json_ld_values("headline")), "")
        or full
    )
    for heading in headings:
        if len(WORD.findall(heading)) > 1 and _is_part_of(heading, (given, full)):
            return heading
    return without_site_name(given, site, url) or (headings[0] if headings else "")


def _is_part_of(heading: str, titles: tuple[str, ...]) -> bool:
    wanted = WORD.findall(heading.casefold())
    return any(f" {' '.join(wanted)} " in f" {' '.join(WORD.findall(title.casefold()))} " for title in titles)


def without_site_name(title: str, site: str | None, url: str) -> str:
    """A title without the name of the site before or after it."""
    pieces = [piece for piece in _SEPARATOR.split(title) if piece]
    if len(pieces) < 2:
        return title
    host = (split_url(url).hostname or "").removeprefix("www.")
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


def _author(root: HtmlElement, meta_tags: MetaTags) -> str | None:
    for value in (
        *map(_name_of, meta_tags.json_ld_values("author")),
        meta_tags.first_text(
            "author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl"
        ),
    ):
        name = _BYLINE_START.sub("", value).strip(" ,")
        if _is_name(name):
            return name
    for element in _BYLINES(root)[:8]:
        name = _BYLINE_REST.sub("", _BYLINE_START.sub("", one_line(element.text_content()))).strip(" ,")
        if _is_name(name) and name[:1].isupper() and len(name.split()) > 1:
            return name
    return None


def _is_name(text: str) -> bool:
    return 1 < len(text) <= 80 and len(text.split()) <= 10 and "http" not in text and "@" not in text


def _name_of(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(name for one in value[:5] if (name := _name_of(one)))
    return one_line(value.get("name") if isinstance(value, dict) else value)


def _published(root: HtmlElement, meta_tags: MetaTags, url: str) -> str | None:
    for text in _date_texts(root, meta_tags):
        found = _to_iso(_ISO_DATE.search(text))
        if found:
            return found
    return _to_iso(_URL_DATE.search(url)) or _visible_date(root)


def _visible_date(root: HtmlElement) -> str | None:
    """The first date in the elements in which pages show their date; None if there is none."""
    for element in _DATE_ELEMENTS(root)[:_MAX_DATE_ELEMENTS]:
        found = find_date(one_line(element.text_content())[:_MAX_DATE_TEXT])
        if found:
            return found
    return None


def _date_texts(root: HtmlElement, meta_tags: MetaTags) -> Iterator[str]:
    yield from map(one_line, meta_tags.json_ld_values("datePublished"))
    yield meta_tags.first_text(
        "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate"
    )
    yield meta_tags.first_text(
        "parsely-pub-date", "dc.date", "dc.date.issued", "dcterms.created", "sailthru.date", "publish-date"
    )
    yield from _TIMES(root)[:3]
    yield from map(one_line, meta_tags.json_ld_values("dateCreated"))


def _to_iso(found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    # the clock is not read here: a date after the year 2099 is a typing error
    return day.isoformat() if day < date(2100, 1, 1) - timedelta(days=1) else None


def _traits(meta_tags: MetaTags, url: str) -> frozenset[ArticleTrait]:
    path = split_url(url).path
    section = meta_tags.first_text("article:section", "section").casefold()
    free = [
        str(value).lower().rsplit("/", 1)[-1] for value in meta_tags.json_ld_values("isAccessibleForFree")
    ]
    free.append(meta_tags.first_text("article:content_tier").lower())
    conditions = {
        ArticleTrait.CUT_SHORT: "false" in free or "locked" in free,
        ArticleTrait.LIVE: "liveblogposting" in meta_tags.json_ld_types or bool(_LIVE.search(path)),
        ArticleTrait.OPINION: "opinionnewsarticle" in meta_tags.json_ld_types
        or section in _OPINION_SECTIONS
        or bool(_OPINION.search(path)),
        ArticleTrait.PRESS_RELEASE: any(
            "pressrelease" in kind for thing in meta_tags.json_ld_objects for kind in types_of(thing)
        )
        or bool(_PRESS_RELEASE.search(path)),
    }
    return frozenset(trait for trait, holds in conditions.items() if holds)


_OPINION_SECTIONS = frozenset(
    {"opinion", "opinions", "comment", "commentary", "editorial", "meinung", "kommentar", "op-ed"}
)
