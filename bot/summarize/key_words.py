"""Optional parts of a reply: key words of the article and its reading time."""

from __future__ import annotations

from collections import Counter

import numpy as np

from bot.core.models import Article
from bot.summarize import precis_method, word_importance
from bot.summarize.document import Document, InputLimits
from bot.summarize.word_statistics import WordStatistics
from bot.summarize.word_tokens import without_possessive

WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction: Brysbaert 2019, "How many words do we read per minute?"."""

_LIMITS = InputLimits(400, 12_000)


def reading_minutes(words: int) -> int:
    """The reading time of an adult in whole minutes, at least 1."""
    return max(1, round(words / WORDS_PER_MINUTE))


def key_words(article: Article, limit: int = 5) -> tuple[str, ...]:
    """The words that a summary of `article` would most probably contain, in their most frequent spelling.

    The probability is the word importance of Precis' own method. At most `limit` words, the most probable
    first; only words that occur at least twice.
    """
    document = Document(article, _LIMITS)
    statistics = WordStatistics(
        [sentence.text for sentence in document.sentences], document.title, document.language
    )
    if not len(statistics.word_numbers):
        return ()
    probabilities = word_importance.probabilities(
        word_importance.word_bins(statistics), precis_method.load_weights()["word"]
    )
    probabilities = np.where(statistics.is_content & (statistics.occurrences >= 2), probabilities, 0.0)
    spelled = _spellings(document, statistics)
    ranked = [
        int(n)
        for n in np.argsort(-np.round(probabilities, 9), kind="stable")
        if probabilities[n] > 0 and n in spelled
    ]
    return tuple(spelled[n] for n in ranked[: max(0, limit)])


def _spellings(document: Document, statistics: WordStatistics) -> dict[int, str]:
    """The most frequent spelling of each word; words of digits only are left out."""
    found: dict[int, Counter[str]] = {}
    for sentence in document.sentences:
        for word in sentence.words:
            if not word.isdigit() and len(word) > 1:
                spellings = found.setdefault(statistics.vocabulary.number(word), Counter())
                spellings[without_possessive(word)] += 1
    return {number: counts.most_common(1)[0][0] for number, counts in found.items()}
