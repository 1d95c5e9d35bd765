"""The length of a summary, as a callable that sumy's methods accept: it takes the best of a ranking."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, field

from bot.core.models import LengthLimits
from bot.core.skip_reasons import SkipReason


class Budget(Struct):
    """The sentences and words that a summary may have.

    A sumy summarizer takes it as its `sentences_count`: it calls it with all sentences, the best rating
    first, and gets back those that fit. For an explanation, `ratings` keeps the ratings by the index of the
    sentence, and a method can also fill in `reasons` and `features`.
    """

    sentences: int
    words: int
    ratings: dict[int, float] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    features: dict[int, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    explained: bool = True
    """Whether a method should fill in what only an explanation needs."""
    refusal: SkipReason | None = None
    """Why the method picks nothing, if it can tell."""

    @classmethod
    def for_article(cls, length: LengthLimits, article_words: int) -> Budget:
        """The budget for an article of `article_words` words; the tightest limit of `length` wins."""
        saved = max(0.0, min(1.0, length.min_saved))
        return cls(length.sentences, min(length.words, math.floor(article_words * (1 - saved) + 1e-9)))

    def __call__(self, infos: Sequence[Any]) -> list[Any]:
        self.ratings = {info.sentence.index: _finite_or_lowest(info.rating) for info in infos}
        # rounded, because the last bits of a sum vary from run to run
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
