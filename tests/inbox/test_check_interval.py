from __future__ import annotations

from datetime import timedelta

from bot.inbox.check_interval import CheckInterval
from tests.conftest import Clock

SLOWEST = timedelta(minutes=8)


def pauses(looks: CheckInterval, clock: Clock, finds: list[bool]) -> list[float]:
    """Minutes between one look and the next, where each finds what `finds` says."""
    found = []
    for anything in finds:
        assert looks.due(clock())
        looks.record_check(anything, clock())
        began = clock()
        while not looks.due(clock()):
            clock.advance(1)
        found.append((clock() - began).total_seconds() / 60)
    return found


def test_each_look_in_vain_doubles_the_pause(clock: Clock) -> None:
    assert pauses(CheckInterval(SLOWEST), clock, [False] * 5) == [2, 4, 8, 8, 8]


def test_a_message_makes_it_look_every_minute_again(clock: Clock) -> None:
    assert pauses(CheckInterval(SLOWEST), clock, [False, False, True, True, False]) == [2, 4, 1, 1, 2]


def test_what_the_bot_says_makes_it_look_soon(clock: Clock) -> None:
    looks = CheckInterval(SLOWEST)
    for _ in range(4):
        looks.record_check(False, clock())
    looks.expect_answer(clock())
    clock.advance(60)
    assert looks.due(clock())


def test_a_pause_that_was_asked_for_is_kept(clock: Clock) -> None:
    looks = CheckInterval(SLOWEST)
    looks.postpone(clock() + timedelta(hours=1))
    clock.advance(3599)
    assert not looks.due(clock())
    clock.advance(1)
    assert looks.due(clock())
