"""Find the standfirst: the sentences between the headline and the text that say what the article is about.

Sites mark it as a heading, or keep it in a header outside of the text, where no reader looks for prose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.extract.blocks import IN_CAPTION, IN_CODE, IN_HEADING, IN_ITEM, IN_TABLE, Blocks
from bot.extract.class_names import GROUP_BITS
from bot.extract.word_count import tokenize

_FULL_STOPS = (".", "!", "。", "！", "।", "؟", "۔")
_CLOSING_MARKS = "\"'”’»“«)」』"
_MIN_WORDS = 8
_MAX_WORDS = 90
_MAX_BLOCKS = 60
"""How many blocks may be between the headline and the text: share buttons, pictures, the date."""
_MAX_LINK_SHARE = 0.3
_DISTANCE_IF_DESCRIBED, _DISTANCE_IF_NAMED, _DISTANCE = 10, 7, 2
_START = 5
_MIN_SHARED = 6
"""Words at the start that a block shares with the description of the page."""
_NOT_PROSE = IN_CAPTION | IN_CODE | IN_ITEM | IN_TABLE
_LEAD = GROUP_BITS["lead"]
_OTHER_NAMES = sum(
    GROUP_BITS[name]
    for name in (
        "comment", "related", "newsletter", "byline", "ad", "sidebar", "nav", "foot", "toc", "faq", "hidden",
        "media",
    )
)  # fmt: skip
_OTHER_TAGS = frozenset({"nav", "aside", "footer", "form", "button", "label", "figure", "address", "menu"})


class Headline(Struct, frozen=True):
    """What a page says of its article: used to find the place of the standfirst and to recognise it."""

    title: str
    description: str = ""
    author: str = ""


def find_standfirst(blocks: Blocks, selected: Sequence[int], headline: Headline) -> int | None:
    """The block that is the standfirst, selected or not; None if there is none."""
    body = next((index for index in selected if _is_body(blocks, index)), None)
    if body is None:
        return None
    title = tokenize(headline.title.casefold())
    start = _headline_before(blocks, body, title)
    chosen = set(selected)
    before = [
        index
        for index in range(max(0, body - _MAX_BLOCKS) if start is None else start + 1, body)
        if _is_candidate(blocks, index, body, title, headline.author)
    ]
    described = [index for index in before if _is_description(blocks, index, headline.description)]
    headings = [
        index
        for index in before
        if index in chosen and blocks.context(index) & IN_HEADING and _has_sentence(blocks.texts[index])
    ]
    left_out = [
        index
        for index in (*described, *before)
        if start is not None
        and index not in chosen
        and index - start <= _allowed_distance(blocks, index, index in described, title)
    ]
    found = next((index for index in (*headings, *left_out)), None)
    texts = {blocks.texts[index] for index in chosen if index != found}
    return None if found is not None and blocks.texts[found] in texts else found


def _allowed_distance(blocks: Blocks, index: int, described: bool, title: list[str]) -> int:
    """How many blocks after the headline a block that is not selected may be, 0 if it is not a standfirst."""
    if described:
        return _DISTANCE_IF_DESCRIBED
    if not _has_sentence(blocks.texts[index]) or not _starts_of(title) & _starts_of(_folded(blocks, index)):
        return 0
    is_named = bool(blocks.elements.name_groups[blocks.element[index]] & _LEAD)
    return _DISTANCE_IF_NAMED if is_named else _DISTANCE


def _starts_of(words: Sequence[str]) -> set[str]:
    """The first letters of the longer words; words without spaces between them as they are."""
    return {word[:_START] for word in words if len(word) >= _START - 1 or not word.isascii()}


def _is_body(blocks: Blocks, index: int) -> bool:
    """Whether a selected block is the start of the text: prose, and not a heading."""
    words = blocks.word_count(index)
    return words >= _MIN_WORDS and not blocks.context(index) & (_NOT_PROSE | IN_HEADING)


def _headline_before(blocks: Blocks, body: int, title: list[str]) -> int | None:
    """The last block before the text that is the title; without one, the last in a first-level heading."""
    same = [index for index in range(body) if _folded(blocks, index) == title]
    first_level = [index for index in range(body) if blocks.tag(index) == "h1"]
    return next(iter(same[-1:] or first_level[-1:]), None)


def _is_candidate(blocks: Blocks, index: int, body: int, title: list[str], author: str) -> bool:
    words = blocks.word_count(index)
    if not _MIN_WORDS <= words <= _MAX_WORDS or blocks.link_share[index] > _MAX_LINK_SHARE:
        return False
    if blocks.context(index) & _NOT_PROSE or _folded(blocks, index) == title:
        return False
    if author and blocks.texts[index].casefold().startswith(author.casefold()):
        return False
    around = set(_ancestors(blocks, blocks.element[body]))
    own = [element for element in _ancestors(blocks, blocks.element[index]) if element not in around]
    return not any(
        blocks.elements.tag[element] in _OTHER_TAGS or blocks.elements.name_groups[element] & _OTHER_NAMES
        for element in own
    )


def _ancestors(blocks: Blocks, element: int) -> Iterator[int]:
    """The element and all around it, without the root."""
    while element:
        yield element
        element = blocks.elements.parent[element]


def _has_sentence(text: str) -> bool:
    """Whether a text ends like a statement; a question alone is a heading."""
    text = text.rstrip(_CLOSING_MARKS + " ")
    return text.endswith(_FULL_STOPS) or (text.endswith(("?", "？")) and any(f"{x} " in text for x in ".!?"))


def _is_description(blocks: Blocks, index: int, description: str) -> bool:
    given, own = tokenize(description.casefold()), _folded(blocks, index)
    size = min(len(given), len(own))
    return size >= _MIN_SHARED and given[:size] == own[:size]


def _folded(blocks: Blocks, index: int) -> list[str]:
    return [word.casefold() for word in blocks.words[index]]
