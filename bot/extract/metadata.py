"""Metadata of an article: title, author, date, site, and traits such as opinion or live blog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lxml import etree
from lxml.html import HtmlElement

from bot.core.models import ArticleTrait
from bot.extract.authors import find_author, name_of
from bot.extract.meta_tags import MetaTags, one_line, types_of
from bot.extract.publication_date import find_date
from bot.extract.titles import find_title
from bot.extract.url_parts import split_url

_TIMES = etree.XPath("//time/@datetime | //@itemprop[. = 'datePublished']/../@content", smart_strings=False)
_TIME_ELEMENTS = etree.XPath("//body//time")
_DATE_ELEMENTS = etree.XPath(
    "//body//time | //body//*/@class[contains(., 'date') or contains(., 'Date')"
    " or contains(., 'publish') or contains(., 'posted')"
    " or contains(., 'meta') or contains(., 'byline')]/.."
)
_HEADLINE = etree.XPath("(//h1 | //h2[not(//h1)])[1]")
_TEXTS_BEFORE = etree.XPath(
    "preceding::text()[normalize-space()][not(parent::script or parent::style)][position() <= 4]",
    smart_strings=False,
)
_TEXTS_AFTER = etree.XPath("following::text()[string-length(.) < 60]", smart_strings=False)
_MAX_TEXTS_AFTER_HEADLINE = 60
_MAX_LABEL = 24
"""Letters beside a date in a line that is only a date, such as "Published on"."""
_MAX_DATE_ELEMENTS = 12
_MAX_DATE_TEXT = 160
_ISO_DATE = re.compile(r"((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_PUBLICATION_META = re.compile(
    r"publi(?:sh|cation)\w*[-_.:]?(?:date|time|on|at)$|date[-_.:]?publi|pub[-_]?date$"
)
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
        find_title(root, meta_tags, site, url),
        find_author(root, meta_tags, site),
        _published(root, meta_tags, url),
        site,
        _traits(meta_tags, url),
    )


def _site(meta_tags: MetaTags) -> str | None:
    named = meta_tags.first_text("og:site_name", "application-name")
    if named:
        return named
    names = (name_of(publisher, meta_tags) for publisher in meta_tags.json_ld_values("publisher"))
    return next((name for name in names if name), None)


def _published(root: HtmlElement, meta_tags: MetaTags, url: str) -> str | None:
    for text in _date_texts(root, meta_tags):
        found = _to_iso(_ISO_DATE.search(text)) or find_date(text[:_MAX_DATE_TEXT], meta_tags.lang)
        if found:
            return _as_shown(found, root, meta_tags.lang, url)
    return (
        _to_iso(_URL_DATE.search(url))
        or _visible_date(root, meta_tags.lang)
        or _date_line(root, meta_tags.lang)
        or _modified(meta_tags)
    )


def _as_shown(found: str, root: HtmlElement, language: str, url: str) -> str:
    """The day that people see: the machine's time, often in UTC, may be that of the next or the last day."""
    shown = [_to_iso(_URL_DATE.search(url))]
    shown += [find_date(one_line(element.text_content()), language) for element in _TIME_ELEMENTS(root)[:3]]
    near = {(date.fromisoformat(day) - date.fromisoformat(found)).days: day for day in shown if day}
    return found if 0 in near else near.get(-1) or near.get(1) or found


def _visible_date(root: HtmlElement, language: str) -> str | None:
    """The first date in the elements in which pages show their date; None if there is none."""
    for element in _DATE_ELEMENTS(root)[:_MAX_DATE_ELEMENTS]:
        found = find_date(one_line(" ".join(element.itertext()))[:_MAX_DATE_TEXT], language)
        if found:
            return found
    return None


def _date_line(root: HtmlElement, language: str) -> str | None:
    """The first line just before the headline or after it that is only a date, with a word or two."""
    for headline in _HEADLINE(root):
        after = _TEXTS_AFTER(headline)[:_MAX_TEXTS_AFTER_HEADLINE]
        for text in (*_TEXTS_BEFORE(headline), *after):
            found = find_date(one_line(text), language)
            if found and sum(map(str.isalpha, text)) <= _MAX_LABEL:
                return found
    return None


def _modified(meta_tags: MetaTags) -> str | None:
    texts = [
        *map(one_line, meta_tags.json_ld_values("dateModified")),
        meta_tags.first_text("article:modified_time", "og:updated_time"),
    ]
    return next((found for text in texts if (found := _to_iso(_ISO_DATE.search(text)))), None)


def _date_texts(root: HtmlElement, meta_tags: MetaTags) -> Iterator[str]:
    yield from map(one_line, meta_tags.json_ld_values("datePublished"))
    yield meta_tags.first_text(
        "article:published_time",
        "og:published_time",
        "datepublished",
        "date",
        "pubdate",
        "publishdate",
        "published",
    )
    yield meta_tags.first_text(
        "parsely-pub-date", "dc.date", "dc.date.issued", "dcterms.created", "sailthru.date", "publish-date"
    )
    yield from (one_line(text) for name, text in meta_tags.meta.items() if _PUBLICATION_META.search(name))
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
