"""Explains the score of a sentence in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.models import ScoredSentence

FEATURE_TEXTS = {
    "prior": "better than the average sentence",
    "first": "first sentence of the article",
    "title": "shares words with the title",
    "position": "early in the article",
    "forward": "its topic continues later",
    "centroid": "close to the main topic",
    "luhn": "contains the most frequent words",
    "repeats": "repeats earlier sentences",
    "short": "short",
    "long": "long",
    "opens_quoted": "begins with a quotation",
    "ends_quoted": "ends with a quotation",
    "pronoun": "depends on a pronoun",
    "first_person": "in the first person",
    "question": "asks a question",
    "boilerplate": "looks like boilerplate",
}
REDUNDANT = frozenset({"forward_mean"})
"""Features that repeat another one."""
MIN_SIZE = 0.05


def feature_texts(scored: ScoredSentence) -> Iterator[tuple[str, str]]:
    """The features of a sentence's score as text, each with its size. Unknown features keep their name."""
    for name, value in scored.features:
        if name == "first" or (name not in REDUNDANT and abs(value) >= MIN_SIZE):
            yield FEATURE_TEXTS.get(name, name.replace("_", " ")), "" if name == "first" else f"{value:.2g}"
