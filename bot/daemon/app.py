"""The composition root: creates all objects from a config. Only this module picks implementations."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from bot.config import Config
from bot.core.errors import AccountError, StoreError, UserError
from bot.core.time_limit import TimeLimit
from bot.daemon.account_runtime import AccountParts, AccountRuntime
from bot.daemon.factories import make_platforms
from bot.daemon.housekeeping import (
    back_up_database,
    erase_deleted_posts,
    erase_old_data,
    is_housekeeping_due,
    tell_who_backs_up,
)
from bot.daemon.job_list import create_jobs
from bot.daemon.jobs import check_inbox, follow_up, process_posts, read_settings_pages, send_replies
from bot.daemon.operator_notices import OperatorNotices
from bot.daemon.page_reading import PageReading
from bot.daemon.scheduler import Job
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.inbox.services import InboxServices
from bot.notices.software_versions import record_software
from bot.operations.health import Health
from bot.operations.redaction import add_secrets
from bot.outbox.deletion_follower import MAX_CHECKS_PER_RUN
from bot.platforms.base import Platform
from bot.store import (
    Accounts,
    ClockCorrection,
    Database,
    Feedback,
    MutedCommunities,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    ProcessMarks,
)
from bot.store.daemon_lock import daemon_lock
from bot.store.daemon_process import record_process
from bot.store.file_state import FileState
from bot.store.post_counts import fold_counts

log = structlog.get_logger(__name__)


class App:
    """All objects of the daemon on a single machine, created from one config and closed in reverse order."""

    def __init__(
        self,
        config: Config,
        tuning: Tuning = PRODUCTION,
        *,
        database: Path | None = None,
        wrap_platform: Callable[[Platform], Platform] = lambda platform: platform,
    ) -> None:
        """`database` overrides the config's; `wrap_platform` can wrap the platforms, for a dry run.

        Raises `bot.core.errors.StoreError` when the database cannot be used.
        """
        self.config = config
        self.tuning = tuning
        self.health = Health(tuning.clock)
        add_secrets(config.secrets())
        self._open = ExitStack()
        with ExitStack() as opening:
            files = database or config.bot.state_files
            opening.enter_context(daemon_lock(files))
            opening.enter_context(record_process(files))
            self.database = Database(database or config.bot.database, tuning.clock())
            opening.callback(self.database.close)
            self.state_number: Callable[[], int | None] | None = None
            if self.database.path is not None:
                file_state = FileState(self.database.path)
                opening.callback(file_state.close)
                self.state_number = file_state.number
            self._records_runs = database is None
            self.process_marks = ProcessMarks(self.database)
            self.queue = PostQueue(self.database)
            self.accounts = Accounts(self.database)
            self.muted_communities = MutedCommunities(self.database)
            self.feedback = Feedback(self.database)
            self.platforms = [wrap_platform(each) for each in make_platforms(config, self.accounts, tuning)]
            for platform in self.platforms:
                opening.callback(platform.close)
            self._reading = PageReading(config, tuning, opening)
            self.fetcher, self.worker_pool = self._reading.fetcher, self._reading.worker_pool
            self.threads = ThreadPoolExecutor(config.fetch.at_once, thread_name_prefix="process")
            opening.callback(self.threads.shutdown, wait=False, cancel_futures=True)
            self._assemble()
            opening.callback(self.notices.wait)
            self._recover()
            self._record_start()
            tell_who_backs_up(self.database)
            opening.callback(self._record_stop)
            self._open = opening.pop_all()

    def _assemble(self) -> None:
        config, tuning = self.config, self.tuning
        self.messaging = {
            platform.account: platform.messaging() if config.inbox.read else None
            for platform in self.platforms
        }
        self.inbox_services = InboxServices.from_config(
            config, self.database, self.platforms, self.messaging, tuning.clock
        )
        platforms = self.inbox_services.platforms
        self.services = self._reading.create_services(
            self.queue,
            self.muted_communities,
            self.inbox_services,
            lambda post: platforms[post.account].fetch_post(post.id),
        )
        parts = AccountParts(
            config,
            tuning,
            self.database,
            self.queue,
            self.accounts,
            self.muted_communities,
            self.inbox_services,
            self.services,
        )
        self.runtimes = [
            AccountRuntime(platform, self.messaging[platform.account], parts) for platform in self.platforms
        ]
        self._settle = parts.send_timing.settle
        self.settings_page_reader = self.inbox_services.create_page_reader(
            self.services, tuning.settings_pages_interval
        )
        self.weekly_reports = self.inbox_services.create_weekly_reports(self.services)
        self.notices = OperatorNotices(
            config, self.database, self.health, tuning.clock, silent=not self._records_runs
        )

    def _recover(self) -> None:
        """Release the leases of an earlier process, and restart the settle time of ambiguous sends."""
        self.queue.release()
        self.on_clock_jump(-ClockCorrection(self.database).ahead_by(self.tuning.clock()))
        settle_at = self.tuning.clock() + self._settle
        ambiguous = OutgoingReplies(self.database).restart_settling(settle_at)
        ambiguous += OutgoingMessages(self.database).restart_settling(settle_at)
        if ambiguous:
            log.warning("replies were being sent when Precis last stopped; checking them", count=ambiguous)

    def on_clock_jump(self, by: timedelta) -> None:
        """Adjust stored times to a clock that was set by `by`, so that nothing waits for a wrong time."""
        now = self.tuning.clock()
        adjusted = ClockCorrection(self.database).apply(by, now)
        forward = max(by, timedelta(0))
        settled_before = now - forward - self._settle if forward else now
        if self.database.created_at() > settled_before:
            self.database.set_created_at(now)  # it is new: what an earlier database sent may not show yet
        if by or adjusted:
            log.warning("adjusted stored times to the clock", seconds=by.total_seconds(), waits=adjusted)

    def _record_start(self) -> None:
        """Report a run that was killed. A dry run on a copy of the database says nothing about that."""
        if not self._records_runs:
            return
        killed = self.process_marks.start(self.tuning.clock())
        if killed is not None:
            log.warning(
                "Precis did not stop by itself last time: it was killed, or the machine went down",
                started=killed.started_at.isoformat(),
                last_alive=killed.last_alive_at.isoformat(),
            )

    def record_alive(self, limit: TimeLimit) -> None:
        """For the next start: shows when the daemon ended, and what its clock was."""
        del limit
        if self._records_runs:
            self.process_marks.record_alive(self.tuning.clock())

    def _record_stop(self) -> None:
        """A database that cannot be written does not prevent the stop."""
        with suppress(StoreError):
            if self._records_runs:
                self.process_marks.stop()

    def jobs(self) -> tuple[Job, ...]:
        return create_jobs(self)

    def process_posts(self, limit: TimeLimit) -> int:
        return process_posts(self.threads, self.config.fetch.at_once, self.services, limit)

    def read_settings_pages(self, limit: TimeLimit) -> None:
        """Do nothing if there is no account that can report the pages' errors."""
        if any(self.messaging.values()):
            read_settings_pages(
                self.settings_page_reader, self.inbox_services.communities_with_pages(), limit
            )

    def send_weekly_reports(self, limit: TimeLimit) -> None:
        """Put the weekly reports to moderators that are due into the outbox."""
        self.weekly_reports.queue_due(limit.expired)

    def record_software(self) -> None:
        """For the notice about an update of a server."""
        record_software(self.platforms, self.accounts, self.tuning.clock())

    def run_housekeeping(
        self, limit: TimeLimit, max_deletion_checks: int | None = MAX_CHECKS_PER_RUN
    ) -> None:
        self.database.record_housekeeping(self.tuning.clock())
        fold_counts(self.database)
        back_up_database(self.database, self.tuning.clock())
        erase_old_data(self.database, self.tuning.clock, self.config.keep.posts)
        for platform in self.platforms:
            if not limit.expired():
                erase_deleted_posts(platform, self.queue, self.tuning.clock())
        for runtime in self.runtimes:
            if runtime.deletion_follower is not None:
                runtime.deletion_follower.run(limit, max_deletion_checks)

    def run_once(self, limit: TimeLimit) -> None:
        """Run all jobs once, and housekeeping once a day, for `precis run --once`."""
        for runtime in self.runtimes:
            runtime.poller.run(limit)
        self._check_inboxes(limit)
        self.process_posts(limit)
        for runtime in self.runtimes:
            send_replies(runtime.outbox, limit)
        self.send_weekly_reports(limit)
        self._check_inboxes(limit)
        for runtime in self.runtimes:
            follow_up(runtime.follow_up, limit)
        self.read_settings_pages(limit)
        if not limit.expired() and is_housekeeping_due(self.database, self.tuning.clock()):
            # The next check is a day later, so this one covers all recent replies.
            self.run_housekeeping(limit, max_deletion_checks=None)
        self.record_software()
        self.notices.run_once()

    def _check_inboxes(self, limit: TimeLimit) -> None:
        for runtime in self.runtimes:
            if runtime.inbox is not None:
                check_inbox(runtime.inbox, limit)

    def poll_failure(self) -> UserError | None:
        """Why nothing could be polled; None if a source was, or if none was tried.

        It is temporary unless every account needs the operator.
        """
        pollers = [runtime.poller for runtime in self.runtimes]
        errors = [poller.last_error for poller in pollers if poller.last_error is not None]
        if not errors or any(poller.polls for poller in pollers):
            return None
        message = "\n".join(dict.fromkeys(f"Nothing could be polled: {error}" for error in errors))
        account_errors = [error for error in errors if isinstance(error, AccountError)]
        if len(account_errors) == len(errors):
            return UserError(message, account_errors[0].remedy)
        remedy = "Check that the server can be reached: precis check."
        return UserError(message, remedy, temporary=True)

    def interrupt(self) -> None:
        """Stop fetches and workers soon; the posts that are being processed are released."""
        self._reading.interrupt()

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
