"""The texts: every language has every text, with the same values in it."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.i18n.translations import LANGUAGES, translator
from bot.rules.rule_types import FooterLanguage


def catalogue(language: str) -> Catalog:
    with files("bot.i18n").joinpath(f"locales/{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(language: str) -> dict[str, tuple[str, ...]]:
    """Key to its plural forms."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (message.string,)
        if isinstance(message.string, str)
        else tuple(message.string)
        for message in catalogue(language)
        if message.id
    }


ENGLISH = texts("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_with_the_same_values(language: str) -> None:
    found = texts(language)
    assert found.keys() == ENGLISH.keys()
    for key, forms in found.items():
        assert len(forms) == len(ENGLISH[key]), key
        for form in forms:
            assert set(re.findall(r"{(\w+)}", form)) == set(re.findall(r"{(\w+)}", ENGLISH[key][0])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_none_notifies_or_leads_anywhere(language: str) -> None:
    for forms in texts(language).values():
        assert not re.search(r"@|https?:|www\.", " ".join(forms))


def test_plural_forms_follow_the_language() -> None:
    english, french = translator("en"), translator("fr")
    assert english("reading-time", count=1) == "The article takes about 1 minute to read."
    assert english("reading-time", count=0).endswith("0 minutes to read.")
    assert french("reading-time", count=0) == "L’article se lit en 0 minute environ."


def test_a_language_without_texts_gets_english() -> None:
    assert translator("ja").language == translator(None).language == "en"


def test_a_text_that_does_not_exist_is_a_slip() -> None:
    with pytest.raises(KeyError, match="no-such-text"):
        translator("de")("no-such-text")


def test_the_settings_offer_exactly_these_languages() -> None:
    assert FooterLanguage.__args__ == ("auto", *LANGUAGES)
