"""What a sentence's score is made of, in words for people who never read the summarizer's code."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.models import ScoredSentence

FEATURE_TEXTS = {
    "prior": "above the article's average, all in all",
    "first": "opens the article",
    "title": "shares words with the title",
    "position": "stands early",
    "forward": "is taken up again later",
    "centroid": "is at the heart of the article",
    "luhn": "holds its most frequent words",
    "repeats": "repeats what came before",
    "short": "is short",
    "long": "is long",
    "opens_quoted": "opens with a quotation",
    "ends_quoted": "ends with a quotation",
    "pronoun": "leans on a pronoun",
    "first_person": "speaks in the first person",
    "question": "asks a question",
    "boilerplate": "sounds like boilerplate",
}
REDUNDANT = frozenset({"forward_mean"})
"""What another feature says already."""
MIN_SIZE = 0.05


def feature_texts(scored: ScoredSentence) -> Iterator[tuple[str, str]]:
    """What speaks for a sentence or against it, each with its size; others keep their name."""
    for name, value in scored.features:
        if name == "first" or (name not in REDUNDANT and abs(value) >= MIN_SIZE):
            yield FEATURE_TEXTS.get(name, name.replace("_", " ")), "" if name == "first" else f"{value:.2g}"
