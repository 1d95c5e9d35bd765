"""Tells each target once when a condition begins and once when it is over, also across restarts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog

from bot.core.errors import StoreError
from bot.notices.background_sender import BackgroundSender
from bot.notices.changes import Notice, notices_due, record_told, update_states
from bot.notices.condition_kinds import Condition, ConditionKind
from bot.notices.messages import Message, message_of
from bot.store.condition_states import ConditionState, ConditionStates

log = structlog.get_logger(__name__)

FindConditions = Callable[[datetime], tuple[Condition, ...]]
_KINDS = {kind.value: kind for kind in ConditionKind}


class Notifier:
    """Compares what needs attention now with what the targets were told.

    The state is in the database. While that cannot be written, it is in memory, so that a notice about a full
    disk is sent too. A crash between sending and recording repeats a notice.
    """

    def __init__(
        self,
        find: FindConditions,
        store: ConditionStates,
        senders: Mapping[str, BackgroundSender[Message]],
        clock: Callable[[], datetime],
    ) -> None:
        """`senders` by name of the target."""
        self._find = find
        self._store = store
        self._senders = senders
        self._clock = clock
        self._lock = threading.Lock()
        self._states: dict[str, ConditionState] = {}
        self._stored: dict[str, ConditionState] | None = None
        """What is in the database; None before it was read."""

    def run(self) -> None:
        """Find what began and what is over, and start to send it. Does not wait for the servers."""
        if not self._senders:
            return
        now = self._clock()
        with self._lock:
            if self._stored is None:
                self._stored = self._store.load()
                self._states = dict(self._stored)
            self._states = update_states(self._states, self._conditions(now), now, self._senders)
            self._save()
            ready = [name for name, sender in self._senders.items() if sender.is_ready()]
            due = {name: notices_due(self._states, name, now) for name in ready}
        for name, notices in due.items():
            if notices:
                self._senders[name].submit(message_of(notices), partial(self._record, name, notices))

    def wait(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for each target until what was started is sent or has failed."""
        for sender in self._senders.values():
            sender.wait(timeout)

    def _conditions(self, now: datetime) -> tuple[Condition, ...]:
        """What needs attention. If the database cannot be read, that, and what needed attention before."""
        try:
            return self._find(now)
        except StoreError as error:
            sentence = f"{error.message} {error.remedy}"
            unreadable = Condition(ConditionKind.DATABASE, "", "The database", sentence)
            lasting = (state for state in self._states.values() if state.over_since is None)
            before = (_condition_of(state) for state in lasting if state.kind in _KINDS)
            return (unreadable, *(each for each in before if each.key != unreadable.key))

    def _record(self, target: str, notices: tuple[Notice, ...]) -> None:
        with self._lock:
            self._states = record_told(self._states, target, notices)
            self._save()

    def _save(self) -> None:
        stored = self._stored or {}
        changed = [state for key, state in self._states.items() if stored.get(key) != state]
        removed = stored.keys() - self._states.keys()
        if not changed and not removed:
            return
        try:
            self._store.save(changed, removed)
        except StoreError as error:  # the database has logged it; the next run tries again
            log.debug("cannot record notices for now", error=error.message)
            return
        self._stored = dict(self._states)


def _condition_of(state: ConditionState) -> Condition:
    kind, _, about = state.key.partition(":")
    return Condition(_KINDS[kind], about, state.subject, state.sentence)
