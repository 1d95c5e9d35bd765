"""Optional parts of a reply: key words of the article and its reading time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

import numpy as np
from babel import Locale, UnknownLocaleError

from bot.core.models import Article
from bot.summarize import precis_method, word_importance
from bot.summarize.cohesion_rules import cohesion_rules
from bot.summarize.document import Document, InputLimits
from bot.summarize.language_resources import stemmer
from bot.summarize.word_statistics import WordStatistics
from bot.summarize.word_tokens import without_possessive

WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction: Brysbaert 2019, "How many words do we read per minute?"."""

MAX_PER_STEM = 2
"""Key words with the same stem. "Elects", "electing" and "elections" name one thing."""

_PREPOSITIONS = """
    in im en em de del du of since seit depuis desde dal until bis by last early late mid op sinds a i
"""
_BEFORE_MONTHS = frozenset(_PREPOSITIONS.split())

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
        spelled[int(n)]
        for n in np.argsort(-np.round(probabilities, 9), kind="stable")
        if probabilities[n] > 0 and int(n) in spelled
    ]
    return _limited_per_stem(ranked, document.language)[: max(0, limit)]


def _limited_per_stem(words: list[str], language: str) -> tuple[str, ...]:
    """The words in their order, at most `MAX_PER_STEM` of each stem."""
    stem, taken, kept = stemmer(language), Counter[str](), []
    for word in words:
        root = stem(word.lower())
        if taken[root] < MAX_PER_STEM:
            kept.append(word)
        taken[root] += 1
    return tuple(kept)


def _spellings(document: Document, statistics: WordStatistics) -> dict[int, str]:
    """The most frequent spelling of each word that can be a key word, by its number.

    Numbers, dates and verbs of saying cannot: every article has them.
    """
    saying = cohesion_rules(document.language).verbs_of_saying.pattern
    found: dict[int, Counter[str]] = {}
    dates = Counter[int]()
    for sentence in document.sentences:
        words = list(sentence.words)
        for place, word in enumerate(words):
            if len(word) < 2 or word[0].isdigit() or saying.fullmatch(word):
                continue
            number = statistics.vocabulary.number(word)
            found.setdefault(number, Counter())[without_possessive(word)] += 1
            dates[number] += _is_date(words, place, document.language)
    return {
        number: counts.most_common(1)[0][0]
        for number, counts in found.items()
        if 2 * dates[number] <= counts.total()
    }


def _is_date(words: list[str], place: int, language: str) -> bool:
    """Whether a word names a day of the week, or a month beside a number or after a preposition of time.

    "May", "March" or "August" alone may be a person or a verb.
    """
    months, days = _calendar(language)
    word = words[place].lower()
    if word in days:
        return True
    if word not in months:
        return False
    before, after = words[max(0, place - 1) : place], words[place + 1 : place + 2]
    by_number = any(other[0].isdigit() for other in (*before, *after))
    return by_number or any(other.lower() in _BEFORE_MONTHS for other in before)


@cache
def _calendar(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of months and of days in lower case, from Unicode's CLDR; empty for an unknown language."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return frozenset(), frozenset()
    return _names(locale.months), _names(locale.days)


def _names(table: Mapping[str, Mapping[str, Mapping[int, str]]]) -> frozenset[str]:
    forms = (table[use][width] for use in ("format", "stand-alone") for width in ("wide", "abbreviated"))
    return frozenset(name.lower().rstrip(".") for form in forms for name in form.values())
