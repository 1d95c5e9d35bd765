"""What tells the operator something: notices about problems, events, and the heartbeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.config import Config
from bot.config.notify_settings import Events, Heartbeat
from bot.core.time_limit import TimeLimit
from bot.daemon.scheduler import Job
from bot.notices.factory import make_event_sender, make_heartbeat, make_notifier
from bot.operations.health import Health
from bot.store import Database

NOTICES_INTERVAL = timedelta(seconds=30)
EVENTS_INTERVAL = timedelta(seconds=10)
MAX_WAIT_TO_SEND = 15.0
"""Seconds that a single run waits for each server that gets notices."""
MAX_WAIT_AT_STOP = 2.0
"""Seconds for each message that is being sent, so that it can be recorded and is not sent again."""


class OperatorNotices:
    """The senders of one process. In a cluster, only one node has them."""

    def __init__(
        self,
        config: Config,
        database: Database,
        health: Health,
        clock: Callable[[], datetime],
        *,
        silent: bool = False,
    ) -> None:
        """If it is `silent`, as in a dry run, nobody is told anything."""
        if silent:
            config = config.model_copy(update={"notify": {}, "heartbeat": Heartbeat(), "events": Events()})
        self._heartbeat_interval = config.heartbeat.interval
        self.notifier = make_notifier(config, database, health, clock)
        self.heartbeat = make_heartbeat(config, database, health)
        self.event_sender = make_event_sender(config, database, clock)

    def jobs(self, before_notices: Callable[[], None] = lambda: None) -> Iterator[Job]:
        """None of them waits for a server. `before_notices` is called before each search for problems."""

        def send_notices(limit: TimeLimit) -> None:
            del limit
            before_notices()
            self.notifier.run()

        yield Job("notices", NOTICES_INTERVAL, 60, send_notices)
        event_sender, heartbeat = self.event_sender, self.heartbeat
        if event_sender is not None:
            yield Job("events", EVENTS_INTERVAL, 60, lambda limit: event_sender.run() and None)
        if heartbeat is not None:
            yield Job("heartbeat", self._heartbeat_interval, 30, lambda limit: heartbeat.run() and None)

    def run_once(self) -> None:
        """Send everything that is due, and wait until it is sent."""
        self.notifier.run()
        self.notifier.wait(MAX_WAIT_TO_SEND)
        for sender in (self.event_sender, self.heartbeat):
            if sender is not None:
                sender.run()
                sender.wait(MAX_WAIT_TO_SEND)

    def wait(self) -> None:
        """Wait a moment for notices that are being sent."""
        self.notifier.wait(MAX_WAIT_AT_STOP)
