"""Count how a sentence stands in its article: place, kind of paragraph, shared words and cohesion.

The counts that Precis already has (base score, importance, marks of cohesion, names) become columns here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bot.core.models import ParagraphKind
from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.word_statistics import Floats

_MIN_TITLE = 12
KINDS = (ParagraphKind.HEADING, ParagraphKind.LIST_ITEM, ParagraphKind.TABLE, ParagraphKind.QUOTE)
_DEPENDENCES = (
    "starts with a word that refers back",
    "starts with a person or group that is not named",
    "has a pronoun before any name",
    "quotes a person who is not named",
)
_EXCLUSIONS = (
    "only introduces what follows",
    "a heading or a caption",
    "refers to another part of the page",
    "answers a question or another person",
)
_FLAWS = (
    "incomplete quotation",
    "quotation without its speaker",
    "refers back inside the sentence",
    "starts with something not described before",
    "too short to be understood alone",
)
_NO_FLAWS = (False,) * len(_FLAWS)
_OF_MARKS = (
    *(f"depends_{at}" for at in range(len(_DEPENDENCES))),
    *(f"excluded_{at}" for at in range(len(_EXCLUSIONS))),
    *(f"flaw_{at}" for at in range(len(_FLAWS))),
    "depends",
    "excluded",
)
_OF_NAMES = ("surnames", "surnames_unknown", "given_in_full")


class Place(NamedTuple):
    """Where a sentence stands."""

    kind: ParagraphKind
    paragraph: int
    in_paragraph: int
    paragraph_sentences: int


def places_of(paragraphs: Sequence[Sequence[object]]) -> list[Place]:
    """The place of each sentence; a sentence of another document model than ours is prose."""
    return [
        Place(getattr(sentence, "kind", ParagraphKind.PARAGRAPH), number, at, len(group))
        for number, group in enumerate(group for group in paragraphs if group)
        for at, sentence in enumerate(group)
    ]


def context_signals(analysis: ArticleAnalysis, places: Sequence[Place], title: str) -> dict[str, Floats]:
    """Each signal by name, with one value for each sentence."""
    return {
        **_positions(places),
        **_shared_words(analysis, title),
        **_known_counts(analysis),
        **_cohesion(analysis),
    }


def _positions(places: Sequence[Place]) -> dict[str, Floats]:
    n = len(places)
    index = np.arange(n, dtype=float)
    prose = np.array([place.kind not in KINDS for place in places], dtype=float)
    paragraphs = max((place.paragraph for place in places), default=0) + 1
    heading = np.array([place.kind is ParagraphKind.HEADING for place in places])
    last_heading = np.maximum.accumulate(np.where(heading, index, -1.0)) if n else index
    result: dict[str, Floats] = {
        "index": np.minimum(index, 60),
        "relative": index / max(1, n),
        "from_end": np.minimum(n - 1 - index, 60),
        "sentences": np.full(n, min(n, 80.0)),
        "prose_index": np.minimum(np.cumsum(prose) - prose, 60),
        "prose_share": np.full(n, prose.mean() if n else 0.0),
        "paragraph": np.minimum([float(place.paragraph) for place in places], 60),
        "paragraph_from_end": np.minimum([float(paragraphs - 1 - place.paragraph) for place in places], 60),
        "in_paragraph": np.array([place.in_paragraph for place in places], dtype=float),
        "after_in_paragraph": np.array(
            [place.paragraph_sentences - 1 - place.in_paragraph for place in places], dtype=float
        ),
        "since_heading": np.where(last_heading < 0, 40.0, np.minimum(index - last_heading, 40.0)),
    }
    for kind in KINDS:
        result[f"is_{kind}"] = np.array([place.kind is kind for place in places], dtype=float)
    return result


def _shared_words(analysis: ArticleAnalysis, title: str) -> dict[str, Floats]:
    """Words shared with the title, with what comes before, and with both neighbours."""
    statistics = analysis.statistics
    rows = analysis.content_rows
    seen, result = set[int](), []
    shared = [0, *(len(one & other) for one, other in pairwise(rows)), 0]
    """The number of words that each two neighbours share."""
    for row, before, after in zip(rows, shared, shared[1:], strict=False):
        count = len(row)
        size = max(1, count)
        known, titled = len(row & seen), len(row & statistics.title)
        result.append(
            (
                count, known / size, before / size, after / size,
                titled, titled / max(1, len(statistics.title)), titled / size,
                (count - known) / size,
            )
        )  # fmt: skip
        seen |= row
    names = (
        "content", "known_share", "before_share", "after_share", "title_words", "title_share",
        "title_density", "new_share",
    )  # fmt: skip
    table = np.array(result, dtype=float).reshape(-1, len(names))
    same = Counter(text.strip().lower() for text in analysis.texts)
    return {
        **{name: table[:, at] for at, name in enumerate(names)},
        "title_size": np.full(len(rows), float(len(statistics.title))),
        "has_title": np.array([_has_title(text, title) for text in analysis.texts], dtype=float),
        "same_lines": np.array([same[text.strip().lower()] for text in analysis.texts], dtype=float),
    }


def _has_title(text: str, title: str) -> bool:
    """Whether the sentence contains the whole title: usually a heading that is glued to it."""
    return len(title) > _MIN_TITLE and title.lower() in text.lower()


def _known_counts(analysis: ArticleAnalysis) -> dict[str, Floats]:
    words, pairs = analysis.word_coverage.values(), analysis.pair_coverage.values()
    value = analysis.base_scores + 15 * (0.5 * words + pairs) / analysis.lengths
    ranks = np.empty(len(value))
    ranks[np.argsort(-np.round(value, 9), kind="stable")] = np.arange(len(value))
    return {
        **{f"score_{name}": column for name, column in analysis.features.items()},
        "base": analysis.base_scores,
        "word_value": words,
        "word_density": words / analysis.lengths,
        "pair_value": pairs,
        "pair_density": pairs / analysis.lengths,
        "value": value,
        "value_rank": np.minimum(ranks, 40),
        "value_rank_share": ranks / max(1, len(value)),
    }


def _cohesion(analysis: ArticleAnalysis) -> dict[str, Floats]:
    rows = [
        (
            *[mark.dependence == why for why in _DEPENDENCES],
            *[mark.exclusion == why for why in _EXCLUSIONS],
            *([why in mark.flaws for why in _FLAWS] if mark.flaws else _NO_FLAWS),
            mark.dependence != "", mark.exclusion != "",
        )
        for mark in analysis.marks
    ]  # fmt: skip
    titled, names = analysis.names.title_words, analysis.names
    persons = [
        (len(bare), sum(name.lower() not in titled for name in bare), len(given))
        for bare, given in zip(names.bare, names.given_in_full, strict=True)
    ]
    table = np.array(rows, dtype=float).reshape(-1, len(_OF_MARKS))
    of_names = np.array(persons, dtype=float).reshape(-1, len(_OF_NAMES))
    return dict(zip((*_OF_MARKS, *_OF_NAMES), (*table.T, *of_names.T), strict=True))
