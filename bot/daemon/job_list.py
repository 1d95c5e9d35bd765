"""The jobs of the daemon, and how often each one runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.daemon.jobs import check_inbox, follow_up, send_replies
from bot.daemon.scheduler import Job

if TYPE_CHECKING:
    from bot.daemon.app import App

QUEUE_INTERVAL = timedelta(seconds=1)
"""For the queue, the outboxes and the inboxes; each run costs one indexed query if nothing is due."""
FOLLOW_UP_INTERVAL = timedelta(seconds=5)
"""For sent replies; each run costs three indexed queries if nothing is due."""
SETTINGS_PAGES_INTERVAL = timedelta(seconds=60)
WEEKLY_REPORTS_INTERVAL = timedelta(minutes=10)
"""Also the pause after a server did not say who moderates a community."""
RECORD_TIME_INTERVAL = timedelta(seconds=60)
NOTICES_INTERVAL = timedelta(seconds=30)
EVENTS_INTERVAL = timedelta(seconds=10)
HOUSEKEEPING_INTERVAL = timedelta(hours=1)


def create_jobs(app: App) -> tuple[Job, ...]:
    """A job of each kind, or one for each account: poll, process, send, inbox, follow up and so on."""
    sends = {outbox.account: f"send {outbox.account}" for outbox in app.outboxes}
    follow_ups = {each.platform.account: f"follow up {each.platform.account}" for each in app.follow_ups}
    poll_every = app.poll_interval.check_every
    read_pages_every = min(SETTINGS_PAGES_INTERVAL, app.tuning.settings_pages_interval)
    return (
        *(
            Job(f"poll {poller.account}", poll_every, 120, poller.run, starts=("process",))
            for poller in app.pollers
        ),
        Job("process", QUEUE_INTERVAL, 300, app.process_posts, starts=tuple(sends.values())),
        *(
            Job(sends[outbox.account], QUEUE_INTERVAL, 120, partial(send_replies, outbox))
            for outbox in app.outboxes
        ),
        *(
            Job(
                f"inbox {inbox.account}",
                QUEUE_INTERVAL,
                120,
                partial(check_inbox, inbox),
                starts=("process", *follow_ups.values()),
            )
            for inbox in app.inboxes
        ),
        *(
            Job(follow_ups[each.platform.account], FOLLOW_UP_INTERVAL, 120, partial(follow_up, each))
            for each in app.follow_ups
        ),
        Job("settings pages", read_pages_every, 120, app.read_settings_pages),
        Job("weekly reports", WEEKLY_REPORTS_INTERVAL, 60, app.send_weekly_reports),
        *_notice_jobs(app),
        Job("record time", RECORD_TIME_INTERVAL, 30, app.record_alive),
        Job("housekeeping", HOUSEKEEPING_INTERVAL, 60, app.run_housekeeping),
    )


def _notice_jobs(app: App) -> Iterator[Job]:
    """The jobs that tell the operator something. None of them waits for a server."""
    yield Job("notices", NOTICES_INTERVAL, 60, app.send_notices)
    event_sender, heartbeat = app.event_sender, app.heartbeat
    if event_sender is not None:
        yield Job("events", EVENTS_INTERVAL, 60, lambda limit: event_sender.run() and None)
    if heartbeat is not None:
        yield Job("heartbeat", app.config.heartbeat.interval, 30, lambda limit: heartbeat.run() and None)
