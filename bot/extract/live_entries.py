"""Find the entries of a live blog: elements that start with a time, one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement
from msgspec import Struct

from bot.extract.word_count import count_words

_OTHER_PARTS = frozenset({"nav", "footer", "aside", "template", "noscript", "head"})
_COMMENTS = re.compile(r"comment|related|sidebar|teaser|recommend", re.IGNORECASE)
_CLOCK = re.compile(
    r"\W*(?:[^\W\d]{2,12}\W{1,3}){0,2}(?P<hour>[01]?\d|2[0-3])\s?[:.h]\s?(?P<minute>[0-5]\d)(?!\d)"
    r"\s?(?P<half>[ap]\.?m\b)?",
    re.IGNORECASE,
)
_NOT_SHOWN = frozenset({"script", "style", "noscript", "template"})
_STAMPS = ("datetime", "data-timestamp", "data-time", "data-datetime", "data-published")
SHOWN_TEXTS = etree.XPath(
    "descendant::text()[not(parent::script or parent::style or parent::noscript or parent::template)]",
    smart_strings=False,
)
MIN_ENTRIES = 3
_MIN_ENTRY_WORDS = 8
_MAX_ELEMENTS = 40
_MAX_TEXTS = 80
_MAX_TEXTS_BEFORE_CLOCK = 8
_MAX_CHARACTERS = 500
"""How far the start of an entry is searched, so that nested elements do not take quadratic time."""
_MAX_BEFORE_TIME = 25
"""Words of an entry before its time: its headline."""
_MILLISECONDS = 10**11
"""A number above this counts milliseconds since 1970; below, seconds."""


class LiveEntry(Struct, eq=False):
    """An entry: the element that starts with its time, and those after it up to the next entry."""

    elements: list[HtmlElement]
    moment: float
    """Seconds since 1970, or since midnight if the page only shows the time of the day."""


def find_live_entries(root: HtmlElement) -> list[LiveEntry]:
    """The longest series of entries in one element, and those of the same form in others, such as days.

    [] if no element has three.
    """
    body = root.find("body")
    series = [
        entries
        for parent in ([] if body is None else body.iter(etree.Element))
        if len(parent) >= MIN_ENTRIES and (entries := _entries_in(parent)) and not _is_other_part(parent)
    ]
    longest = max(series, key=len, default=[])
    if len(longest) < MIN_ENTRIES:
        return []
    return [entry for each in series if _form(each) == _form(longest) for entry in each]


def _form(entries: Sequence[LiveEntry]) -> tuple[str, str]:
    first = entries[0].elements[0]
    return first.tag, " ".join(first.get("class", "").split()[:1])


def _entries_in(parent: HtmlElement) -> list[LiveEntry]:
    """The entries among the children: each starts with a time, and ends where the next one starts."""
    found: list[LiveEntry] = []
    for child in parent.iterchildren(etree.Element):
        moment = _time_of(child)
        if moment is not None:
            found.append(LiveEntry([child], moment))
        elif found:
            found[-1].elements.append(child)
    return [entry for entry in found if _has_prose(entry)]


def _has_prose(entry: LiveEntry) -> bool:
    """Whether an entry has enough words outside of links; a list of headlines has not."""
    words = 0
    for element in entry.elements:
        for text in islice(_texts_outside_links(element), _MAX_TEXTS):
            words += count_words(text[:_MAX_CHARACTERS])
            if words >= _MIN_ENTRY_WORDS:
                return True
    return False


def _texts_outside_links(element: HtmlElement) -> Iterator[str]:
    links = 0
    for event, each in etree.iterwalk(element, events=("start", "end")):
        links += (each.tag == "a") * (1 if event == "start" else -1)
        if event == "start":
            text = None if each.tag in _NOT_SHOWN else each.text
        else:
            text = None if each is element else each.tail
        if text and not links:
            yield text


def _time_of(element: HtmlElement) -> float | None:
    """The time at the start of an element; None if there is none."""
    for each in islice(element.iter(etree.Element), _MAX_ELEMENTS):
        stamp = next((value for name in _STAMPS if (value := each.get(name))), None)
        moment = None if stamp is None else _moment(stamp)
        if moment is not None:
            return moment if _words_before(element, each) <= _MAX_BEFORE_TIME else None
    start = " ".join(text[:_MAX_CHARACTERS] for text in islice(element.itertext(), _MAX_TEXTS_BEFORE_CLOCK))
    clock = _CLOCK.match(" ".join(start.split()))
    if clock is None:
        return None
    hour = int(clock["hour"])
    if clock["half"]:
        hour = hour % 12 + 12 * clock["half"].lower().startswith("p")
    return 3600.0 * hour + 60.0 * int(clock["minute"])


def _moment(value: str) -> float | None:
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) in range(9, 14):
        return int(value) / (1000 if int(value) > _MILLISECONDS else 1)
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _words_before(element: HtmlElement, stamped: HtmlElement) -> int:
    """The words of the element before a descendant of it."""
    before = list[str]()
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if each is stamped:
            break
        before.append(((each.text if event == "start" else each.tail) or "")[:_MAX_CHARACTERS])
    return count_words(" ".join(before))


def paragraphs_of(entry: LiveEntry) -> Iterator[str]:
    """The paragraphs of an entry that are more than a label, white space collapsed."""
    for element in entry.elements:
        for paragraph in element.iter("p", "li"):
            text = _collapsed(paragraph)
            if count_words(text) >= _MIN_ENTRY_WORDS:
                yield text


def text_of(entry: LiveEntry) -> str:
    """The text of an entry in one line."""
    return " ".join(_collapsed(element) for element in entry.elements)


def _collapsed(element: HtmlElement) -> str:
    return " ".join("".join(SHOWN_TEXTS(element)).split())


def _is_other_part(element: HtmlElement) -> bool:
    return any(
        each.tag in _OTHER_PARTS or _COMMENTS.search(f"{each.get('class', '')} {each.get('id', '')}")
        for each in (element, *element.iterancestors())
    )
