"""How long a summary may be, as sumy's methods ask it: a callable that takes the best from a ranking."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.models import LengthLimits


@dataclass
class Budget:
    """Sentences and words that are left for a summary.

    Handed to a sumy summarizer as its `sentences_count`, it is called with all sentences in the
    order of their rating, best first, and answers with those that fit. `ratings` keeps what it
    was shown, by the sentences' places, for an explanation; a method that can say more fills in
    `reasons` and `features`.
    """

    sentences: int
    words: int
    ratings: dict[int, float] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    features: dict[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)

    @classmethod
    def for_article(cls, length: LengthLimits, article_words: int) -> Budget:
        """The tightest of the three limits of `length` for an article of so many words."""
        spared = max(0.0, min(1.0, length.min_saved))
        return cls(length.sentences, min(length.words, math.floor(article_words * (1 - spared) + 1e-9)))

    def __call__(self, infos: Sequence[Any]) -> list[Any]:
        self.ratings = {info.sentence.index: _finite_or_lowest(info.rating) for info in infos}
        # Rounded, so that the last bits of a sum, which vary from run to run, decide nothing.
        ranked = sorted(infos, key=lambda info: (-round(_finite_or_lowest(info.rating), 9), info.order))
        return list(self._take_fitting(ranked))

    def _take_fitting(self, ranked: Iterable[Any]) -> Iterable[Any]:
        sentences, words, seen = self.sentences, self.words, set()
        for info in ranked:
            sentence = info.sentence
            if sentences > 0 and 0 < sentence.word_count <= words and sentence.text not in seen:
                sentences, words = sentences - 1, words - sentence.word_count
                seen.add(sentence.text)
                yield info


def _finite_or_lowest(rating: float) -> float:
    return float(rating) if math.isfinite(rating) else -1e9
