"""Pagination alone, against a simulated list of posts that changes between polls."""

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
class FakeListing:
    """Posts as id -> (published, pinned), listed as Lemmy does with sort New."""

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


def poll(
    listing: FakeListing,
    cursor: str | None = None,
    *,
    hours: float = 24,
    now: datetime = NOW,
    pages: int = 20,
) -> PollResult:
    listing.fetched.clear()
    return Pagination(listing.fetch, cursor, now - timedelta(hours=hours), now, pages).poll()


def ids(result: PollResult) -> list[int]:
    return [int(post.id) for post in result.posts]


def listing_of(count: int) -> FakeListing:
    listing = FakeListing()
    for number in range(1, count + 1):
        listing.put(number, count - number)
    return listing


def test_the_first_poll_reads_back_to_since() -> None:
    listing = FakeListing()
    for number in range(1, 41):
        listing.put(number, 60 * (40 - number))
    result = poll(listing, hours=9.5)
    assert ids(result) == list(range(31, 41))
    assert len(listing.fetched) == 3


def test_the_second_poll_returns_only_new_posts() -> None:
    listing = listing_of(30)
    first = poll(listing)
    listing.put(31, 0)
    second = poll(listing, first.cursor)
    assert ids(second) == [31]
    assert len(listing.fetched) == 2  # one with new posts, and one without


def test_without_new_posts_the_result_is_empty() -> None:
    listing = listing_of(30)
    cursor = poll(listing).cursor
    for _ in range(3):
        result = poll(listing, cursor)
        assert result.posts == ()
        cursor = result.cursor
    assert len(listing.fetched) == 1


def test_newest_last() -> None:
    result = poll(listing_of(12))
    assert ids(result) == list(range(1, 13))


def test_after_a_long_pause_several_polls_catch_up() -> None:
    """Each poll is limited, and no post is missed."""
    listing = FakeListing()
    for number in range(1, 11):
        listing.put(number, 200 - number)
    cursor = poll(listing).cursor
    for number in range(11, 61):
        listing.put(number, 60 - number)
    found: list[int] = []
    for _ in range(5):
        result = poll(listing, cursor, pages=3)
        cursor = result.cursor
        found += ids(result)
    assert set(found) >= set(range(11, 61))


def test_new_posts_come_first_while_older_ones_are_caught_up() -> None:
    listing = listing_of(60)
    cursor = poll(listing, pages=2).cursor
    listing.put(61, 0)
    assert 61 in ids(poll(listing, cursor, pages=2))


def test_a_late_arrival_far_down_is_found_by_the_next_sweep() -> None:
    listing = listing_of(30)
    cursor = poll(listing).cursor
    listing.put(31, 25)  # the newest id with an old date
    later = NOW + timedelta(hours=1)
    assert ids(poll(listing, cursor, now=later)) == [31]


def test_a_sweep_includes_the_pages_of_the_head_pass() -> None:
    """Found by Hypothesis: before a sweep reaches a late arrival, many higher ids arrive, and then it is on
    the last page of the head pass, below which the sweep would have started."""
    listing = listing_of(9)
    listing.put(10, 200)
    cursor = poll(listing).cursor
    listing.put(11, 199)
    listing.put(300, 0)
    cursor = poll(listing, cursor).cursor
    later = NOW + timedelta(minutes=2)
    listing.put(301, 0, now=later)
    listing.put(302, 6.5, now=later)  # both pages above the late post have new posts
    assert {11, 301, 302} <= set(ids(poll(listing, cursor, now=later)))


def test_a_late_arrival_older_than_since_is_ignored() -> None:
    listing = listing_of(30)
    cursor = poll(listing).cursor
    listing.put(31, 30 * 24 * 60)
    assert poll(listing, cursor, now=NOW + timedelta(hours=1)).posts == ()


def test_a_future_post_is_returned_once() -> None:
    listing = listing_of(30)
    listing.put(31, -120)
    first = poll(listing)
    assert 31 in ids(first)
    assert poll(listing, first.cursor).posts == ()


def test_a_future_post_does_not_hide_new_posts() -> None:
    listing = listing_of(30)
    listing.put(31, -120)
    cursor = poll(listing).cursor
    listing.put(32, 0)
    assert ids(poll(listing, cursor)) == [32]


def test_pinned_posts_neither_stop_the_poll_nor_are_returned_again() -> None:
    listing = listing_of(30)
    for number in range(31, 31 + SIZE):
        listing.put(number, 60 * 24 * 30, pinned=True)  # a whole page of old pins
    first = poll(listing)
    assert ids(first) == list(range(1, 31))
    listing.put(40, 0)
    assert ids(poll(listing, first.cursor)) == [40]


def test_rows_that_become_visible_out_of_order_are_found() -> None:
    listing = listing_of(30)
    del listing.rows[29]
    cursor = poll(listing).cursor
    listing.put(29, 1)
    assert ids(poll(listing, cursor)) == [29]


def test_after_a_restored_backup_new_posts_are_found() -> None:
    listing = FakeListing()
    for number in range(5000, 5020):
        listing.put(number, 5030 - number)
    cursor = poll(listing).cursor
    listing.rows = {4000: (NOW, False)}
    assert ids(poll(listing, cursor)) == [4000]


def test_a_purged_page_token_restarts_the_sweep() -> None:
    listing = listing_of(40)
    cursor = poll(listing, pages=2).cursor
    del listing.rows[int(json.loads(cursor)["sweep_page"])]
    found: list[int] = []
    for _ in range(4):
        result = poll(listing, cursor, pages=6)
        cursor = result.cursor
        found += ids(result)
    assert set(range(1, 31)) <= set(found)


def test_an_error_on_the_first_page_is_raised() -> None:
    with pytest.raises(Unreachable):
        poll(FakeListing(fails_at=0))


def test_a_page_token_purged_during_the_head_pass_ends_the_poll() -> None:
    with pytest.raises(Unreachable):
        poll(FakeListing(rows=listing_of(30).rows, fails_at=1, error=BadPageToken("P1")))


def test_a_rate_limit_on_the_first_page_is_raised() -> None:
    with pytest.raises(RetryLater):
        poll(FakeListing(fails_at=0, error=RetryLater(NOW, "slowly")))


def test_a_later_error_keeps_the_posts_and_the_next_poll_continues() -> None:
    listing = listing_of(30)
    listing.fails_at = 2
    first = poll(listing)
    assert ids(first) == list(range(21, 31))
    listing.fails_at = None
    assert set(ids(poll(listing, first.cursor))) >= set(range(1, 21))


def test_an_account_error_is_always_raised() -> None:
    listing = listing_of(30)
    listing.fails_at, listing.error = 2, AccountError("banned", "ask")
    with pytest.raises(AccountError):
        poll(listing)


def test_an_unreadable_post_is_reported_once() -> None:
    listing = listing_of(12)
    listing.broken = {11}
    first = poll(listing)
    assert first.parse_errors == ("post 11: broken",)
    assert 11 not in ids(first)
    assert len(ids(first)) == 11
    assert poll(listing, first.cursor).parse_errors == ()


@pytest.mark.parametrize("cursor", ["", "garbage", "[]", '{"top": "x"}', "null"])
def test_an_unreadable_cursor_counts_as_none(cursor: str) -> None:
    assert len(poll(listing_of(7), cursor).posts) == 7


def test_the_cursor_stays_small() -> None:
    listing = FakeListing()
    for number in range(1, 2000):
        listing.put(number, (2000 - number) / 60)
    assert len(poll(listing, pages=1000).cursor) < 2000


def test_a_large_source_is_swept_less_often() -> None:
    mark = HighWaterMark(sweep_found=True)
    mark.end_sweep(NOW, pages=4)
    assert not mark.sweep_is_due(NOW + timedelta(seconds=119))
    assert mark.sweep_is_due(NOW + timedelta(seconds=120))
    mark.end_sweep(NOW, pages=10_000)
    assert mark.sweep_is_due(NOW + timedelta(hours=1))


def test_sweeps_that_find_nothing_become_less_frequent() -> None:
    listing, now = listing_of(30), NOW
    cursor = poll(listing).cursor
    calls = []
    for _ in range(120):
        now += timedelta(minutes=1)
        cursor = poll(listing, cursor, now=now).cursor
        calls.append(len(listing.fetched))
    assert sum(calls[60:]) <= 60 + 2 * 5  # a sweep reads five pages below the head
    listing.put(31, 25 + 120, now=now)
    found: list[int] = []
    for _ in range(60):
        now += timedelta(minutes=1)
        result = poll(listing, cursor, now=now)
        cursor, found = result.cursor, [*found, *ids(result)]
    assert found == [31]
    assert HighWaterMark.from_cursor(cursor).dry_sweeps < 4


arrivals = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([0.0, 0.0, 0.0, 1.0, 200.0, 600.0, -300.0])), max_size=25
)


@pytest.mark.parametrize("margin", [1, 200])
@settings(deadline=None)
@given(polls=st.lists(arrivals, min_size=1, max_size=8), pages=st.integers(2, 4))
def test_no_post_is_missed_however_late_it_arrives(
    margin: int, polls: list[list[tuple[int, float]]], pages: int
) -> None:
    """Each poll finds a few arrivals: (seconds of jitter, minutes late). Ids increase by arrival."""
    with patch("bot.platforms.high_water_mark._MARGIN", margin):
        assert_nothing_is_missed(polls, pages)


def assert_nothing_is_missed(polls: list[list[tuple[int, float]]], pages: int) -> None:
    listing, cursor, found, number, now = FakeListing(), None, set[int](), 0, NOW
    for batch_of_arrivals in polls:
        for jitter, late in batch_of_arrivals:
            number += 1
            listing.put(number, jitter / 60 + late, now=now)
        result = poll(listing, cursor, now=now, pages=pages)
        found |= set(ids(result))
        cursor = result.cursor
        now += timedelta(minutes=1)
    for _ in range(60):  # then there are no new posts, and the sweeps complete
        now += timedelta(minutes=1)
        result = poll(listing, cursor, now=now, pages=pages)
        found |= set(ids(result))
        cursor = result.cursor
    assert found == set(listing.rows)
    assert poll(listing, cursor, now=now, pages=pages).posts == ()
