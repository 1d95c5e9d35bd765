"""Words of a text, in scripts with and without spaces between them."""

from __future__ import annotations

import re

WORD = re.compile(r"\w+")

# Chinese, Japanese, Thai, Lao, Khmer and Burmese write no spaces. Korean does.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_SPACED_WORD_IN_MIXED_TEXT = re.compile(rf"(?:(?![{_UNSPACED}])\w)+(?:['’\-](?:(?![{_UNSPACED}])\w)+)*")

# Characters that make a word on average. Chinese: 1.5 to 1.7 in newspaper corpora; Japanese text
# mixes longer kana; the South-East Asian scripts are alphabets of about five letters a word.
_CHARS_PER_WORD = 1.7
_LETTERS_PER_WORD = 5.0
_ALPHABETIC = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_SPACED_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


def count_words(text: str) -> int:
    """How many words a reader would count; an estimate where the script has no spaces."""
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return len(_SPACED_WORD.findall(text))
    unspaced = 0.0
    for run in _RUN.findall(text):
        per_word = _LETTERS_PER_WORD if _ALPHABETIC.match(run) else _CHARS_PER_WORD
        unspaced += max(1.0, len(run) / per_word)
    return len(_SPACED_WORD_IN_MIXED_TEXT.findall(text)) + round(unspaced)


_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+")


def tokenize(text: str) -> list[str]:
    """The units that texts are compared by: words, or characters where no spaces divide words."""
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return WORD.findall(text)
    return _TOKEN.findall(text)
