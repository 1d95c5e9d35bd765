"""The jobs of the daemon on a single machine, and how often each one runs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.daemon.account_runtime import QUEUE_INTERVAL
from bot.daemon.scheduler import Job

if TYPE_CHECKING:
    from bot.daemon.app import App

SETTINGS_PAGES_INTERVAL = timedelta(seconds=60)
WEEKLY_REPORTS_INTERVAL = timedelta(minutes=10)
"""Also the pause after a server did not say who moderates a community."""
RECORD_TIME_INTERVAL = timedelta(seconds=60)
HOUSEKEEPING_INTERVAL = timedelta(hours=1)


def create_jobs(app: App) -> tuple[Job, ...]:
    """A job of each kind, or one for each account: poll, process, send, inbox, follow up and so on."""
    sends = [runtime.send_job() for runtime in app.runtimes]
    follow_ups = [runtime.follow_up_job() for runtime in app.runtimes]
    after_message = ("process", *(job.name for job in follow_ups))
    read_pages_every = min(SETTINGS_PAGES_INTERVAL, app.tuning.settings_pages_interval)
    return (
        *(runtime.poll_job("process") for runtime in app.runtimes),
        Job(
            "process",
            QUEUE_INTERVAL,
            300,
            app.process_posts,
            tuple(job.name for job in sends),
            app.queue.next_due_at,
        ),
        *sends,
        *(job for runtime in app.runtimes for job in runtime.inbox_jobs(*after_message)),
        *follow_ups,
        Job("settings pages", read_pages_every, 120, app.read_settings_pages),
        Job("weekly reports", WEEKLY_REPORTS_INTERVAL, 60, app.send_weekly_reports),
        *app.notices.jobs(app.record_software),
        Job("record time", RECORD_TIME_INTERVAL, 30, app.record_alive),
        Job("housekeeping", HOUSEKEEPING_INTERVAL, 60, app.run_housekeeping),
    )
