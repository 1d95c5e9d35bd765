"""Which notices are due: each condition once when it begins and once when it is over. Pure functions.

A condition that comes back soon after it was over is damped: the notice that it is over waits twice as long
each time. While it waits, neither its end nor its return causes a notice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bot.notices.condition_kinds import Condition, ConditionKind
from bot.store.condition_states import ConditionState

OVER_AFTER = timedelta(minutes=10)
"""How long a condition must be gone before a notice says that it is over."""
MAX_OVER_AFTER = timedelta(hours=6)
REMEMBERED_FOR = timedelta(days=1)
"""How long a condition that is over is remembered, so that its return is noticed. A notice that it is over is
dropped if it could not be sent for as long."""
ENDED_BY_THE_OPERATOR = frozenset({ConditionKind.BAN.value})
"""Conditions that do not end by chance, so that nothing has to be waited for."""
NEVER_OVER = frozenset({ConditionKind.SERVER_UPDATE.value})

States = Mapping[str, ConditionState]
_NOTICE_AFTER = {kind.value: kind.notice_after for kind in ConditionKind}


class Notice(Struct, frozen=True):
    """What one target is told about one condition."""

    state: ConditionState
    is_over: bool


def update_states(
    states: States, current: Iterable[Condition], now: datetime, targets: Collection[str]
) -> dict[str, ConditionState]:
    """The states after these conditions were found. `targets` are the names of all targets."""
    found = {condition.key: condition for condition in current}
    after: dict[str, ConditionState] = {}
    for key, state in states.items():
        state = replace(state, told=state.told & frozenset(targets))
        if key in found:
            after[key] = _lasting(state, found[key], now)
        elif (ended := _ended(state, now)) is not None:
            after[key] = ended
    for key, condition in found.items():
        if key not in after:
            after[key] = _state_of(condition, now)
    return after


def _state_of(condition: Condition, now: datetime) -> ConditionState:
    return ConditionState(
        condition.key, condition.kind.value, condition.subject, condition.sentence, began_at=now
    )


def _lasting(state: ConditionState, condition: Condition, now: datetime) -> ConditionState:
    state = replace(state, subject=condition.subject, sentence=condition.sentence)
    if state.over_since is None:
        return state
    began_at = state.began_at if state.told else now
    return replace(state, over_since=None, began_at=began_at, recurrences=state.recurrences + 1)


def _ended(state: ConditionState, now: datetime) -> ConditionState | None:
    """The state of a condition that is not there now; None if it can be forgotten."""
    if state.kind in NEVER_OVER:
        return None
    if state.over_since is None:
        if not state.told and now - state.began_at < _NOTICE_AFTER.get(state.kind, timedelta(0)):
            return None  # nobody was to know about it
        return replace(state, over_since=now)
    forgotten_after = REMEMBERED_FOR + (_over_after(state) if state.told else timedelta(0))
    return None if now - state.over_since > forgotten_after else state


def notices_due(states: States, target: str, now: datetime) -> tuple[Notice, ...]:
    """What a target has to be told now."""
    return tuple(
        Notice(state, is_over)
        for state in states.values()
        if (is_over := state.over_since is not None) == (target in state.told) and _is_due(state, now)
    )


def _is_due(state: ConditionState, now: datetime) -> bool:
    if state.over_since is None:
        return now - state.began_at >= _NOTICE_AFTER.get(state.kind, timedelta(0))
    return now - state.over_since >= _over_after(state)


def _over_after(state: ConditionState) -> timedelta:
    if state.kind in ENDED_BY_THE_OPERATOR:
        return timedelta(0)
    return min(OVER_AFTER * (1 << min(state.recurrences, 6)), MAX_OVER_AFTER)


def record_told(states: States, target: str, notices: Iterable[Notice]) -> dict[str, ConditionState]:
    """The states after a target was told."""
    after = dict(states)
    for notice in notices:
        state = after.get(notice.state.key)
        if state is not None:
            told = state.told - {target} if notice.is_over else state.told | {target}
            after[state.key] = replace(state, told=told)
    return after
