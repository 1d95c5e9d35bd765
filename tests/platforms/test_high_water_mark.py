"""A mark keeps the highest id and the ids near it, whatever the order in which posts are listed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.high_water_mark import HighWaterMark
from tests.conftest import START

MARGIN = 200


@given(st.lists(st.integers(0, 700), min_size=1, max_size=60))
def test_a_mark_keeps_the_ids_near_the_highest(ids: list[int]) -> None:
    mark = HighWaterMark()
    for post_id in ids:
        mark.record(post_id, None, START)
    assert mark.top == max(ids)
    expected: set[int] = set()
    for number, post_id in enumerate(ids, 1):  # an id far below the highest so far is not stored
        if post_id > max(ids[:number]) - MARGIN:
            expected.add(post_id)
    assert mark.recent == {post_id for post_id in expected if post_id > mark.top - MARGIN}
