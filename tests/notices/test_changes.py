"""Each condition is told once when it begins and once when it is over; one that flaps is damped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from bot.notices.changes import (
    MAX_OVER_AFTER,
    OVER_AFTER,
    REMEMBERED_FOR,
    notices_due,
    record_told,
    update_states,
)
from bot.notices.condition_kinds import Condition, ConditionKind
from bot.store.condition_states import ConditionState
from tests.conftest import START

MINUTE = timedelta(minutes=1)
DISK = Condition(ConditionKind.DISK, "", "The disk", "The disk is nearly full.")
POLLS = Condition(ConditionKind.POLLS, "main/news@lemmy.example", "news@lemmy.example", "Polls fail.")
BAN = Condition(ConditionKind.BAN, "main/news@lemmy.example", "news@lemmy.example", "Banned.")


class Targets:
    """Targets that receive everything at once."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.states: dict[str, ConditionState] = {}
        self.received: list[tuple[str, str, bool]] = []

    def see(self, now: datetime, *conditions: Condition, reachable: Iterable[str] | None = None) -> None:
        self.states = update_states(self.states, conditions, now, self.names)
        for name in self.names if reachable is None else reachable:
            due = notices_due(self.states, name, now)
            self.received += [(name, notice.state.kind, notice.is_over) for notice in due]
            self.states = record_told(self.states, name, due)


def test_a_condition_is_told_once_when_it_begins_and_once_when_it_is_over() -> None:
    targets = Targets("ops", "phone")
    for minute in range(5):
        targets.see(START + minute * MINUTE, DISK)
    assert targets.received == [("ops", "disk", False), ("phone", "disk", False)]
    for minute in range(5, 60):
        targets.see(START + minute * MINUTE)
    assert targets.received[2:] == [("ops", "disk", True), ("phone", "disk", True)]


def test_failing_polls_are_told_after_an_hour() -> None:
    targets = Targets("ops")
    for minute in range(60):
        targets.see(START + minute * MINUTE, POLLS)
    assert targets.received == []
    targets.see(START + 60 * MINUTE, POLLS)
    assert targets.received == [("ops", "polls", False)]


def test_what_nobody_was_told_about_is_not_told_to_be_over() -> None:
    targets = Targets("ops")
    targets.see(START, POLLS)
    for minute in range(1, 200):
        targets.see(START + minute * MINUTE)
    assert targets.received == []
    assert targets.states == {}


def test_a_ban_that_the_operator_lifts_is_over_at_once() -> None:
    targets = Targets("ops")
    targets.see(START, BAN)
    targets.see(START + MINUTE)
    assert targets.received == [("ops", "ban", False), ("ops", "ban", True)]


def test_one_that_comes_back_before_its_end_was_told_causes_no_notice() -> None:
    targets = Targets("ops")
    for minute in range(300):
        targets.see(START + minute * MINUTE, *([DISK] if minute % 6 < 3 else []))
    assert targets.received == [("ops", "disk", False)]


@pytest.mark.parametrize("period", [15, 25, 40, 90])
def test_one_that_flaps_slowly_causes_fewer_and_fewer_notices(period: int) -> None:
    targets = Targets("ops")
    for minute in range(3 * 24 * 60):
        targets.see(START + minute * MINUTE, *([DISK] if minute % (2 * period) < period else []))
    assert 1 <= len(targets.received) <= 9
    pairs = list(zip(targets.received, targets.received[1:], strict=False))
    assert all(earlier[2] != later[2] for earlier, later in pairs)


def test_after_a_quiet_day_it_is_told_at_once_again() -> None:
    targets = Targets("ops")
    targets.see(START, DISK)
    targets.see(START + MINUTE)
    targets.see(START + MINUTE + OVER_AFTER)
    later = START + REMEMBERED_FOR + timedelta(hours=1)
    targets.see(later)
    assert targets.states == {}
    targets.see(later + MINUTE, DISK)
    assert [over for *_, over in targets.received] == [False, True, False]
    assert targets.states[DISK.key].recurrences == 0


def test_a_target_that_was_not_reachable_is_told_later_and_the_others_once() -> None:
    targets = Targets("ops", "phone")
    targets.see(START, DISK, reachable=["ops"])
    targets.see(START + MINUTE, DISK)
    assert targets.received == [("ops", "disk", False), ("phone", "disk", False)]


def test_a_target_that_never_heard_of_it_is_not_told_that_it_is_over() -> None:
    targets = Targets("ops", "phone")
    targets.see(START, DISK, reachable=["ops"])
    targets.see(START + MINUTE, reachable=["ops"])
    targets.see(START + MINUTE + OVER_AFTER)
    assert targets.received == [("ops", "disk", False), ("ops", "disk", True)]


def test_the_end_is_given_up_if_it_cannot_be_told() -> None:
    targets = Targets("ops")
    targets.see(START, DISK)
    targets.see(START + MINUTE, reachable=[])
    targets.see(START + 2 * MINUTE + REMEMBERED_FOR + MAX_OVER_AFTER, reachable=[])
    assert targets.states == {}


def test_a_target_that_was_removed_from_the_config_is_forgotten() -> None:
    targets = Targets("ops", "phone")
    targets.see(START, DISK)
    targets.names = ("phone",)
    targets.see(START + MINUTE, DISK)
    assert targets.states[DISK.key].told == {"phone"}


def test_an_update_of_a_server_is_told_once_and_never_over() -> None:
    update = Condition(ConditionKind.SERVER_UPDATE, "main:Lemmy 1.0.0", "Account main", "Updated.")
    targets = Targets("ops")
    targets.see(START, update)
    targets.see(START + MINUTE)
    targets.see(START + timedelta(hours=7))
    assert targets.received == [("ops", "server-update", False)]
    assert targets.states == {}
