"""Explains the score of a sentence in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.models import ScoredSentence

FEATURE_TEXTS = {
    "alone": "probability that it stands alone",
    "leans": "that it needs another sentence",
    "boilerplate": "that it is not the article's prose",
    "fragment": "that it is only a part of a sentence",
    "empty": "that it says nothing a reader wants",
    "news": "that it is the news itself",
    "wanted": "that an editor would pick it",
}
MIN_SIZE = 0.05


def feature_texts(scored: ScoredSentence) -> Iterator[tuple[str, str]]:
    """The features of a sentence's score as text, each with its size. Unknown features keep their name."""
    for name, value in scored.features:
        if abs(value) >= MIN_SIZE:
            yield FEATURE_TEXTS.get(name, name.replace("_", " ")), f"{value:.2g}"
