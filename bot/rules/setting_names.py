"""The names of the settings, as moderators write them in seven languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.core.edit_distance import nearest
from bot.rules.community_rules import CommunityRules

PROFILE = "profile"
"""Not a setting itself: it stands for the settings of a profile."""
_FEW_EDITS = 0.25
"""Of the letters of a name."""
_MOST_WORDS = 0.5
MAX_NAME_LENGTH = 50
"""Characters of an unknown name that are compared with the names of settings."""


def setting_named(text: str) -> str | None:
    """The setting with this name in any language, in any usual spelling; None if there is none."""
    found = _names().get(normalize_name(text))
    return found[0] if found else None


def language_of_name(text: str) -> str | None:
    """The language of a setting's name (ISO 639-1); None for English, and for a name of several languages."""
    found = _names().get(normalize_name(text))
    return found[1] if found else None


def nearest_setting(text: str) -> str | None:
    """The setting that was probably meant by a name that is not one.

    A few typing errors come first, then the same words in any language, then more typing errors.
    """
    name = normalize_name(text[:MAX_NAME_LENGTH])
    almost = nearest(name, _names(), share=_FEW_EDITS)
    if almost:
        return _names()[almost][0]
    setting, share = _with_same_words(name)
    if share >= _MOST_WORDS:
        return setting
    similar = nearest(name, _names())
    if similar:
        return _names()[similar][0]
    return setting if share > 0 else None


def is_misspelt_name(text: str, max_edits: int) -> bool:
    """Whether a text is the name of a setting in any language with at most this many typing errors."""
    name = normalize_name(text[:MAX_NAME_LENGTH])
    return nearest(name, _names(), share=max_edits / max(len(name), 1)) is not None


def normalize_name(text: str) -> str:
    """Lower case, without accents, words joined by underscores."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
    return "_".join(re.findall(r"[^\W_]+", letters))


def _with_same_words(name: str) -> tuple[str, float]:
    """The setting whose names have most of the words of another name, and which share: `blocked_sites`.

    Of several, the one that begins with the same word, then the one with the shortest English name.
    """
    words = name.split("_")

    def rank(setting: str) -> tuple[float, bool, int]:
        own = _words_of(setting)
        common = sum(_weight(word) for word in words if any(_is_same_word(word, each) for each in own))
        begins = _is_same_word(words[0], setting.split("_")[0])
        return common / sum(map(_weight, words)), begins, -setting.count("_")

    best = max({setting for setting, _ in _names().values()}, key=lambda each: (rank(each), each))
    return best, rank(best)[0]


def _weight(word: str) -> float:
    """Short words such as `max` and `per` say less."""
    return 1 if len(word) > 3 else 0.5


@cache
def _words_of(setting: str) -> frozenset[str]:
    """The words of a setting's names in all languages."""
    return frozenset(word for name, (of, _) in _names().items() if of == setting for word in name.split("_"))


def _is_same_word(one: str, other: str) -> bool:
    """Whether two words differ only in their ending, as `blocked` and `block` do."""
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or (len(shorter) >= 4 and longer.startswith(shorter))


@cache
def _names() -> Mapping[str, tuple[str, str | None]]:
    """Each normalized name with its setting and its language."""
    names: dict[str, tuple[str, str | None]] = {name: (name, None) for name in CommunityRules.model_fields}
    names[PROFILE] = PROFILE, None
    text = files("bot.rules").joinpath("setting_names.toml").read_text(encoding="utf-8")
    for setting, languages in tomllib.loads(text).items():
        for language, written in languages.items():
            for name in map(normalize_name, written):
                known = names.setdefault(name, (setting, language))
                if known[1] not in (None, language):
                    names[name] = known[0], None
    return names
