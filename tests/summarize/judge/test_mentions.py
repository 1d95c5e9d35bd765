"""Whether the names and definite nouns of a sentence are known to a reader of the title."""

from __future__ import annotations

import pytest

from bot.summarize.cohesion_rules import cohesion_rules
from bot.summarize.judge.mentions import NAMES, mention_signals
from bot.summarize.judge.sentence_words import sentence_words

TEXTS = [
    "Anna Berg, the mayor of Osby, opened a mill on Monday.",
    "The mill cost two million euros, Berg said.",
    "A critic, Carl Mayer, called it ugly.",
    "Mayer had asked for a park.",
    "The World Health Organization (WHO) sent a nurse.",
    "The WHO pays her.",
]


def value(name: str, at: int, title: str = "", language: str = "en") -> float:
    return float(
        mention_signals(sentence_words(TEXTS), title, cohesion_rules(language))[at, NAMES.index(name)]
    )


def test_a_surname_alone_is_bare_unless_the_title_has_it() -> None:
    assert value("full_names", 0) == 1
    assert value("bare_names", 1) == 1
    assert value("bare_names", 1, "Berg opens a mill") == 0
    assert value("first_bare", 3) == 1


def test_an_abbreviation_is_bare_where_it_is_not_spelled_out() -> None:
    assert value("bare_acronyms", 4) == 0
    assert value("bare_acronyms", 5) == 1


def test_a_definite_noun_is_old_if_an_earlier_sentence_has_it() -> None:
    assert value("definite_first_old", 1) == 1
    assert value("definite_first_title", 1, "A new mill") == 1
    assert value("definite_first_new", 4) == 1


def test_the_first_word_of_a_sentence_is_a_name_only_if_it_is_one_inside_another() -> None:
    assert value("names", 3) == 1
    assert (
        mention_signals(sentence_words(["Everybody left."]), "", cohesion_rules("en"))[
            0, NAMES.index("names")
        ]
        == 0
    )


@pytest.mark.parametrize("language", ["de", "xx", ""])
def test_capitals_that_mark_no_names_give_none(language: str) -> None:
    assert value("names", 0, language=language) == 0
