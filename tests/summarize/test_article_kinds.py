"""What a reply takes of interviews, lists, recipes, guides, live blogs, reviews, opinions and abstracts."""

from __future__ import annotations

import pytest

from bot.core.models import LengthLimits
from bot.summarize import summarize
from tests.summarize.kind_articles import KindArticle, load_kind_articles

ARTICLES = load_kind_articles()


@pytest.mark.parametrize("one", ARTICLES, ids=[f"{one.kind}-{one.article.language}" for one in ARTICLES])
def test_the_reply_has_what_a_reader_wants_of_such_an_article(one: KindArticle) -> None:
    chosen = set(summarize(one.article, LengthLimits()).sentences)
    assert chosen & one.unwanted == set()
    assert one.wanted <= chosen


def test_there_are_five_articles_of_each_kind() -> None:
    kinds = [one.kind for one in ARTICLES]
    assert len(set(kinds)) == 8
    assert all(kinds.count(kind) == 5 for kind in kinds)
