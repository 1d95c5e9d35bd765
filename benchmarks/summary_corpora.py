"""Articles with reference summaries, from a data folder, and the length at which each set is measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.core.models import Article, LengthLimits
from bot.summarize.sentence_splitter import split_sentences
from bot.summarize.word_tokens import count_words

LENGTH_TOLERANCE = 1.1


@dataclass(frozen=True, slots=True)
class SummaryCase:
    """An article with summaries written by people, each a list of sentences."""

    id: str
    article: Article
    references: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of the folder. Summaries have `words` words, or a `share` of each article's.

    Whole sentences rarely add up to an exact number of words, so every system may use up to
    LENGTH_TOLERANCE times that number.
    """

    name: str
    file: str
    words: int = 0
    share: float = 0.0

    def length(self, article: Article) -> LengthLimits:
        return LengthLimits(
            10_000, round(LENGTH_TOLERANCE * (self.words or self.share * article.word_count)), 0.0
        )

    def cases(self, folder: Path) -> list[SummaryCase]:
        lines = (folder / self.file).read_text("utf-8").splitlines()
        return [_case(json.loads(line)) for line in lines if line.strip()]


CORPORA = (
    Corpus("CNN/DM", "cnndm_val.jsonl", words=60),
    Corpus("FRANK", "frank.jsonl", words=60),
    Corpus("Inshorts", "inshorts.jsonl", words=60),
    Corpus("OrangeSum", "orange_test.jsonl", words=50),
    Corpus("OrangeSum train", "orange_train.jsonl", words=50),
    Corpus("TeMário", "temario.jsonl", share=0.25),
    Corpus("Klexikon", "klex.jsonl", words=280),
    Corpus("BBC", "bbc.jsonl", share=0.25),
)
FITTED_ONLY = frozenset({"OrangeSum train"})
"""Sets that are used for fitting and not measured."""


def available_corpora(folder: Path) -> Iterator[Corpus]:
    """The sets that the folder contains."""
    return (corpus for corpus in CORPORA if (folder / corpus.file).is_file())


def _case(row: dict[str, object]) -> SummaryCase:
    text, language = str(row["text"]), str(row["language"])
    article = Article(str(row["title"]), text, language, 1.0, count_words(text))
    references = row["references"]
    assert isinstance(references, list)
    return SummaryCase(
        str(row["id"]), article, tuple(tuple(_lines(str(one), language)) for one in references)
    )


def _lines(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]
