"""The table of signals: its shape, the neighbours, the kinds, and texts of any form."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.models import Article, ParagraphKind
from bot.summarize.article_analysis import analyse_article
from bot.summarize.cohesion_rules import cohesion_rules
from bot.summarize.document import Document, InputLimits
from bot.summarize.judge.feature_table import FeatureTable, feature_table
from bot.summarize.judge.line_signals import NAMES, line_signals
from bot.summarize.judge.sentence_words import sentence_words
from bot.summarize.precis_method import load_weights
from bot.summarize.word_tokens import count_words


def table_of(text: str, kinds: tuple[ParagraphKind, ...] = (), title: str = "") -> FeatureTable:
    article = Article(title, text, "en", 1.0, count_words(text), paragraph_kinds=kinds)
    document = Document(article, InputLimits(100, 1_000), every_kind=True)
    paragraphs = [list(paragraph.sentences) for paragraph in document.paragraphs]
    analysis = analyse_article(paragraphs, title, "en", load_weights())
    return feature_table(analysis, paragraphs, title, "en")


def test_headings_are_in_the_table_with_their_kind() -> None:
    kinds = (ParagraphKind.HEADING, ParagraphKind.PARAGRAPH, ParagraphKind.LIST_ITEM)
    table = table_of("The mill\n\nThe mill of Osby burned down.\n\nTwo men were hurt.", kinds, "Mill burns")
    column = {name: table.rows[:, at] for at, name in enumerate(table.names)}
    assert list(column["is_heading"]) == [1, 0, 0]
    assert list(column["is_item"]) == [0, 0, 1]
    assert list(column["before_is_heading"]) == [-1, 1, 0]
    assert list(column["since_heading"]) == [0, 1, 2]
    assert list(column["title_words"]) == [1, 1, 0]


def test_every_article_has_the_same_columns() -> None:
    assert table_of("One sentence.").names == table_of("Two.\n\nMore of them here. And one.").names


@given(text=st.text("aB .!?\n\"'“”:ü字5", max_size=200))
@settings(max_examples=40, deadline=None)
def test_any_text_has_finite_signals(text: str) -> None:
    signals = line_signals(sentence_words([text]), cohesion_rules("en"))
    assert signals.shape == (1, len(NAMES))
    assert np.isfinite(signals).all()


def test_signals_of_a_line() -> None:
    row = dict(
        zip(
            NAMES,
            line_signals(sentence_words(["Price: $12 | Read more…"]), cohesion_rules("en"))[0],
            strict=True,
        )
    )
    assert row["money"] == 1
    assert row["label"] == 1
    assert row["page_marks"] == 2
    assert row["ends_dots"] == 1


@pytest.mark.parametrize("name", ["kinds", "ranks", "firsts", "picks", "networks"])
def test_the_weights_of_the_package_were_fitted_on_these_columns(name: str) -> None:
    heading = resources.files("bot.summarize").joinpath("data", f"{name}.txt").read_text().partition("\n")[0]
    assert heading.partition("columns: ")[2].split() == list(table_of("One sentence.").names)
