from __future__ import annotations

from datetime import timedelta

from bot.inbox.check_interval import CheckInterval
from tests.conftest import Clock

LONGEST = timedelta(minutes=8)


def intervals(check_interval: CheckInterval, clock: Clock, found_messages: list[bool]) -> list[float]:
    """Minutes between checks. `found_messages` is the result of each check."""
    minutes = []
    for found in found_messages:
        assert check_interval.due(clock())
        check_interval.record_check(found, clock())
        start = clock()
        while not check_interval.due(clock()):
            clock.advance(1)
        minutes.append((clock() - start).total_seconds() / 60)
    return minutes


def test_each_check_without_messages_doubles_the_interval(clock: Clock) -> None:
    assert intervals(CheckInterval(LONGEST), clock, [False] * 5) == [2, 4, 8, 8, 8]


def test_a_message_resets_the_interval_to_a_minute(clock: Clock) -> None:
    assert intervals(CheckInterval(LONGEST), clock, [False, False, True, True, False]) == [2, 4, 1, 1, 2]


def test_a_message_of_the_bot_resets_the_interval(clock: Clock) -> None:
    check_interval = CheckInterval(LONGEST)
    for _ in range(4):
        check_interval.record_check(False, clock())
    check_interval.expect_answer(clock())
    clock.advance(60)
    assert check_interval.due(clock())


def test_a_postponed_check_is_not_due_earlier(clock: Clock) -> None:
    check_interval = CheckInterval(LONGEST)
    check_interval.postpone(clock() + timedelta(hours=1))
    clock.advance(3599)
    assert not check_interval.due(clock())
    clock.advance(1)
    assert check_interval.due(clock())
