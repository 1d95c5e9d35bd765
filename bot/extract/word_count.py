"""Count and split words, in scripts with and without spaces between words."""

from __future__ import annotations

import re

from bot.core.word_runs import latin_word_runs

WORD = re.compile(r"\w+")

# Chinese, Japanese, Thai, Lao, Khmer and Burmese have no spaces between words. Korean has.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_SPACED_WORD_IN_MIXED_TEXT = re.compile(rf"(?:(?![{_UNSPACED}])\w)+(?:['’\-](?:(?![{_UNSPACED}])\w)+)*")

# Average characters per word. Chinese: 1.5 to 1.7 in newspaper corpora; Japanese text also has longer
# words in kana; the South-East Asian scripts are alphabets with about five letters per word.
_CHARS_PER_WORD = 1.7
_LETTERS_PER_WORD = 5.0
_ALPHABETIC = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_JOINT = re.compile(r"['’\-](?<=\w.)(?=\w)")
"""What joins two runs of letters and digits to one word."""


def is_unspaced(text: str) -> bool:
    """Whether `text` contains characters of a script without spaces between words."""
    return not text.isascii() and bool(_HAS_UNSPACED.search(text))


def count_words(text: str) -> int:
    """How many words a person would count; an estimate for scripts without spaces."""
    runs = latin_word_runs(text)
    if runs is None and not _HAS_UNSPACED.search(text):
        runs = WORD.findall(text)
    if runs is not None:
        return len(runs) - _joints(text)
    unspaced = 0.0
    for run in _RUN.findall(text):
        per_word = _LETTERS_PER_WORD if _ALPHABETIC.match(run) else _CHARS_PER_WORD
        unspaced += max(1.0, len(run) / per_word)
    return len(_SPACED_WORD_IN_MIXED_TEXT.findall(text)) + round(unspaced)


def count_words_of_tokens(text: str, tokens: int) -> int:
    """As `count_words`, for a text with so many tokens (see `tokenize`)."""
    return count_words(text) if is_unspaced(text) else tokens - _joints(text)


def _joints(text: str) -> int:
    return len(_JOINT.findall(text)) if "-" in text or "'" in text or "’" in text else 0


_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+")


def tokenize(text: str) -> list[str]:
    """The units for comparing texts: words, or single characters in scripts without spaces."""
    runs = latin_word_runs(text)
    if runs is not None:
        return runs
    return (_TOKEN if _HAS_UNSPACED.search(text) else WORD).findall(text)
