"""Whether a title has a phrase, and a post a flair, whichever form of the letters both are written in.

Both sides are folded to one form: Unicode's NFKC and case folding, without invisible characters and optional
marks, with one kind of dash and of quotation mark (https://www.unicode.org/reports/tr15/).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from bot.core.lazy_patterns import lazy_pattern

_SIGNS = str.maketrans(
    dict.fromkeys("‐‑‒–—―⁃−﹘﹣－־", "-")
    | dict.fromkeys("’‘‚‛ʼʻʹ′´`＇՚׳", "'")
    | dict.fromkeys("“”„‟«»″＂״〝〞", '"')
)
_LETTERS = str.maketrans(
    {"ı": "i", "œ": "oe", "æ": "ae", "ی": "ي", "ى": "ي", "ک": "ك", "ـ": None, "ё": "е", "ς": "σ"}
)
"""Forms of one letter that case folding and NFKC keep apart."""
_OPTIONAL_MARKS = lazy_pattern(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u06d6-\u06ed\ufe00-\ufe0f\u034f]"
    "|(?<=i)\u0307|(?<=[\u0370-\u03ff])[\u0300\u0301\u0342]"
)
"""Points of Hebrew and Arabic, which most texts leave out; the dot of a Turkish İ in lower case; accents of
Greek, which capitals do not have; variation selectors."""
_WITHOUT_SPACES = (
    "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR",
    "TIBETAN", "YI", "JAVANESE", "BALINESE", "TAI", "NEW TAI",
)  # fmt: skip
"""Scripts that write words, or their endings, without a space between them: the first words of the names of
their characters."""
_SHORTCODE = lazy_pattern(r":[a-z_][\w+-]*:")
_SYMBOL = lazy_pattern(
    "[#*0-9]\ufe0f?\u20e3|[—―‖«»‹›⁄∕。©®™℠\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\U0001f000-\U0001faff]"
)
"""Signs, arrows and emoji, and marks between two names that folding would make part of one."""
_SEPARATORS = lazy_pattern(r"[,/|\\;•·・、¦()\[\]{}<>\n]|::|:\s|\s[-+~]\s|(?:^|\s)#")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text in the form in which texts are compared, with single spaces."""
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)
    text = "".join(char for char in text.casefold() if unicodedata.category(char) != "Cf")
    text = _OPTIONAL_MARKS.sub("", unicodedata.normalize("NFD", text))
    return " ".join(unicodedata.normalize("NFC", text).translate(_LETTERS).split())


def has_phrase(title: str, phrase: str) -> bool:
    """Whether a title has a phrase as whole words; in scripts without spaces, anywhere."""
    text, wanted = fold(title), fold(phrase)
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        end = start + len(wanted)
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        if not _joins(before, wanted[0]) and not _joins(wanted[-1], after) and not _is_mark(after):
            return True
        start = text.find(wanted, start + 1)
    return False


def _joins(first: str, second: str) -> bool:
    """Whether two neighbouring characters belong to one word."""
    return all(char and _is_word(char) and _has_spaces(char) for char in (first, second))


def _is_mark(char: str) -> bool:
    """Whether it is a mark that belongs to the character before it."""
    return bool(char) and unicodedata.category(char)[0] == "M"


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or _is_mark(char)


@lru_cache(maxsize=4096)
def _has_spaces(char: str) -> bool:
    """Whether the script of a character has spaces between words."""
    return not unicodedata.name(char, "").startswith(_WITHOUT_SPACES)


def has_flair(flair: str, wanted: str) -> bool:
    """Whether a flair, or one of several in it, is the wanted one. Only letters and digits count.

    A wanted flair of symbols alone is looked for anywhere.
    """
    name = _letters(_without_shortcodes(wanted))
    if not name:
        return bool(fold(wanted)) and fold(wanted) in fold(flair)
    return name in _names(flair)


@lru_cache(maxsize=256)
def _names(flair: str) -> frozenset[str]:
    """The letters of the flair and of each of several in it. Rules ask for many flairs of one post."""
    plain = _SYMBOL.sub("|", flair)  # first, because folding makes letters of ™ and of letters in circles
    return frozenset(_letters(text) for each in (flair, plain) for text in _parts(each))


def _parts(flair: str) -> Iterator[str]:
    """The whole flair and, if it is several, each of them."""
    text = _without_shortcodes(flair)
    yield text
    yield from _SEPARATORS.split(text)
    yield " ".join(_SEPARATORS.split(text))


def _without_shortcodes(flair: str) -> str:
    return _SHORTCODE.sub("|", fold(flair))


def _letters(text: str) -> str:
    """The words of a text. A sign like that of C++ or C# belongs to its word."""
    kept = (
        char if _is_word(char) or (char in "+#" and index and _is_name_sign(text, index)) else " "
        for index, char in enumerate(text)
    )
    return " ".join("".join(kept).replace("_", " ").split())


def _is_name_sign(text: str, index: int) -> bool:
    return text[:index].rstrip("+#")[-1:].isalnum() and not text[:index].endswith(" ")
