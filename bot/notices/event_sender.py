"""Sends events (replies, skips, deletions, failures, bans) as JSON to a URL of the operator.

The database is the queue. An event that could not be sent within an hour is dropped. After a crash, some may
be missing or be sent twice; they then have the same `id`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

import structlog
from msgspec.structs import asdict

from bot.core.errors import StoreError
from bot.notices.background_sender import BackgroundSender
from bot.notices.http_post import post
from bot.store.outcome_events import ALL_KINDS, OutcomeEvent, OutcomeEvents

log = structlog.get_logger(__name__)

MAX_EVENTS = 100
"""In one request."""
MAX_AGE = timedelta(hours=1)
OVERLAP = timedelta(seconds=30)
"""Events of several threads are not stored in the order of their times. So this much is read again."""

Events = tuple[OutcomeEvent, ...]


class EventSender:
    """Sends the events since the last request that succeeded, at each `run`."""

    def __init__(
        self,
        address: str,
        user_agent: str,
        events: OutcomeEvents,
        clock: Callable[[], datetime],
        only: Collection[str] = (),
    ) -> None:
        self._events = events
        self._clock = clock
        self._kinds = frozenset(only or ALL_KINDS)
        headers = {"content-type": "application/json", "user-agent": user_agent}
        self._sender: BackgroundSender[Events] = BackgroundSender(
            "events", lambda found: post(address, events_as_json(found), headers)
        )
        self._lock = threading.Lock()
        self._sent_until: datetime | None = None
        self._sent: dict[str, datetime] = {}
        """The events that were sent and may be read again."""

    def run(self) -> int:
        """Start to send the next events; return how many. Does not wait for the server."""
        if not self._sender.is_ready():
            return 0
        now = self._clock()
        with self._lock:
            if self._sent_until is None:
                self._sent_until = self._events.sent_until()
            if self._sent_until is None:  # the first start: earlier events are not sent
                self._sent_until = now
                self._events.record_sent_until(now)
            overlap = OVERLAP if self._sent else timedelta(0)
            start = max(min(self._sent_until, now) - overlap, now - MAX_AGE)
            found = self._events.after(start, self._kinds, MAX_EVENTS + len(self._sent))
            new = tuple(event for event in found if event.id not in self._sent)[:MAX_EVENTS]
        if not new or not self._sender.submit(new, partial(self._record, new)):
            return 0
        return len(new)

    def wait(self, timeout: float) -> None:
        """Wait at most `timeout` seconds until the events are sent or have failed."""
        self._sender.wait(timeout)

    def _record(self, sent: Events) -> None:
        with self._lock:
            last = max(event.time for event in sent)
            self._sent_until = max(self._sent_until or last, last)
            known = self._sent | {event.id: event.time for event in sent}
            self._sent = {key: time for key, time in known.items() if time >= self._sent_until - OVERLAP}
            try:
                self._events.record_sent_until(self._sent_until)
            except StoreError as error:  # the database has logged it
                log.debug("cannot record sent events for now", error=error.message)


def events_as_json(events: Events) -> bytes:
    """The body of a request."""
    listed = [{**asdict(event), "time": event.time.isoformat(timespec="seconds")} for event in events]
    return json.dumps({"events": listed}).encode()
