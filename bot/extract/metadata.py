"""Metadata of an article: title, author, date, site, and traits such as opinion or press release."""

from __future__ import annotations

import re

from msgspec import Struct

from bot.core.models import ArticleTrait
from bot.extract.article_date import find_article_date
from bot.extract.authors import find_author, name_of
from bot.extract.meta_tags import MetaTags, types_of
from bot.extract.page_elements import PageElements
from bot.extract.titles import find_title
from bot.extract.url_parts import split_url

_OPINION = re.compile(
    r"/(?:opinions?|op-ed|commentary|comment-?is-?free|kommentare?|meinung|opinion[ei]s?|tribune|columnists?)/",
    re.IGNORECASE,
)
_PRESS_RELEASE = re.compile(
    r"/(?:press-?releases?|news-?releases?|pressemitteilung\w*|communiques?-de-presse)/", re.IGNORECASE
)


class Metadata(Struct, frozen=True):
    title: str
    author: str | None
    published: str | None
    site: str | None
    traits: frozenset[ArticleTrait]


def read_metadata(elements: PageElements, meta_tags: MetaTags, url: str) -> Metadata:
    """The metadata of a page; what it does not state is "" or None."""
    site = _site(meta_tags)
    title = find_title(elements, meta_tags, site, url)
    return Metadata(
        title,
        find_author(elements, meta_tags, site),
        find_article_date(elements, meta_tags, title, url),
        site,
        _traits(meta_tags, url),
    )


def _site(meta_tags: MetaTags) -> str | None:
    named = meta_tags.first_text("og:site_name", "application-name")
    if named:
        return named
    names = (name_of(publisher, meta_tags) for publisher in meta_tags.json_ld_values("publisher"))
    return next((name for name in names if name), None)


def _traits(meta_tags: MetaTags, url: str) -> frozenset[ArticleTrait]:
    path = split_url(url).path
    section = meta_tags.first_text("article:section", "section").casefold()
    free = [
        str(value).lower().rsplit("/", 1)[-1] for value in meta_tags.json_ld_values("isAccessibleForFree")
    ]
    free.append(meta_tags.first_text("article:content_tier").lower())
    conditions = {
        ArticleTrait.CUT_SHORT: "false" in free or "locked" in free,
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
