"""21 articles of many kinds, each with the sentences that a careful editor would accept."""

from __future__ import annotations

import pytest

from benchmarks import summary_examples
from bot.core.models import LengthLimits
from bot.summarize import summarize
from tests.summarize.edited_articles import EditedArticle, load_edited_articles
from tests.summarize.texts import article

ARTICLES = load_edited_articles()


@pytest.mark.parametrize("one", ARTICLES, ids=[f"{one.language}-{one.kind}" for one in ARTICLES])
def test_an_editor_would_accept_the_summary(one: EditedArticle) -> None:
    summary = summarize(article(one.text, one.language, one.title), LengthLimits(3, 90, 0.4))
    known = {_undated(sentence) for sentence in one.accepted}
    assert len(summary.sentences) >= 2
    assert set(summary.sentences) <= known
    assert {_undated(sentence) for sentence in one.wanted} <= set(summary.sentences)


def _undated(sentence: str) -> str:
    return sentence.partition(") - ")[2] or sentence


def test_the_articles_are_of_many_kinds_and_languages() -> None:
    assert len(ARTICLES) >= 20
    assert len({one.language for one in ARTICLES}) >= 6


def test_the_docs_show_the_current_summaries_of_five_of_them() -> None:
    page = summary_examples.PAGE.read_text("utf-8")
    assert page[page.index(summary_examples.HEADING) :] == summary_examples.section()
