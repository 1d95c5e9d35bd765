"""Sentences that say the same share rare words, numbers and names."""

from __future__ import annotations

import pytest

from bot.summarize.repetition import MAX_OVERLAP, fact_values, overlaps
from bot.summarize.word_statistics import WordStatistics

OTHERS = [
    "The council meets again in October.",
    "Fishermen may use the western basin.",
    "Divers inspect the eastern wall every spring.",
]


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        (
            "The repair of the wall will cost 2.4 million euros, the council said.",
            "According to the council, 2.4 million euros are needed to repair the wall.",
            "en",
        ),
        (
            "Berlin hat am Montag 310 Schulen wegen der Hitze geschlossen.",
            "Wegen der Hitze bleiben in Berlin 310 Schulen geschlossen.",
            "de",
        ),
        (
            "Le maire Paul Vidal a démissionné mardi après onze ans.",
            "Paul Vidal, maire depuis onze ans, a annoncé sa démission.",
            "fr",
        ),
        (
            "El incendio quemó 1.200 hectáreas de bosque en Alcor.",
            "En Alcor ardieron 1.200 hectáreas de bosque por el incendio.",
            "es",
        ),
        (
            "De brand verwoestte 14 huizen in Oelebeek en Lier.",
            "In Oelebeek en Lier zijn 14 huizen door brand verwoest.",
            "nl",
        ),
    ],
)
def test_the_same_fact_in_other_words(one: str, other: str, language: str) -> None:
    assert _overlap(one, other, language) > MAX_OVERLAP


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The wall cracked in March 2019.", "The wall will be repaired by the region."),
        (
            "Ida Voss warned the council in 2021.",
            "The council did not answer the harbour master.",
        ),
        ("Cargo ships have to leave Osby by Friday.", "Osby handled 900 cargo ships last year."),
    ],
)
def test_another_fact_about_the_same_subject(one: str, other: str) -> None:
    assert _overlap(one, other, "en") < MAX_OVERLAP


def test_a_sentence_without_content_words_repeats_everything() -> None:
    statistics = WordStatistics(["It is.", "The wall fell."], "", "en")
    assert overlaps(fact_values(statistics))[0, 1] == 1


def _overlap(one: str, other: str, language: str) -> float:
    statistics = WordStatistics([one, other, *OTHERS], "Osby closes its harbour", language)
    return float(overlaps(fact_values(statistics))[0, 1])
