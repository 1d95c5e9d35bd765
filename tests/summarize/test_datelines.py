"""Places, agencies and dates before the first words of a report are left out."""

from __future__ import annotations

import time

import pytest

from bot.core.models import Article, ParagraphKind
from bot.summarize.datelines import without_date, without_dateline
from bot.summarize.document import Document
from bot.summarize.method_registry import find_method

REPORT = "The council of Brackwater kept its lighthouse."


@pytest.mark.parametrize(
    "dateline",
    [
        "BERLIN/WIEN – ",
        "BERLIN/WIEN - ",
        "Berlin/Wien. ",
        "Hamburg/Berlin (dpa/lno) - ",
        "LONDON: ",
        "NEW DELHI/MUMBAI: ",
        "ISLAMABAD (Web Desk): ",
        "LONDON (Reuters) – ",
        "Madrid, 3 mar (EFE).- ",
        "ROMA (ANSA) - ",
        "PARIS, le 3 mars – ",
        "LISBOA, 3 de março de 2025 (Lusa) - ",
        "KARLSRUHE · ",
        "NEW YORK, Jan. 5, 2024 /PRNewswire/ -- ",
        "DUBLIN, 12 December 2024 (GLOBE NEWSWIRE) -- ",
        "LOS ANGELES--(BUSINESS WIRE)--",
        "PARIS/LONDON/ROME - ",
    ],
)
def test_a_dateline_is_left_out(dateline: str) -> None:
    assert without_dateline(dateline + REPORT) == REPORT


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 11: The mill of Elsterau is bankrupt.",
        "NASA: The agency has seen it.",
        "Either/Or. The book is old.",
        "He/She: A play about two.",
        "Dahl: The ship is old.",
        "The harbour (built in 1904) – The Old Port – is closed.",
        "In London and Berlin, The Mill is on stage.",
    ],
)
def test_other_beginnings_stay(text: str) -> None:
    assert without_dateline(text) == text


@pytest.mark.parametrize(
    "date",
    [
        "9 December 2024",
        "Updated: December 9, 2024",
        "Updated: December 9, 2024 ",
        "Published on 9 December 2024 at 10:30 am | ",
        "Stand: 12. März 2025, 14:30 Uhr ",
        "Publié le 3 mars 2024 à 12:30",
        "Actualizado el 3 de marzo de 2024 - ",
        "Aggiornato il 3 marzo 2024 alle 9:15 ",
        "Bijgewerkt op 3 maart 2024 ",
        "12.03.2025",
    ],
)
def test_a_date_that_is_glued_to_a_sentence_is_left_out(date: str) -> None:
    assert without_date(date + REPORT) == REPORT


@pytest.mark.parametrize(
    "text",
    [
        "9 December 2024 was the day of the vote in Brackwater.",
        "9 November 1989: The wall falls, and nobody has planned it.",
        "December 9, 2024 The Council Voted On The Old Light",
        "Updated: December 9, 2024",
        "Updated rules for lighthouses apply from 9 December 2024.",
        "2024 The lighthouse is kept by the council.",
    ],
)
def test_other_dates_stay(text: str) -> None:
    assert without_date(text) == text


def test_a_dateline_after_a_standfirst_is_left_out_and_later_ones_stay() -> None:
    lines = ["The old light stays.", f"LONDON: {REPORT}", "Nobody spoke.", f"LONDON: {REPORT}"]
    kinds = (ParagraphKind.STANDFIRST, *[ParagraphKind.PARAGRAPH] * 3)
    article = Article("Light", "\n\n".join(lines), "en", 1.0, 20, paragraph_kinds=kinds)
    found = [str(one) for one in Document(article, find_method("precis").limits).sentences]
    assert found == ["The old light stays.", REPORT, "Nobody spoke.", f"LONDON: {REPORT}"]


@pytest.mark.parametrize(
    "text", ["A " * 20_000, "AB/" * 20_000, "Abcd/" * 20_000, "9 Dez 2024 " * 9_000, "A, 3 m " * 9_000]
)
def test_a_hostile_beginning_takes_no_time(text: str) -> None:
    start = time.process_time()
    without_dateline(text)
    without_date(text)
    assert time.process_time() - start < 0.5
