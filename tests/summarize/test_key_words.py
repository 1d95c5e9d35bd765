from __future__ import annotations

from collections import Counter

import pytest

from bot.summarize import key_words, reading_minutes
from bot.summarize.language_resources import stemmer
from tests.summarize.texts import article

TEXT = (
    "The wall of Osby gave way on Monday. Anna Berg had built the wall in 1904. The wall buried four cars. "
    "A new wall will cost Osby two million euros."
)


def test_key_words_are_words_that_the_article_repeats() -> None:
    assert set(key_words(article(TEXT, title="Wall of Osby gives way"), 2)) == {"wall", "Osby"}


@pytest.mark.parametrize(
    ("language", "text", "left_out"),
    [
        ("en", "Osby said the wall fell. Berg said the wall of Osby fell. Osby rebuilt the wall.", {"said"}),
        ("en", "The wall of Osby dates from 1904. Since 1904 the wall of Osby leaned.", {"1904"}),
        ("en", "On Monday the wall of Osby fell. By Monday Osby had no wall.", {"Monday"}),
        ("en", "In May the wall of Osby fell. On 3 May Osby had no wall.", {"May"}),
        ("de", "Osby sagte, die Mauer fiel. Berg sagte, die Mauer von Osby fiel.", {"sagte"}),
        ("de", "Im März fiel die Mauer von Osby. Am 3. März war die Mauer von Osby weg.", {"März"}),
        (
            "fr",
            "Le mur d'Osby, a déclaré Berg, est tombé lundi. Le mur, a déclaré Lind, céda. Lundi, Osby rit.",
            {"déclaré", "lundi", "Lundi"},
        ),
        (
            "es",
            "El muro de Osby cayó el martes, dijo Berg. El martes Osby dijo adiós al muro.",
            {"dijo", "martes"},
        ),
        (
            "pt",
            "O muro de Osby caiu na terça, disse Berg. Em 3 de maio Osby disse adeus ao muro; em maio.",
            {"disse", "maio"},
        ),
        (
            "nl",
            "De muur van Osby viel op maandag, zei Berg. Maandag zei Osby de muur vaarwel.",
            {"zei", "maandag"},
        ),
    ],
)
def test_verbs_of_saying_years_and_dates_are_left_out(language: str, text: str, left_out: set[str]) -> None:
    found = key_words(article(text, language=language), 20)
    assert found
    assert left_out.isdisjoint(found)


def test_a_month_that_is_a_person_stays() -> None:
    text = "April Berg lost the vote. The party told April to wait for the vote, and April left."
    assert "April" in key_words(article(text), 20)


def test_at_most_two_key_words_share_a_stem() -> None:
    text = (
        "Osby elects a mayor. Osby elects in June an electing board. The electing board met. "
        "The elections of Osby and its electors are old. Electors like elections. Osby elects. "
        "The electorate of Osby is small, and the electorate sleeps. The elected board of Osby was elected."
    )
    found = key_words(article(text), 20)
    stem = stemmer("en")
    assert max(Counter(stem(word.lower()) for word in found).values()) <= 2


@pytest.mark.parametrize("text", ["", "One two three four.", "…", "123 123 123"])
def test_there_can_be_no_key_words(text: str) -> None:
    assert key_words(article(text)) == ()


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (238, 1), (1000, 4)])
def test_reading_time_is_in_whole_minutes(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes
