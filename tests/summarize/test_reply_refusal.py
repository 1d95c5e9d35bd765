"""Articles that deserve no reply, and why."""

from __future__ import annotations

import numpy as np
import pytest

from bot.core.models import LengthLimits, ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.summarize import summarize
from bot.summarize.judge.sentence_model import Judgement
from bot.summarize.reply_refusal import deserves_no_reply, refusal_reason
from bot.summarize.sentence_roles import Line
from tests.summarize.texts import article


def judged(wanted: float, alone: float, page: float, sentences: int = 20) -> Judgement:
    probabilities = np.tile([alone, 0.0, page, 0.0, 0.0], (sentences, 1))
    return Judgement(probabilities, np.full(sentences, 1 / sentences), np.full(sentences, wanted))


def test_an_article_with_few_wanted_sentences_and_much_of_the_page_is_refused() -> None:
    assert deserves_no_reply(judged(wanted=0.08, alone=0.2, page=0.7))
    assert not deserves_no_reply(judged(wanted=0.08, alone=0.9, page=0.1))
    assert not deserves_no_reply(judged(wanted=0.2, alone=0.7, page=0.2))


def test_a_long_list_with_an_introduction_that_an_editor_picks_is_not_refused() -> None:
    page = judged(wanted=0.01, alone=0.1, page=0.9, sentences=40)
    assert deserves_no_reply(page)
    page.wanted[:2] = 0.8
    assert not deserves_no_reply(page)


def test_a_short_article_is_never_refused() -> None:
    assert not deserves_no_reply(judged(wanted=0.08, alone=0.2, page=0.7, sentences=11))


PROSE = ["The mill burned down on Monday.", "Nobody was hurt.", "The owner wants to build a new one."]


@pytest.mark.parametrize(
    ("lines", "kind", "reason"),
    [
        ([*PROSE, "The owner told us that…"], ParagraphKind.PARAGRAPH, SkipReason.WALL),
        ([*PROSE, "Der Besitzer sagte dazu ..."], ParagraphKind.PARAGRAPH, SkipReason.WALL),
        (["Pump, 12 €", "Hose, 8 €", "Bucket, 3 €", *PROSE], ParagraphKind.PARAGRAPH, SkipReason.PRODUCT),
        (["Pump £12", "Hose £8", "Bucket £3"], ParagraphKind.LIST_ITEM, SkipReason.PRODUCT),
        (["Pump", "Hose", "Bucket", "Spade"], ParagraphKind.LIST_ITEM, SkipReason.LISTING),
        (["Pump", "Hose", "Bucket", "Spade"], ParagraphKind.PARAGRAPH, SkipReason.LISTING),
        (PROSE, ParagraphKind.PARAGRAPH, SkipReason.NO_SENTENCES),
    ],
)
def test_the_reason(lines: list[str], kind: ParagraphKind, reason: SkipReason) -> None:
    assert refusal_reason([Line(text, kind, alone=True) for text in lines]) is reason


@pytest.mark.parametrize(
    ("language", "entry", "title", "reason"),
    [
        ("en", "Item {} | Share | Read more", "Our products", SkipReason.LISTING),
        ("en", "Garden pump {0} - buy now for ${0}.99", "Deals of the week", SkipReason.PRODUCT),
        ("de", "Angebot {}: jetzt kaufen", "Alle Angebote", SkipReason.LISTING),
        ("fr", "Article {} | Ajouter au panier", "Nos produits", SkipReason.LISTING),
        ("es", "Producto {0} por {0} €", "Ofertas de hoy", SkipReason.PRODUCT),
    ],
)
def test_a_page_without_sentences_is_refused_with_its_reason(
    language: str, entry: str, title: str, reason: SkipReason
) -> None:
    text = "\n\n".join(entry.format(number) for number in range(1, 31))
    summary = summarize(article(text, language, title), LengthLimits())
    assert summary.sentences == ()
    assert summary.refusal is reason


def test_an_article_that_is_summarized_has_no_refusal() -> None:
    lines = [f"The mill of Osby made {number} tons of flour in {1900 + number}." for number in range(20)]
    assert summarize(article(" ".join([*PROSE, *lines])), LengthLimits()).refusal is None
