"""Nothing sleeps at a limit: the adapter returns the time to retry."""

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


def fetch_many_posts(adapter: Reddit) -> None:
    for _ in range(200):
        adapter.fetch_post("zzzzzz")


def test_never_more_than_the_limit_in_any_minute() -> None:
    clock = ManualClock()
    rate_limits = RateLimits(clock, calls_per_minute=3)
    sent: list[float] = []
    start = clock.now
    for _ in range(400):
        with contextlib.suppress(RetryLater):
            rate_limits.take()
            sent.append((clock.now - start).total_seconds())
        clock.advance(seconds=0.7)
    assert all(later - earlier >= 60 for earlier, later in zip(sent, sent[3:], strict=False))
    assert len(sent) >= 3 * 4


def test_the_default_stays_under_reddits_100_a_minute(env: RedditEnvironment) -> None:
    adapter = env.adapter()
    with pytest.raises(RetryLater):
        fetch_many_posts(adapter)
    assert 90 <= len(env.server.requests) < 100
    env.clock.advance(seconds=61)
    adapter.fetch_post("zzzzzz")


def test_a_clock_set_back_blocks_nothing() -> None:
    clock = ManualClock()
    rate_limits = RateLimits(clock, calls_per_minute=1)
    rate_limits.take()
    clock.advance(hours=-5)
    rate_limits.take()


@pytest.mark.parametrize(
    ("headers", "cooldowns"),
    [
        ({"x-ratelimit-remaining": "1.0", "x-ratelimit-reset": "300"}, 300),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "7"}, 7),
        ({"x-ratelimit-remaining": "500.0", "x-ratelimit-reset": "300"}, 0),
        ({"x-ratelimit-remaining": "nonsense", "x-ratelimit-reset": "300"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1e999"}, 0),
        ({}, 0),
    ],
)
def test_rate_limit_headers(headers: dict[str, str], cooldowns: float) -> None:
    clock = ManualClock()
    rate_limits = RateLimits(clock)
    rate_limits.update_from_headers(headers)
    assert (rate_limits.ready_at(clock.now) - clock.now).total_seconds() == cooldowns


def test_an_app_that_has_used_its_window_waits_for_the_next_one(env: RedditEnvironment) -> None:
    env.server.calls_per_window = 6
    adapter = env.adapter()
    with pytest.raises(RetryLater) as caught:
        fetch_many_posts(adapter)
    assert len(env.server.requests) == 4  # two stay in reserve
    assert caught.value.retry_at - env.clock.now == timedelta(minutes=10)
    env.clock.advance(minutes=11)
    adapter.fetch_post("zzzzzz")


def test_after_a_429_no_call_is_sent_until_retry_after(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.answer("POST /api/comment/", 429, {}, **{"Retry-After": "90"})
    with pytest.raises(RetryLater) as caught:
        adapter.reply(post.id, "text", None)
    assert caught.value.retry_at == env.clock.now + timedelta(seconds=90)
    assert adapter.next_reply_at("news") == caught.value.retry_at
    with pytest.raises(RetryLater):
        adapter.fetch_post(post.id)


@pytest.mark.parametrize(
    ("expected", "seconds"), [("Wed, 21 Oct 2026 07:28:00 GMT", 60), ("", 60), ("1e9", 3600), ("nan", 1)]
)
def test_invalid_and_extreme_retry_after(env: RedditEnvironment, expected: str, seconds: float) -> None:
    adapter = env.adapter()
    adapter.connect()
    env.answer("GET /api/info/", 429, {}, **{"Retry-After": expected})
    with pytest.raises(RetryLater) as caught:
        adapter.fetch_post("zzzzzz")
    assert (caught.value.retry_at - env.clock.now).total_seconds() == seconds


def test_a_new_account_waits_ten_minutes_in_each_subreddit_with_a_cooldown(env: RedditEnvironment) -> None:
    env.news.comment_cooldown = True
    first, second, elsewhere = env.post("1"), env.post("2"), env.post("3", subreddit=env.world_news)
    adapter = env.adapter()
    adapter.fetch_post(first.id)
    adapter.reply(first.id, "text", None)
    adapter.fetch_post(second.id)
    with pytest.raises(RetryLater) as caught:
        adapter.reply(second.id, "text", None)
    assert timedelta(minutes=10) <= caught.value.retry_at - env.clock.now <= timedelta(minutes=11)
    assert adapter.next_reply_at("news") == caught.value.retry_at
    assert adapter.next_reply_at("worldnews") is None
    adapter.fetch_post(elsewhere.id)
    adapter.reply(elsewhere.id, "text", None)
    env.clock.now = caught.value.retry_at
    assert adapter.next_reply_at("news") is None
    adapter.reply(second.id, "text", None)
    assert adapter.next_reply_at("news") == env.clock.now + CommentCooldowns.COOLDOWN
    assert len(env.own()) == 3


def test_moderators_do_not_wait(env: RedditEnvironment) -> None:
    cooldowns = CommentCooldowns()
    cooldowns.start("news", env.clock.advance(minutes=9))
    assert cooldowns.until("news")
    cooldowns.exempt(["news"])
    assert cooldowns.until("news") is None


def test_a_running_clock_does_not_cause_a_wait(env: RedditEnvironment) -> None:
    """`next_reply_at` must not be later than the time that its caller has just read from the clock."""
    before = env.clock.now
    adapter = env.adapter(clock=lambda: env.clock.advance(milliseconds=1))
    assert adapter.next_reply_at("news") is None
    assert env.clock.now > before


def test_praw_does_not_sleep_at_a_short_ratelimit(env: RedditEnvironment) -> None:
    post = env.post()
    env.server.faults.plan(Fault.RATELIMIT_ITEM)
    with pytest.raises(RetryLater):
        env.adapter().reply(post.id, "text", None)
    assert not env.own()


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
def test_the_wait_in_a_ratelimit(message: str | None, seconds: float) -> None:
    assert wait_from_message(message).total_seconds() == seconds
