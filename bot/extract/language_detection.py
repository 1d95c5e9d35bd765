"""Detect the language of a text.

The script decides where only one language uses it; py3langid decides among the others. Some languages are so
near to each other that no detector can tell them apart in a few sentences: there the page decides.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

from bot.core.language_codes import fold_language
from bot.extract.language_model import language_identifier

_SAMPLE_LENGTH = 500
_MIN_LETTERS = 16
_SHORT = 100
"""In a shorter text, such as a headline, the detector may confuse any two languages."""
_PLAUSIBLE_RANKS = 3
_SCRIPT_SHARE = 0.15
_KANA_SHARE = 0.03
_YIDDISH_SHARE = 0.12

# The first word of a character's Unicode name, for scripts that one language uses.
_SCRIPTS = {
    "HANGUL": "ko", "THAI": "th", "GREEK": "el", "HEBREW": "he", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "KHMER": "km", "LAO": "lo", "MYANMAR": "my", "SINHALA": "si", "TAMIL": "ta", "TELUGU": "te",
    "KANNADA": "kn", "MALAYALAM": "ml", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or", "TIBETAN": "bo",
    "ETHIOPIC": "am", "THAANA": "dv", "CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja",
}  # fmt: skip

_NEAR = tuple(
    frozenset(group.split())
    for group in (
        "no nb nn",
        "bs hr sr sh",
        "id ms",
        "am ti",
        "bo dz",
        "zu xh ss nr",
        "rn rw",
        "tt ba",
        "he yi",
    )
)
_FREQUENT_IN_YIDDISH = """
    און איז דער די דאס דאָס פון פֿון האט האָט האבן האָבן נישט ניט מיט אויף אין צו זיך וואס וואָס אויך געווען
"""
_YIDDISH_WORDS = frozenset(_FREQUENT_IN_YIDDISH.split())
_YIDDISH_LETTERS = frozenset("װױײ")


def language_of(text: str, declared: str = "") -> str:
    """ISO 639-1 code of a text, "" if it has no words.

    `declared` is the language that the page declares, as in the `lang` attribute. It decides among near
    languages, in a headline also among those that the detector finds likely, and in a text that is too short.
    """
    sample = text[:_SAMPLE_LENGTH]
    declared = fold_language(declared)
    script = _language_of_script(sample)
    if script:
        return _nearest(script, declared)
    if sum(map(str.isalpha, sample)) < _MIN_LETTERS:
        return declared  # py3langid names a language for numbers and signs, too
    return _nearest(_detect(sample, declared), declared)


def _nearest(detected: str, declared: str) -> str:
    """`declared`, if it is so near to `detected` that a detector cannot tell; otherwise `detected`."""
    if not detected or any(detected in group and declared in group for group in _NEAR):
        return declared
    return detected


def _detect(sample: str, declared: str) -> str:
    """The most likely language that has an ISO 639-1 code."""
    identifier = language_identifier()
    best = str(identifier.classify(sample)[0])
    if best == "zxx":  # no language
        return ""
    is_short = declared and len(sample) < _SHORT
    if not is_short and (folded := fold_language(best)):
        return folded
    ranked = [code for name, _ in identifier.rank(sample) if (code := fold_language(str(name)))]
    return declared if is_short and declared in ranked[:_PLAUSIBLE_RANKS] else ranked[0]


def _language_of_script(sample: str) -> str:
    """The language of the script that a good part of `sample` is written in; "" if several use it."""
    counts = Counter(language for letter in sample if (language := _script_language(letter)))
    size = len(sample.strip())
    kana, ideographs = counts.pop("ja", 0), counts.pop("zh", 0)
    if size and kana + ideographs > _SCRIPT_SHARE * size:
        return "ja" if _is_japanese(sample, kana, ideographs) else "zh"
    for language, count in counts.most_common(1):
        if count > _SCRIPT_SHARE * size:
            return "yi" if language == "he" and _is_yiddish(sample) else language
    return ""


@lru_cache(maxsize=4_096)
def _script_language(letter: str) -> str:
    if letter < "\u0370" or letter == "・" or not unicodedata.category(letter).startswith(("L", "M")):
        return ""
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0].partition("-")[0], "")


def _is_japanese(sample: str, kana: int, ideographs: int) -> bool:
    """Whether ideographs are Japanese: with kana, or with forms that only Japan uses."""
    origins = Counter(_origin(letter) for letter in sample if "\u4e00" <= letter <= "\u9fff")
    japanese, chinese = kana + origins["ja"], origins["zh"]
    return japanese > chinese and japanese > _KANA_SHARE * (kana + ideographs)


@lru_cache(maxsize=8_192)
def _origin(ideograph: str) -> str:
    """ "ja" or "zh" for a form that only the character sets of Japan or of China and Taiwan have."""
    in_japan = _has_code(ideograph, "shift_jis")
    in_china = _has_code(ideograph, "gb2312") or _has_code(ideograph, "big5")
    if in_japan == in_china:
        return ""
    return "ja" if in_japan else "zh"


def _has_code(letter: str, charset: str) -> bool:
    try:
        letter.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _is_yiddish(sample: str) -> bool:
    words = sample.split()
    known = sum(
        word.strip(".,;:!?\"'") in _YIDDISH_WORDS or bool(_YIDDISH_LETTERS & set(word)) for word in words
    )
    return known > _YIDDISH_SHARE * len(words)
