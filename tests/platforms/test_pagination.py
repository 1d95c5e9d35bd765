"""The walk over pages alone, against a made-up list of posts that changes between two polls."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.errors import AccountError, RetryLater, Unreachable
from bot.core.models import PollResult, Post
from bot.platforms.high_water_mark import HighWaterMark
from bot.platforms.pagination import BadPageToken, Pagination, PostPage, UnreadablePost

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SIZE = 5


@dataclass
class Shelf:
    """Posts as (id, published, pinned), listed as Lemmy does under New."""

    rows: dict[int, tuple[datetime, bool]] = field(default_factory=dict)
    fails_at: int | None = None
    error: Exception = field(default_factory=lambda: Unreachable("down"))
    fetched: list[str | None] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)

    def put(self, number: int, ago: float, *, pinned: bool = False, now: datetime = NOW) -> None:
        self.rows[number] = (now - timedelta(minutes=ago), pinned)

    def fetch(self, token: str | None) -> PostPage:
        if self.fails_at is not None and len(self.fetched) >= self.fails_at:
            raise self.error
        self.fetched.append(token)
        order = sorted(self.rows, key=self._key, reverse=True)
        if token is not None:
            if int(token) not in self.rows:
                raise BadPageToken(token)
            order = [number for number in order if self._key(number) < self._key(int(token))]
        page = order[:SIZE]
        posts = tuple(self._post(number) for number in page)
        return PostPage(posts, str(page[-1]) if len(page) == SIZE else None)

    def _key(self, number: int) -> tuple[bool, datetime, int]:
        published, pinned = self.rows[number]
        return (pinned, published, number)

    def _post(self, number: int) -> Post | UnreadablePost:
        if number in self.broken:
            return UnreadablePost(number, f"post {number}: broken")
        published, pinned = self.rows[number]
        return Post("a", str(number), "c@h", "t", None, "p", "x@h", published, pinned=pinned)


def walk(
    shelf: Shelf, cursor: str | None = None, *, hours: float = 24, now: datetime = NOW, pages: int = 20
) -> PollResult:
    shelf.fetched.clear()
    return Pagination(shelf.fetch, cursor, now - timedelta(hours=hours), now, pages).poll()


def ids(batch: PollResult) -> list[int]:
    return [int(post.id) for post in batch.posts]


def full(count: int) -> Shelf:
    shelf = Shelf()
    for number in range(1, count + 1):
        shelf.put(number, count - number)
    return shelf


def test_the_first_poll_reads_back_to_since_and_no_further() -> None:
    shelf = Shelf()
    for number in range(1, 41):
        shelf.put(number, 60 * (40 - number))
    batch = walk(shelf, hours=9.5)
    assert ids(batch) == list(range(31, 41))
    assert len(shelf.fetched) == 3


def test_the_second_poll_costs_one_page_and_gives_only_what_is_new() -> None:
    shelf = full(30)
    first = walk(shelf)
    shelf.put(31, 0)
    second = walk(shelf, first.cursor)
    assert ids(second) == [31]
    assert len(shelf.fetched) == 2  # the one with news, and the one that shows where they end


def test_nothing_new_gives_nothing() -> None:
    shelf = full(30)
    cursor = walk(shelf).cursor
    for _ in range(3):
        batch = walk(shelf, cursor)
        assert batch.posts == ()
        cursor = batch.cursor
    assert len(shelf.fetched) == 1


def test_newest_last() -> None:
    batch = walk(full(12))
    assert ids(batch) == list(range(1, 13))


def test_a_long_pause_is_made_up_for_over_several_polls() -> None:
    """Each poll is bounded, and none of what came in the meantime is lost."""
    shelf = Shelf()
    for number in range(1, 11):
        shelf.put(number, 200 - number)
    cursor = walk(shelf).cursor
    for number in range(11, 61):
        shelf.put(number, 60 - number)
    found: list[int] = []
    for _ in range(5):
        batch = walk(shelf, cursor, pages=3)
        cursor = batch.cursor
        found += ids(batch)
    assert set(found) >= set(range(11, 61))


def test_new_posts_come_first_while_the_rest_is_made_up_for() -> None:
    shelf = full(60)
    cursor = walk(shelf, pages=2).cursor
    shelf.put(61, 0)
    assert 61 in ids(walk(shelf, cursor, pages=2))


def test_a_late_arrival_far_down_is_found_by_the_next_sweep() -> None:
    shelf = full(30)
    cursor = walk(shelf).cursor
    shelf.put(31, 25)  # the newest id with an old date
    later = NOW + timedelta(hours=1)
    assert ids(walk(shelf, cursor, now=later)) == [31]


def test_a_sweep_looks_through_the_pages_of_the_head_walk_too() -> None:
    """Found by Hypothesis: a late arrival is outrun by the ids of others before a sweep comes by, and
    then stands on the last page of the head walk, below which the sweep would have begun."""
    shelf = full(9)
    shelf.put(10, 200)
    cursor = walk(shelf).cursor
    shelf.put(11, 199)
    shelf.put(300, 0)
    cursor = walk(shelf, cursor).cursor
    later = NOW + timedelta(minutes=2)
    shelf.put(301, 0, now=later)
    shelf.put(302, 6.5, now=later)  # both pages above the late one hold news
    assert {11, 301, 302} <= set(ids(walk(shelf, cursor, now=later)))


def test_a_late_arrival_older_than_since_is_none_of_ours() -> None:
    shelf = full(30)
    cursor = walk(shelf).cursor
    shelf.put(31, 30 * 24 * 60)
    assert walk(shelf, cursor, now=NOW + timedelta(hours=1)).posts == ()


def test_a_post_from_the_future_comes_once() -> None:
    shelf = full(30)
    shelf.put(31, -120)
    first = walk(shelf)
    assert 31 in ids(first)
    assert walk(shelf, first.cursor).posts == ()


def test_a_post_from_the_future_does_not_hide_those_of_the_present() -> None:
    shelf = full(30)
    shelf.put(31, -120)
    cursor = walk(shelf).cursor
    shelf.put(32, 0)
    assert ids(walk(shelf, cursor)) == [32]


def test_pins_neither_stop_the_walk_nor_come_again() -> None:
    shelf = full(30)
    for number in range(31, 31 + SIZE):
        shelf.put(number, 60 * 24 * 30, pinned=True)  # a whole page of old pins
    first = walk(shelf)
    assert ids(first) == list(range(1, 31))
    shelf.put(40, 0)
    assert ids(walk(shelf, first.cursor)) == [40]


def test_rows_that_become_visible_out_of_order_are_found() -> None:
    shelf = full(30)
    del shelf.rows[29]
    cursor = walk(shelf).cursor
    shelf.put(29, 1)
    assert ids(walk(shelf, cursor)) == [29]


def test_a_server_set_back_to_an_old_backup_is_read_on() -> None:
    shelf = Shelf()
    for number in range(5000, 5020):
        shelf.put(number, 5030 - number)
    cursor = walk(shelf).cursor
    shelf.rows = {4000: (NOW, False)}
    assert ids(walk(shelf, cursor)) == [4000]


def test_a_purged_page_token_starts_the_sweep_over() -> None:
    shelf = full(40)
    cursor = walk(shelf, pages=2).cursor
    del shelf.rows[int(json.loads(cursor)["sweep_page"])]
    found: list[int] = []
    for _ in range(4):
        batch = walk(shelf, cursor, pages=6)
        cursor = batch.cursor
        found += ids(batch)
    assert set(range(1, 31)) <= set(found)


def test_a_failure_of_the_first_page_is_raised() -> None:
    with pytest.raises(Unreachable):
        walk(Shelf(fails_at=0))


def test_a_page_token_that_is_purged_under_the_head_walk_ends_the_poll() -> None:
    with pytest.raises(Unreachable):
        walk(Shelf(rows=full(30).rows, fails_at=1, error=BadPageToken("P1")))


def test_a_limit_met_on_the_first_page_is_raised() -> None:
    with pytest.raises(RetryLater):
        walk(Shelf(fails_at=0, error=RetryLater(NOW, "slowly")))


def test_a_failure_later_keeps_what_was_read_and_goes_on_there() -> None:
    shelf = full(30)
    shelf.fails_at = 2
    first = walk(shelf)
    assert ids(first) == list(range(21, 31))
    shelf.fails_at = None
    assert set(ids(walk(shelf, first.cursor))) >= set(range(1, 21))


def test_an_account_that_cannot_be_used_is_never_swallowed() -> None:
    shelf = full(30)
    shelf.fails_at, shelf.error = 2, AccountError("banned", "ask")
    with pytest.raises(AccountError):
        walk(shelf)


def test_an_unreadable_post_is_told_once_and_holds_up_nothing() -> None:
    shelf = full(12)
    shelf.broken = {11}
    first = walk(shelf)
    assert first.parse_errors == ("post 11: broken",)
    assert 11 not in ids(first)
    assert len(ids(first)) == 11
    assert walk(shelf, first.cursor).parse_errors == ()


@pytest.mark.parametrize("cursor", ["", "garbage", "[]", '{"top": "x"}', "null"])
def test_an_unreadable_cursor_counts_as_none(cursor: str) -> None:
    assert len(walk(full(7), cursor).posts) == 7


def test_the_cursor_stays_small() -> None:
    shelf = Shelf()
    for number in range(1, 2000):
        shelf.put(number, (2000 - number) / 60)
    assert len(walk(shelf, pages=1000).cursor) < 2000


def test_a_big_source_is_swept_more_seldom_than_a_small_one() -> None:
    mark = HighWaterMark(sweep_found=True)
    mark.end_sweep(NOW, pages=4)
    assert not mark.sweep_is_due(NOW + timedelta(seconds=119))
    assert mark.sweep_is_due(NOW + timedelta(seconds=120))
    mark.end_sweep(NOW, pages=10_000)
    assert mark.sweep_is_due(NOW + timedelta(hours=1))


def test_sweeps_that_find_nothing_become_seldom_until_one_finds_something() -> None:
    shelf, now = full(30), NOW
    cursor = walk(shelf).cursor
    calls = []
    for _ in range(120):
        now += timedelta(minutes=1)
        cursor = walk(shelf, cursor, now=now).cursor
        calls.append(len(shelf.fetched))
    assert sum(calls[60:]) <= 60 + 2 * 5  # a sweep reads five pages below the head
    shelf.put(31, 25 + 120, now=now)
    found: list[int] = []
    for _ in range(60):
        now += timedelta(minutes=1)
        batch = walk(shelf, cursor, now=now)
        cursor, found = batch.cursor, [*found, *ids(batch)]
    assert found == [31]
    assert HighWaterMark.from_cursor(cursor).dry_sweeps < 4


arrivals = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([0.0, 0.0, 0.0, 1.0, 200.0, 600.0, -300.0])), max_size=25
)


@pytest.mark.parametrize("margin", [1, 200])
@settings(deadline=None)
@given(polls=st.lists(arrivals, min_size=1, max_size=8), pages=st.integers(2, 4))
def test_whatever_arrives_how_late_so_ever_nothing_is_missed(
    margin: int, polls: list[list[tuple[int, float]]], pages: int
) -> None:
    """Each poll finds a few arrivals: (seconds of jitter, minutes late); ids grow by arrival."""
    with patch("bot.platforms.high_water_mark._MARGIN", margin):
        assert_nothing_is_missed(polls, pages)


def assert_nothing_is_missed(polls: list[list[tuple[int, float]]], pages: int) -> None:
    shelf, cursor, found, number, now = Shelf(), None, set[int](), 0, NOW
    for batch_of_arrivals in polls:
        for jitter, late in batch_of_arrivals:
            number += 1
            shelf.put(number, jitter / 60 + late, now=now)
        batch = walk(shelf, cursor, now=now, pages=pages)
        found |= set(ids(batch))
        cursor = batch.cursor
        now += timedelta(minutes=1)
    for _ in range(60):  # then the server is quiet, and the sweeps come round
        now += timedelta(minutes=1)
        batch = walk(shelf, cursor, now=now, pages=pages)
        found |= set(ids(batch))
        cursor = batch.cursor
    assert found == set(shelf.rows)
    assert walk(shelf, cursor, now=now, pages=pages).posts == ()
