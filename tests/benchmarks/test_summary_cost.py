"""The parts of the time of a summary, and the long article."""

from __future__ import annotations

from collections import defaultdict

from benchmarks.summary_cost import LONG, PARTS, long_article, timed_parts
from bot.core.models import Article, LengthLimits
from bot.summarize import precis_method, summarize
from bot.summarize.word_tokens import count_words

TEXT = (
    "The mill at Osby closed on Monday after ninety years. Its owner, Anna Berg, said that the river is dry. "
    * 3
)
ARTICLE = Article("Mill closes", TEXT, "en", 1.0, count_words(TEXT))


def test_each_part_is_timed_and_nothing_stays_patched() -> None:
    search, spent = precis_method.choose, defaultdict[str, float](float)
    with timed_parts(spent):
        summarize(ARTICLE, LengthLimits())
    assert set(spent) == {label for label, _, _ in PARTS}
    assert all(seconds >= 0 for seconds in spent.values())
    assert precis_method.choose is search


def test_a_long_article_has_the_sentences_of_all_articles() -> None:
    assert long_article([ARTICLE]).text.count("Osby") == LONG / 2
