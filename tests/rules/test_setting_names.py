"""Names of settings in seven languages."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from bot.i18n.translations import LANGUAGES
from bot.rules import CommunityRules
from bot.rules.setting_names import (
    PROFILE,
    language_of_name,
    nearest_setting,
    normalize_name,
    setting_named,
)

NAMES = tomllib.loads(files("bot.rules").joinpath("setting_names.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("setting", [*CommunityRules.model_fields, PROFILE])
def test_every_setting_has_a_name_in_every_language(setting: str) -> None:
    assert setting_named(setting) == setting
    for language in LANGUAGES[1:]:
        for name in NAMES[setting][language]:
            assert setting_named(name) == setting, name
            assert setting_named(name.upper().replace(" ", "-")) == setting, name


def test_no_name_has_two_meanings() -> None:
    meanings = {
        (normalize_name(name), setting)
        for setting, languages in NAMES.items()
        for names in languages.values()
        for name in names
    }
    assert len({name for name, _ in meanings}) == len(meanings)


@pytest.mark.parametrize(
    ("name", "language"),
    [("Sätze", "de"), ("mots", "fr"), ("frases", None), ("words", None), ("no such", None)],
)
def test_the_language_of_a_name(name: str, language: str | None) -> None:
    assert language_of_name(name) == language


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("layuot", "layout"),
        ("Mots interdits du titre", "block_title_words"),
        ("blocked_title_words", "block_title_words"),
        ("max_replies_per_day", "max_per_day"),
        ("xyzzy", None),
    ],
)
def test_the_setting_that_was_probably_meant(name: str, setting: str | None) -> None:
    assert nearest_setting(name) == setting
