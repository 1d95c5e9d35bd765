"""Precis' own method: its sumy interface, datelines, and languages without spaces."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence

from benchmarks.summaries import artificial_article
from bot.core.models import LengthLimits, ParagraphKind
from bot.summarize import summarize
from bot.summarize.datelines import without_dateline
from bot.summarize.document import Document, Tokenizer
from bot.summarize.length_budget import Budget
from bot.summarize.method_registry import METHODS
from bot.summarize.precis_method import PrecisSummarizer
from tests.summarize.texts import article

LINES = ["The wall of Osby gave way on Monday.", "However, nobody was hurt.", "Osby will build a new wall."]


@pytest.mark.parametrize(("count", "picked"), [(1, 1), (2, 2), ("34%", 1)])
def test_it_has_the_interface_of_sumys_methods(count: int | str, picked: int) -> None:
    sentences = [Sentence(line, Tokenizer("en")) for line in LINES]
    document = ObjectDocumentModel([Paragraph(sentences)])
    found = [str(one) for one in PrecisSummarizer("en")(document, count)]
    assert len(found) == picked
    assert found == [line for line in LINES if line in found]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("LONDON (Reuters) – The wall", "The wall"),
        ("(CNN)The wall", "The wall"),
        ("WASHINGTON, March 3 — The wall", "The wall"),
        ("BERLIN (dpa) - Die Mauer", "Die Mauer"),
        ("OSBY, Ohio – The wall", "The wall"),
        ("OSBY, New York, March 3 — The wall", "The wall"),
        ("ROMA - Il muro", "Il muro"),
        ("PARIS/BERLIN (Reuters) - The wall", "The wall"),
        ("PARIS/BERLIN – Die Mauer", "Die Mauer"),
        ("NEW DELHI: The wall of", "The wall of"),
        ("BERLIN/PARIS, Nov 3: The wall of", "The wall of"),
        ("UPDATE: the wall fell", "UPDATE: the wall fell"),
        ("NATO: a wall", "NATO: a wall"),
        ("NATO-led troops left", "NATO-led troops left"),
        ("Apple (AAPL) said", "Apple (AAPL) said"),
        ("The wall — a ruin — fell", "The wall — a ruin — fell"),
    ],
)
def test_datelines_are_stripped(text: str, left: str) -> None:
    assert without_dateline(text) == left


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "zh",
            "港口周一关闭。工程师在码头的墙上发现了裂缝。市长说维修需要六周。渡轮不受影响。费用由地区支付。",
        ),
        ("ja", "港は月曜日に閉鎖された。技師が岸壁にひびを見つけた。修理には六週間かかる。費用は県が払う。"),
        ("th", "ท่าเรือปิดในวันจันทร์\nวิศวกรพบรอยร้าวในกำแพง\nการซ่อมแซมใช้เวลาหกสัปดาห์"),
    ],
)
def test_languages_without_spaces(language: str, text: str) -> None:
    summary = summarize(article(text, language), LengthLimits(2, 25, 0.3))
    assert len(summary.sentences) == 2
    assert all(sentence in text for sentence in summary.sentences)


def test_the_same_article_gives_the_same_summary() -> None:
    one = artificial_article(60)
    assert summarize(one, LengthLimits()).sentences == summarize(one, LengthLimits()).sentences


def test_a_summary_repeats_nothing() -> None:
    text = (
        "Homes near the new harbour of Osby cost twelve per cent more, a bank has found. "
        "The bank compared the prices of forty towns on the west coast. "
        "Estate agents had expected that noise from the cranes would keep buyers away. "
        "Homes beside the new harbour of Osby cost twelve per cent more, the bank has found. "
        "A second terminal for ferries will open there in two years. "
        "Schools in that part of the town are full, says the mayor."
    )
    summary = summarize(article(text), LengthLimits(6, 200, 0.0), explain=True)
    assert sum("Osby cost" in sentence for sentence in summary.sentences) == 1
    assert "repeats a picked sentence" in " ".join(one.why for one in summary.scored)


def test_five_thousand_sentences_take_less_than_four_seconds() -> None:
    long = artificial_article(5_000)
    started = time.process_time()
    assert summarize(long, LengthLimits()).sentences
    assert time.process_time() - started < 4  # about one on a quiet machine


def test_headings_tables_and_code_are_never_picked() -> None:
    text = (
        "The council of Osby has decided to close the harbour for six weeks.\n\n"
        "The harbour of Osby will be closed to cargo ships for six weeks because of cracks in the quay.\n\n"
        "Ferries of Osby sail from Elmsport on all days of the week.\n\n"
        "close(harbour, weeks=6).\n\n"
        "The repair of the quay will cost the region two million euros, the council said on Monday."
    )
    kinds = (
        ParagraphKind.HEADING,
        ParagraphKind.PARAGRAPH,
        ParagraphKind.TABLE,
        ParagraphKind.CODE,
        ParagraphKind.PARAGRAPH,
    )
    one = replace(article(text, title="Harbour of Osby closed"), paragraph_kinds=kinds)
    summary = summarize(one, LengthLimits(5, 200, 0.0), explain=True)
    parts = text.split("\n\n")
    assert set(summary.sentences) <= {parts[1], parts[4]}
    assert summary.sentences
    assert len(summary.scored) == 5
    assert "heading" in summary.scored[0].why


def test_a_page_without_sentences_gets_no_summary_and_says_why() -> None:
    text = "\n\n".join(f"Item {number} | Share | Read more" for number in range(30))
    summary = summarize(article(text, title="Our products"), LengthLimits(), explain=True)
    assert summary.sentences == ()
    assert all(one.why for one in summary.scored)


def test_only_the_first_five_hundred_sentences_are_read() -> None:
    text = "\n\n".join(f"The mill number {number} of Osby burned down on Monday." for number in range(700))
    assert len(summarize(article(text), LengthLimits(), explain=True).scored) == 500


def test_the_explanation_says_that_a_sentence_follows_the_one_before_it() -> None:
    text = (
        "The wall of Osby gave way on Monday and buried four parked cars, the town said. "
        "It had been built in 1904 by the engineer who also built the railway station of Osby."
    )
    scored = summarize(
        article(text, title="Four cars buried"), LengthLimits(2, 200, 0.0), explain=True
    ).scored
    assert [one.why for one in scored if not one.picked or "directly after" in one.why]


def test_reasons_are_found_only_for_an_explanation() -> None:
    document = Document(article(" ".join(LINES)), METHODS["precis"].limits)
    explained, plain = Budget(2, 60), Budget(2, 60, explained=False)
    method = PrecisSummarizer("en")
    assert [str(one) for one in method(document, explained)] == [str(one) for one in method(document, plain)]
    assert explained.reasons
    assert explained.features
    assert not plain.reasons
    assert not plain.features
