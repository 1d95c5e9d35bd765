"""The day on which an article was published: at its headline, in the metadata, or elsewhere in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import islice

from lxml import etree

from bot.extract.headline_dates import dates_at_headline
from bot.extract.meta_tags import MetaTags, one_line
from bot.extract.page_elements import PageElements
from bot.extract.publication_date import find_date, iso_date

_TIMES = etree.XPath("//time/@datetime | //*[@itemprop = 'datePublished']/@content", smart_strings=False)
# They end at the attributes: the step to the parents of n attributes takes time that is quadratic in n.
_DATE_CLASSES = etree.XPath(
    "//body//@class[contains(., 'date') or contains(., 'Date')"
    " or contains(., 'publish') or contains(., 'posted')]"
)
_BYLINE_CLASSES = etree.XPath("//body//@class[contains(., 'meta') or contains(., 'byline')]")
_MAX_TIMES = 3
_MAX_DATE_ELEMENTS = 12
_MAX_DATE_TEXT = 160
_PUBLICATION_META = re.compile(
    r"publi(?:sh|cation)\w*[-_.:]?(?:date|time|on|at)$|date[-_.:]?publi|pub[-_]?date$"
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=\D)")


def find_article_date(elements: PageElements, meta_tags: MetaTags, title: str, url: str) -> str | None:
    """The day as YYYY-MM-DD; None if the page has none.

    A date beside the headline that is not said to be that of an update is the one that the site gives its
    article, even if the metadata state another one, unless it is later than all that they state.
    """
    language = meta_tags.lang
    stated = next(_dates(_stated_texts(meta_tags), language), None)
    modified = next(_dates(_modified_texts(meta_tags), language), None)
    at_headline = list(dates_at_headline(elements, title, language))
    plain = (found.day for found in at_headline if found.is_near and not found.is_update)
    shown = next(plain, None)
    if shown and (not stated or _replaces(shown, stated, modified, url)):
        return shown
    machine = stated or next(_dates(_TIMES(elements.root)[:_MAX_TIMES], language), None)
    if machine:
        return _as_shown(machine, elements, language, url)
    return (
        next(_dates(map(one_line, meta_tags.json_ld_values("dateCreated")), language), None)
        or iso_date(_URL_DATE.search(url))
        or next((found.day for found in at_headline), None)
        or _in_date_element(elements, language)
        or modified
    )


def _replaces(shown: str, stated: str, modified: str | None, url: str) -> bool:
    return shown <= max(stated, modified or stated) and iso_date(_URL_DATE.search(url)) != stated


def _dates(texts: Iterator[str] | list[str], language: str) -> Iterator[str]:
    found = (find_date(text[:_MAX_DATE_TEXT], language, is_data=True) for text in texts)
    yield from (day for day in found if day)


def _as_shown(found: str, elements: PageElements, language: str, url: str) -> str:
    """The day that people see: the machine's time, often in UTC, may be that of the next or the last day."""
    shown = [iso_date(_URL_DATE.search(url))]
    times = elements.named("time")[:_MAX_TIMES]
    shown += [find_date(one_line(element.text_content()), language) for element in times]
    near = {(date.fromisoformat(day) - date.fromisoformat(found)).days: day for day in shown if day}
    return found if 0 in near else near.get(-1) or near.get(1) or found


def _in_date_element(elements: PageElements, language: str) -> str | None:
    """The first date in the elements in which pages show their date; None if there is none."""
    dated = elements.named("time")[:_MAX_DATE_ELEMENTS]
    for classes in (_DATE_CLASSES(elements.root), _BYLINE_CLASSES(elements.root)):
        dated += [found.getparent() for found in classes[:_MAX_DATE_ELEMENTS]]
    for element in dated:
        found = find_date(
            one_line(" ".join(islice(element.itertext(), _MAX_DATE_TEXT)))[:_MAX_DATE_TEXT], language
        )
        if found:
            return found
    return None


def _stated_texts(meta_tags: MetaTags) -> Iterator[str]:
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
    names = [name for name in meta_tags.meta if _PUBLICATION_META.search(name)]
    # a date is written by the author, a time may be that of the last export of the whole site
    yield from (one_line(meta_tags.meta[name]) for name in sorted(names, key=lambda name: "date" not in name))


def _modified_texts(meta_tags: MetaTags) -> Iterator[str]:
    yield from map(one_line, meta_tags.json_ld_values("dateModified"))
    yield meta_tags.first_text("article:modified_time", "og:updated_time", "datemodified", "last-modified")
