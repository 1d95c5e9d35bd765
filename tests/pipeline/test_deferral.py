"""When and until when a post has to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pipeline.deferral import (
    LINK_CHECKS,
    SCORE_CHECK_INTERVAL,
    check_deferral,
    check_missing_link,
    is_link_check_due,
)
from bot.pipeline.quiet_hours import quiet_hours_end
from bot.rules import CommunityRules
from tests.conftest import START, a_post

NIGHT = CommunityRules(quiet_hours="22:00-07:00", time_zone="Europe/Berlin")


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (at(1, 20, 59), None),  # 21:59 in Berlin
        (at(1, 21), at(2, 6)),
        (at(2, 5, 59), at(2, 6)),
        (at(2, 6), None),
        (at(28, 22, 30), at(29, 5)),  # the night in which summer time begins
    ],
)
def test_quiet_hours_cross_midnight_and_follow_the_time_zone(now: datetime, until: datetime | None) -> None:
    assert quiet_hours_end(NIGHT, now) == until


@pytest.mark.parametrize("hours", ["", "07:00-07:00"])
def test_empty_quiet_hours_never_apply(hours: str) -> None:
    assert quiet_hours_end(CommunityRules(quiet_hours=hours), START) is None


@given(
    st.integers(0, 525_600).map(lambda minute: START + timedelta(minutes=minute)),
    st.times().map(lambda one: one.replace(minute=0, second=0, microsecond=0)),
    st.times().map(lambda one: one.replace(minute=0, second=0, microsecond=0)),
    st.sampled_from(["UTC", "America/New_York", "Pacific/Auckland", "Asia/Kolkata"]),
)
def test_quiet_hours_end_within_a_day(now: datetime, begin: object, end: object, zone: str) -> None:
    rules = CommunityRules(quiet_hours=f"{begin:%H:%M}-{end:%H:%M}", time_zone=zone)
    until = quiet_hours_end(rules, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert quiet_hours_end(rules, until) is None


def test_a_new_post_waits_until_it_is_old_enough() -> None:
    rules = CommunityRules(min_age_minutes=30)
    post = a_post(published=START)
    waiting = check_deferral(post, rules, START + timedelta(minutes=29))
    assert waiting is not None
    assert (waiting.retry_at, waiting.counts_as_attempt) == (START + timedelta(minutes=30), False)
    assert check_deferral(post, rules, START + timedelta(minutes=30)) is None


def test_a_post_with_a_low_score_is_checked_again() -> None:
    rules = CommunityRules(min_score=5)
    waiting = check_deferral(a_post(score=4), rules, START)
    assert waiting is not None
    assert (waiting.retry_at, waiting.counts_as_attempt) == (START + SCORE_CHECK_INTERVAL, False)
    assert check_deferral(a_post(score=5), rules, START) is None


@pytest.mark.parametrize(
    ("seconds", "due", "next_check"), [(0, False, 30), (29, False, 30), (30, True, 300), (299, True, 300)]
)
def test_a_post_without_a_link_is_read_again_after_30_seconds_and_after_5_minutes(
    seconds: int, due: bool, next_check: int
) -> None:
    post, now = a_post(url=None, link_awaited_since=START), START + timedelta(seconds=seconds)
    waiting = check_missing_link(post, now)
    assert waiting is not None
    assert (waiting.retry_at, waiting.counts_as_attempt) == (START + timedelta(seconds=next_check), False)
    assert is_link_check_due(post, now) is due


def test_a_missing_link_is_final_after_the_last_check() -> None:
    post, now = a_post(url=None, link_awaited_since=START), START + LINK_CHECKS[-1]
    assert is_link_check_due(post, now)
    assert check_missing_link(post, now) is None


def test_a_server_that_saves_posts_with_their_links_is_not_asked_again() -> None:
    post = a_post(url=None)
    assert check_missing_link(post, START) is None
    assert not is_link_check_due(post, START + timedelta(hours=1))


@pytest.mark.parametrize(
    "rules",
    [
        CommunityRules(min_age_minutes=30),
        CommunityRules(min_score=5),
        CommunityRules(quiet_hours="00:00-23:00"),
    ],
    ids=["age", "score", "quiet hours"],
)
def test_a_wait_that_the_settings_ask_for_is_planned(rules: CommunityRules) -> None:
    waiting = check_deferral(a_post(1, score=1), rules, START)
    assert waiting is not None
    assert waiting.planned


def test_a_wait_for_a_link_is_planned() -> None:
    waiting = check_missing_link(a_post(1, url=None, link_awaited_since=START), START)
    assert waiting is not None
    assert waiting.planned
