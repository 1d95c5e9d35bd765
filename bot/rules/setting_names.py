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
    """The setting that was probably meant by a name that is not one."""
    found = written_name(text)
    return _names()[found][0] if found else None


def written_name(text: str) -> str | None:
    """The normalized name, in any language, that is nearest to a text."""
    name = normalize_name(text[:MAX_NAME_LENGTH])
    return nearest(name, _names()) or _with_same_words(name)


def normalize_name(text: str) -> str:
    """Lower case, without accents, words joined by underscores."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
    return "_".join(re.findall(r"[^\W_]+", letters))


def _with_same_words(name: str) -> str | None:
    """The name that has the most words of another one: `max_sentences`, `blocked_sites`."""
    words = set(name.split("_"))
    shared = {
        each: len(words & set(each.split("_"))) / len(words | set(each.split("_"))) for each in _names()
    }
    best = max(shared, key=lambda each: shared[each])
    return best if shared[best] >= 1 / 3 else None


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
