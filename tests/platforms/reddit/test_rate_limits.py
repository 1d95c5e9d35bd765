"""Nothing sleeps over a limit: the adapter says when to come back."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from bot.core.errors import RetryLater
from bot.platforms.reddit import Reddit
from bot.platforms.reddit.errors import wait_from_message
from bot.platforms.reddit.rate_limits import CommentCooldowns, RateLimits
from bot.sandbox.faults import Fault
from tests.platforms.clock import ManualClock
from tests.platforms.reddit.conftest import RedditEnvironment


def read_again_and_again(adapter: Reddit) -> None:
    for _ in range(200):
        adapter.fetch_post("zzzzzz")


def test_never_more_than_the_limit_in_any_minute() -> None:
    clock = ManualClock()
    quota = RateLimits(clock, calls_per_minute=3)
    sent: list[float] = []
    start = clock.now
    for _ in range(400):
        with contextlib.suppress(RetryLater):
            quota.take()
            sent.append((clock.now - start).total_seconds())
        clock.advance(seconds=0.7)
    assert all(later - earlier >= 60 for earlier, later in zip(sent, sent[3:], strict=False))
    assert len(sent) >= 3 * 4


def test_the_default_stays_under_reddits_100_a_minute(stage: RedditEnvironment) -> None:
    adapter = stage.adapter()
    with pytest.raises(RetryLater):
        read_again_and_again(adapter)
    assert 90 <= len(stage.server.requests) < 100
    stage.clock.advance(seconds=61)
    adapter.fetch_post("zzzzzz")


def test_a_clock_set_back_blocks_nothing() -> None:
    clock = ManualClock()
    quota = RateLimits(clock, calls_per_minute=1)
    quota.take()
    clock.advance(hours=-5)
    quota.take()


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"x-ratelimit-remaining": "1.0", "x-ratelimit-reset": "300"}, 300),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "500.0", "x-ratelimit-reset": "300"}, 0),
        ({"x-ratelimit-remaining": "nonsense", "x-ratelimit-reset": "300"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1e999"}, 0),
        ({}, 0),
    ],
)
def test_what_the_headers_say(headers: dict[str, str], waits: float) -> None:
    clock = ManualClock()
    quota = RateLimits(clock)
    quota.update_from_headers(headers)
    assert (quota.ready_at(clock.now) - clock.now).total_seconds() == waits


def test_an_app_that_has_used_its_window_waits_for_the_next(stage: RedditEnvironment) -> None:
    stage.server.calls_per_window = 6
    adapter = stage.adapter()
    with pytest.raises(RetryLater) as caught:
        read_again_and_again(adapter)
    assert len(stage.server.requests) == 4  # two are left in reserve
    assert caught.value.retry_at - stage.clock.now == timedelta(minutes=10)
    stage.clock.advance(minutes=11)
    adapter.fetch_post("zzzzzz")


def test_429_closes_the_account_until_retry_after(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.answer("POST /api/comment/", 429, {}, **{"Retry-After": "90"})
    with pytest.raises(RetryLater) as caught:
        adapter.reply(post.id, "text", None)
    assert caught.value.retry_at == stage.clock.now + timedelta(seconds=90)
    assert adapter.next_reply_at("news") == caught.value.retry_at
    with pytest.raises(RetryLater):
        adapter.fetch_post(post.id)


@pytest.mark.parametrize(
    ("told", "seconds"), [("Wed, 21 Oct 2026 07:28:00 GMT", 60), ("", 60), ("1e9", 3600), ("nan", 1)]
)
def test_an_odd_retry_after(stage: RedditEnvironment, told: str, seconds: float) -> None:
    adapter = stage.adapter()
    adapter.connect()
    stage.answer("GET /api/info/", 429, {}, **{"Retry-After": told})
    with pytest.raises(RetryLater) as caught:
        adapter.fetch_post("zzzzzz")
    assert (caught.value.retry_at - stage.clock.now).total_seconds() == seconds


def test_a_new_account_waits_ten_minutes_in_each_slow_subreddit(stage: RedditEnvironment) -> None:
    stage.news.comment_cooldown = True
    first, second, elsewhere = stage.post("1"), stage.post("2"), stage.post("3", subreddit=stage.world_news)
    adapter = stage.adapter()
    adapter.fetch_post(first.id)
    adapter.reply(first.id, "text", None)
    adapter.fetch_post(second.id)
    with pytest.raises(RetryLater) as caught:
        adapter.reply(second.id, "text", None)
    assert timedelta(minutes=10) <= caught.value.retry_at - stage.clock.now <= timedelta(minutes=11)
    assert adapter.next_reply_at("news") == caught.value.retry_at
    assert adapter.next_reply_at("worldnews") is None
    adapter.fetch_post(elsewhere.id)
    adapter.reply(elsewhere.id, "text", None)
    stage.clock.now = caught.value.retry_at
    assert adapter.next_reply_at("news") is None
    adapter.reply(second.id, "text", None)
    assert adapter.next_reply_at("news") == stage.clock.now + CommentCooldowns.COOLDOWN
    assert len(stage.own()) == 3


def test_moderators_need_not_wait(stage: RedditEnvironment) -> None:
    waits = CommentCooldowns()
    waits.start("news", stage.clock.advance(minutes=9))
    assert waits.until("news")
    waits.exempt(["news"])
    assert waits.until("news") is None


def test_a_ticking_clock_makes_no_pause_where_there_is_none(stage: RedditEnvironment) -> None:
    """`next_reply_at` must not be later than the time that its caller has just read."""
    before = stage.clock.now
    adapter = stage.adapter(clock=lambda: stage.clock.advance(milliseconds=1))
    assert adapter.next_reply_at("news") is None
    assert stage.clock.now > before


def test_praw_does_not_sleep_over_a_short_ratelimit(stage: RedditEnvironment) -> None:
    post = stage.post()
    stage.server.faults.plan(Fault.RATELIMIT_ITEM)
    with pytest.raises(RetryLater):
        stage.adapter().reply(post.id, "text", None)
    assert not stage.own()


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Take a break for 9 minutes before trying again.", 600),
        ("you are doing that too much. try again in 1 minute.", 120),
        ("Take a break for 53 seconds before trying again.", 54),
        ("Take a break for 200 milliseconds before trying again.", 1),
        ("try again in 999 hours", 3600),
        ("come back later", 600),
        (None, 600),
    ],
)
def test_the_pause_in_a_ratelimit(message: str | None, seconds: float) -> None:
    assert wait_from_message(message).total_seconds() == seconds
