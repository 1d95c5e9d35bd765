"""Find the entries of a live blog, and keep only the newest.

A live blog is a log of entries with times, the newest first or last. Its oldest entries say what is no longer
so, and a long log hides what is new.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from lxml.html import HtmlElement
from msgspec import Struct

from bot.core.models import Page
from bot.extract.live_entries import (
    MIN_ENTRIES,
    SHOWN_TEXTS,
    LiveEntry,
    find_live_entries,
    paragraphs_of,
    text_of,
)
from bot.extract.meta_tags import MetaTags
from bot.extract.url_parts import split_url
from bot.extract.word_count import count_words

_URL = re.compile(
    r"/(?:live|liveblog|live-updates|liveticker|en-direct|directo)(?:[/-]|$)|\bliveblog\b", re.IGNORECASE
)
_TITLE = re.compile(
    r"^\W*live\s*[:|–—-]|\b(?:live[\s-]?(?:blog|ticker|updates?)|as it happened|minute by minute|"
    r"news-?ticker|en direct|en directo|minuto a minuto|ao vivo|in diretta|la diretta|liveverslag)\b",
    re.IGNORECASE,
)
_MARK = re.compile(rb"ive[-_]?(?:[bB]log|[tT]icker|[uU]pdate)")
"""In names of classes and ids of live blogs. Without the first letter, because this pattern starts with
letters that `re` can search for four times as fast.
"""
_MIN_SHARE = 0.3
"""The least share of the page's words that are in entries, if the page does not declare what it is."""
_KEPT_WORDS = 250
"""The newest entries are kept until they have so many words: twice the length of a summary or more."""
_MAX_KEPT = 12


class LiveBlog(Struct, frozen=True):
    """A live blog, after all but its newest entries were removed from the tree."""

    newest: tuple[str, ...] = ()
    """The paragraphs of the newest entries, in page order."""


def read_live_blog(root: HtmlElement, meta_tags: MetaTags, title: str, page: Page) -> LiveBlog | None:
    """The live blog of a page, whose older entries are removed from the tree; None for other pages.

    JSON-LD that says that the page is one is enough. Another hint (the address, the title, the names of
    classes) counts only if there are entries with times.
    """
    declared = "liveblogposting" in meta_tags.json_ld_types
    named = bool(_TITLE.search(title) or _URL.search(split_url(page.url).path))
    if not (declared or named or _MARK.search(page.content)):
        return None
    entries = find_live_entries(root)
    if not declared and not (entries and (named or _is_marked(entries[0])) and _are_the_page(entries, root)):
        return None
    newest = _newest(entries)
    for entry in entries:
        if entry not in newest:
            for element in entry.elements:
                element.drop_tree()
    return LiveBlog(tuple(text for entry in newest for text in paragraphs_of(entry)))


def _is_marked(entry: LiveEntry) -> bool:
    first = entry.elements[0]
    return any(
        _MARK.search(f"{each.get('class', '')} {each.get('id', '')}".encode())
        for each in (first, *first.iterancestors())
    )


def _are_the_page(entries: Sequence[LiveEntry], root: HtmlElement) -> bool:
    own = sum(count_words(text_of(entry)) for entry in entries)
    return own >= _MIN_SHARE * count_words(" ".join(SHOWN_TEXTS(root)))


def _newest(entries: Sequence[LiveEntry]) -> list[LiveEntry]:
    """The newest entries, in page order."""
    kept: list[LiveEntry] = []
    words = 0
    for entry in _newest_first(entries):
        kept.append(entry)
        words += count_words(text_of(entry))
        if len(kept) == _MAX_KEPT or (words >= _KEPT_WORDS and len(kept) >= MIN_ENTRIES):
            break
    return [entry for entry in entries if entry in kept]


def _newest_first(entries: Sequence[LiveEntry]) -> list[LiveEntry]:
    """By their times; if these have no date, by the direction in which most of them go."""
    if all(entry.moment > 86_400 for entry in entries):
        return sorted(entries, key=lambda entry: -entry.moment)
    pairs = list(pairwise(entries))
    rising = sum(one.moment < other.moment for one, other in pairs)
    falling = sum(one.moment > other.moment for one, other in pairs)
    return list(reversed(entries)) if rising > falling else list(entries)
