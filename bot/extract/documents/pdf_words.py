"""Group the characters of a PDF page into words and these into fragments of lines."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from statistics import median

from bot.core.models import MISSING_PART
from bot.extract.documents.line_joining import SOFT_HYPHEN
from bot.extract.documents.page_layout import Fragment, Word
from bot.extract.documents.pdf_characters import LINE_END, Character
from bot.extract.documents.raised_text import lowered_text, raised_text

_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_MAX_RISE = 0.6
"""Distance between the baselines of one line's characters, relative to the font size: raised text."""
_MAX_GAP = 1.2
"""Distance between two words of one fragment, relative to the font size."""
_SMALLER = 0.86
"""Raised and lowered characters are smaller than this share of the font size of their line."""
_MAX_RAISED_FIGURE, _MIN_RAISED_FIGURE = 0.55, 0.2
"""Height of a raised figure and its distance from the baseline, relative to the font size."""
_PUNCTUATION = ".,;:()"
_SENTENCE_MARKS = ".,;:"
_RAISED, _LOWERED = 0.12, -0.06
"""From this distance to the baseline, relative to the font size, characters are raised or lowered."""


def to_fragments(characters: Iterable[Character]) -> Iterator[Fragment]:
    """The fragments of lines, in the order of the file. Characters that are not drawn are left out."""
    for run in _split_runs(characters):
        fragment = _to_fragment(run)
        if fragment is not None:
            yield fragment


def count_undrawn_words(characters: Iterable[Character]) -> int:
    """The number of words that the file contains but does not ask to draw."""
    undrawn = ("".join(" " if c.font is None or c.font.drawn else c.text for c in characters)).split()
    return len(undrawn)


def _split_runs(characters: Iterable[Character]) -> Iterator[list[Character]]:
    """Runs of characters on one baseline without wide gaps. Spaces stay where they are."""
    run: list[Character] = []
    last: Character | None = None
    for character in characters:
        if character.text == LINE_END and character.font is None:
            yield run
            run, last = [], None
            continue
        if character.font is None:
            run.append(character)
            continue
        if not character.font.drawn or not character.text:
            continue
        if last is not None and not _is_beside(last, character):
            yield run
            run = []
        run.append(character)
        if character.text != " ":  # the width of a space says nothing in justified text
            last = character
    yield run


def _is_beside(last: Character, character: Character) -> bool:
    assert last.font is not None
    assert character.font is not None
    size = max(last.font.size, character.font.size)
    if abs(last.baseline - character.baseline) > _MAX_RISE * size:
        return False
    gap = max(character.left - last.right, last.left - character.right)  # also from right to left
    return gap <= _MAX_GAP * size


def _to_fragment(run: list[Character]) -> Fragment | None:
    drawn = [character for character in run if character.font is not None and character.text.strip()]
    if not drawn:
        return None
    sizes = Counter(round(c.font.size, 1) for c in drawn if c.font is not None)
    size = sizes.most_common(1)[0][0]
    baseline = median(c.baseline for c in drawn if c.font is not None and round(c.font.size, 1) == size)
    words: list[Word] = []
    before = ""
    for is_space, group in groupby(run, key=lambda character: not character.text.strip()):
        if is_space:
            continue
        characters = list(group)
        text = _word_text(characters, size, baseline, before)
        if text and any(c.font is not None and c.font.math for c in characters):
            text = _formula_text(text)
        if text:
            words.append(_to_word(text, characters, size))
            before = text
    return Fragment.of(tuple(words), baseline, size) if words else None


def _word_text(characters: list[Character], size: float, baseline: float, before: str) -> str:
    text = ""
    for height, group in groupby(characters, key=lambda character: _height(character, size, baseline)):
        part = "".join(_LIGATURES.get(character.text, character.text) for character in group)
        if height > 0:
            part = raised_text(part, text or before)
        elif height < 0:
            part = lowered_text(part)
        text += part
    return text[:-1].replace(SOFT_HYPHEN, "") + text[-1:]


def _formula_text(text: str) -> str:
    """A word in a font for formulas: a single letter, number or sign as it is, otherwise `MISSING_PART`."""
    core = text.strip(_PUNCTUATION)
    if len(core) <= 1 or core.isdigit():
        return text
    return MISSING_PART + text[len(text.rstrip(_SENTENCE_MARKS)) :]


def _height(character: Character, size: float, baseline: float) -> int:
    """1 for a raised character, -1 for a lowered one, 0 for others."""
    if character.font is None or not size:
        return 0
    if character.font.size > _SMALLER * size:
        return int(_is_raised_figure(character, size))
    distance = (character.baseline - baseline) / size
    return 1 if distance > _RAISED else -1 if distance < _LOWERED else 0


def _is_raised_figure(character: Character, size: float) -> bool:
    """Whether a figure is small and high in its own font: fonts have raised figures for marks of notes."""
    if not character.text.isdigit():
        return False
    is_small = character.top - character.bottom < _MAX_RAISED_FIGURE * size
    return is_small and character.bottom - character.baseline > _MIN_RAISED_FIGURE * size


def _to_word(text: str, characters: list[Character], size: float) -> Word:
    fonts = [character.font for character in characters if character.font is not None]
    return Word(
        text,
        left=min(character.left for character in characters),
        right=max(character.right for character in characters),
        bottom=min(character.bottom for character in characters),
        top=max(character.top for character in characters),
        size=min(size, max(font.size for font in fonts)),
        bold=all(font.bold for font in fonts),
    )
