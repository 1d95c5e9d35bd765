"""Makes untrusted text safe to post: `clean` removes what readers must not see, then it is escaped.

The invariant: for any text x, a platform that renders `sanitize(x, dialect)` shows `clean(x)` as plain text,
without any link, image, mention or formatting.
"""

from __future__ import annotations

import re
import unicodedata

from bot.core.lazy_patterns import lazy_pattern
from bot.core.models import Dialect
from bot.render.markdown_escape import ESCAPERS

MAX_WORD_LENGTH = 60
"""Longer runs without a space break layouts and hide words; they are cut to this, with an ellipsis."""
MAX_COMBINING_MARKS = 3
"""Combining marks on one letter. No orthography needs more, and tall stacks cover other lines."""

_JOINERS = "\u200c\u200d"
_FILLERS = frozenset(
    map(
        chr,
        (
            0x034F,  # combining grapheme joiner
            *(0x115F, 0x1160, 0x3164, 0xFFA0),  # Hangul fillers
            *(0x17B4, 0x17B5),  # Khmer inherent vowels
            *range(0x180B, 0x1810),  # Mongolian selectors
            0x2800,  # braille blank
            *range(0xFE00, 0xFE10),  # variation selectors
            0xFFFC,  # object replacement
            *range(0xE0100, 0xE01F0),  # variation selectors supplement
            *(0x13441, 0x13442),  # blanks of the Egyptian hieroglyphs
            0x16FE4,  # filler of the Khitan small script
            0x1D159,  # null notehead
        ),
    )
)
"""Letters, marks and symbols without a visible glyph: Unicode's Default_Ignorable_Code_Point and blanks."""

_URL = lazy_pattern(r" ?(?:[a-z][a-z0-9+.-]{0,15}://|mailto:|www\.)[^ ]*", re.IGNORECASE)
_LINK = lazy_pattern(
    r"!?\[([^\[\]]{0,300})\]\( ?(?:[a-z][a-z0-9+.-]{0,15}://|mailto:|www\.)[^ )\[]{0,2000} ?\)", re.IGNORECASE
)
"""A Markdown link or image, from pages that contain Markdown; its text is kept."""
_AFTER_URL = ")]}>.,;:!?\"'»”’"
_SCRIPTS_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
)
"""Scripts without spaces (Thai to Myanmar, Khmer, CJK): a long run there is not one word."""
_LONG_WORD = lazy_pattern(rf"[^\s{_SCRIPTS_WITHOUT_SPACES}\U00020000-\U0003ffff]{{{MAX_WORD_LENGTH + 1},}}")


def clean(text: str) -> str:
    """The text as one line of visible characters without URLs.

    Keeps the text of a Markdown link. Replaces white space by single spaces. Removes control, format,
    private, unassigned and invisible characters, and more than three marks on a letter. Cuts long words.
    Replaces `@` by its fullwidth form U+FF20, because servers search the raw text for mentions, including
    code and links.
    """
    text = _limit_marks(_visible(text))
    text = _LINK.sub(r"\1", " ".join(text.split()))
    text = _URL.sub(_without_url, text)
    text = _LONG_WORD.sub(lambda word: word[0][: MAX_WORD_LENGTH - 1] + "…", text)
    return " ".join(text.replace("@", "＠").split())


def sanitize(text: str, dialect: Dialect) -> str:
    """`clean(text)` as Markdown of the dialect, to be used as a whole line."""
    return ESCAPERS[dialect](clean(text))


def _visible(text: str) -> str:
    kept = [_visible_character(char) for char in text]
    return _JOINER.sub(_keep_joiner, "".join(kept))


def _visible_character(char: str) -> str:
    if char.isspace():
        return " "
    if char in _JOINERS:
        return char
    hidden = char in _FILLERS or unicodedata.category(char)[0] == "C"
    return "" if hidden else char


_JOINER = lazy_pattern(rf"[{_JOINERS}]+")


def _keep_joiner(found: re.Match[str]) -> str:
    """Keep one joiner if it shapes letters: between two letters (or their marks) above U+0590."""
    text, start, end = found.string, found.start(), found.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    return found[0][0] if _is_joinable(before) and _is_joinable(after) else ""


def _is_joinable(char: str) -> bool:
    return bool(char) and unicodedata.category(char)[0] in "LM" and ord(char) > 0x590


def _without_url(found: re.Match[str]) -> str:
    """The punctuation after a URL: it closes the sentence or bracket and does not belong to the URL."""
    tail = found[0][len(found[0].rstrip(_AFTER_URL)) :]
    head = found.string[: found.start()][-6:].lower()
    return f" {tail}" if head.endswith(("www", "mailto")) else tail  # "www" + "." would be a new URL


def _limit_marks(text: str) -> str:
    kept: list[str] = []
    marks = MAX_COMBINING_MARKS  # a mark without a letter before it would combine with our own text
    for char in text:
        if unicodedata.category(char)[0] == "M":
            marks += 1
        else:
            marks = MAX_COMBINING_MARKS if char == " " else 0
        if marks <= MAX_COMBINING_MARKS:
            kept.append(char)
    return "".join(kept)
