"""The catalogues: every language has every text, with the same placeholders."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import LANGUAGES, reason_sentence, translator
from bot.rules.rule_types import FooterLanguage


def catalogue(language: str) -> Catalog:
    with files("bot.i18n").joinpath(f"locales/{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(language: str) -> dict[str, tuple[str, ...]]:
    """The plural forms of each text, by key."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (message.string,)
        if isinstance(message.string, str)
        else tuple(message.string)
        for message in catalogue(language)
        if message.id
    }


ENGLISH = texts("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_placeholders(language: str) -> None:
    found = texts(language)
    assert found.keys() == ENGLISH.keys()
    for key, forms in found.items():
        assert len(forms) == len(ENGLISH[key]), key
        for form in forms:
            assert set(re.findall(r"{(\w+)}", form)) == set(re.findall(r"{(\w+)}", ENGLISH[key][0])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_mention_or_a_link(language: str) -> None:
    for forms in texts(language).values():
        assert not re.search(r"@|https?:|www\.", " ".join(forms))


def test_every_catalogue_is_used() -> None:
    folder = files("bot.i18n").joinpath("locales")
    assert {path.name for path in folder.iterdir()} == {f"{language}.po" for language in LANGUAGES}


def test_plural_forms_follow_the_language() -> None:
    english, french = translator("en"), translator("fr")
    assert english("reading-time", count=1) == "The article takes about 1 minute to read."
    assert english("reading-time", count=0).endswith("0 minutes to read.")
    assert french("reading-time", count=0) == "Temps de lecture de l’article : environ 0 minute."


def test_a_language_without_a_catalogue_gets_english() -> None:
    assert translator("ja").language == translator(None).language == "en"


def test_an_unknown_key_raises_an_error() -> None:
    with pytest.raises(KeyError, match="no-such-text"):
        translator("de")("no-such-text")


def test_the_language_setting_offers_exactly_these_languages() -> None:
    assert get_args(FooterLanguage) == ("auto", *LANGUAGES)


@pytest.mark.parametrize("reason", SkipReason)
def test_every_skip_reason_is_a_sentence_in_every_language(reason: SkipReason) -> None:
    sentences = [reason_sentence(reason, translator(language)) for language in LANGUAGES]
    assert sentences[0] == reason.sentence
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(set(sentences)) == len(LANGUAGES)
