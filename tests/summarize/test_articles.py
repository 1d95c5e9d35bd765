"""Twenty-one articles of many kinds, each with the sentences that a careful editor would accept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.models import Length
from bot.summarize import summarize
from tests.summarize.texts import article


@dataclass(frozen=True)
class Edited:
    """An article with an editor's marks on its sentences."""

    kind: str
    language: str
    title: str
    text: str
    wanted: tuple[str, ...]
    accepted: frozenset[str]


def edited() -> list[Edited]:
    text = Path(__file__).with_name("articles.txt").read_text("utf-8")
    return [_edited(block) for block in text.split("\n== ")[1:]]


def _edited(block: str) -> Edited:
    head, _, body = block.partition("\n")
    kind, language, title = head.split(" | ")
    paragraphs = [part.splitlines() for part in body.strip().split("\n\n")]
    lines = [line for part in paragraphs for line in part]
    return Edited(
        kind,
        language,
        title,
        "\n\n".join(" ".join(line[2:] for line in part) for part in paragraphs),
        tuple(line[2:] for line in lines if line[0] == "*"),
        frozenset(line[2:] for line in lines if line[0] in "*+"),
    )


ARTICLES = edited()


@pytest.mark.parametrize("one", ARTICLES, ids=[f"{one.language}-{one.kind}" for one in ARTICLES])
def test_an_editor_would_accept_the_summary(one: Edited) -> None:
    summary = summarize(article(one.text, one.language, one.title), Length(3, 90, 0.4))
    known = {_undated(sentence) for sentence in one.accepted}
    assert len(summary.sentences) >= 2
    assert set(summary.sentences) <= known
    assert {_undated(sentence) for sentence in one.wanted} <= set(summary.sentences)


def _undated(sentence: str) -> str:
    return sentence.partition(") - ")[2] or sentence


def test_the_articles_are_of_many_kinds_and_languages() -> None:
    assert len(ARTICLES) >= 20
    assert len({one.language for one in ARTICLES}) >= 6
