"""The composition root: creates all objects from a config. Only this module picks implementations."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from bot.config import Config
from bot.config.notify_settings import Events, Heartbeat
from bot.core.errors import AccountError, StoreError, UserError
from bot.core.poll_interval import PollInterval
from bot.core.time_limit import TimeLimit
from bot.daemon.factories import make_fetcher, make_platforms, make_worker_pool
from bot.daemon.housekeeping import (
    back_up_database,
    erase_deleted_posts,
    erase_old_authors,
    erase_old_posts,
    is_housekeeping_due,
)
from bot.daemon.job_list import create_jobs
from bot.daemon.jobs import check_inbox, follow_up, process_posts, read_settings_pages, send_replies
from bot.daemon.poller import Poller
from bot.daemon.scheduler import Job
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.inbox.inbox import Inbox
from bot.inbox.inbox_factory import InboxFactory
from bot.inbox.services import InboxServices
from bot.notices.factory import make_event_sender, make_heartbeat, make_notifier
from bot.notices.software_versions import record_software
from bot.operations.health import Health
from bot.operations.redaction import add_secrets
from bot.outbox.deletion_follower import MAX_CHECKS_PER_RUN, DeletionFollower
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming
from bot.pipeline import policy
from bot.pipeline.compose import compose_reply
from bot.pipeline.services import PipelineServices
from bot.pipeline.single_flight import SingleFlight
from bot.platforms.base import Messaging, Platform
from bot.store import (
    Accounts,
    ClockCorrection,
    Database,
    DeletionChecks,
    Feedback,
    MutedCommunities,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    ProcessMarks,
    ReceivedMessages,
    daemon_lock,
)
from bot.store.daemon_process import record_process
from bot.store.search_index import merge_index

log = structlog.get_logger(__name__)

MAX_WAIT_TO_SEND = 15.0
"""Seconds that a single run waits for each server that gets notices."""
MAX_WAIT_AT_STOP = 2.0
"""Seconds for each message that is being sent, so that it can be recorded and is not sent again."""
UNHANDLED_MESSAGES_KEPT = timedelta(days=30)
"""How long messages for the operator are stored."""


class App:
    """All objects of the daemon, created from one config and closed in reverse order."""

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
            path = database or config.bot.database
            opening.enter_context(daemon_lock(path))
            opening.enter_context(record_process(path))
            self.database = Database(path, tuning.clock())
            opening.callback(self.database.close)
            self._records_runs = database is None
            self.process_marks = ProcessMarks(self.database)
            self.queue = PostQueue(self.database)
            self.accounts = Accounts(self.database)
            self.muted_communities = MutedCommunities(self.database)
            self.feedback = Feedback(self.database)
            self.platforms = [wrap_platform(each) for each in make_platforms(config, self.accounts, tuning)]
            for platform in self.platforms:
                opening.callback(platform.close)
            self.fetcher = make_fetcher(config, tuning)
            opening.callback(self.fetcher.close)
            self.worker_pool = make_worker_pool(config)
            opening.callback(self.worker_pool.close)
            # The processes need a second or two to start, and the first poll does not have to wait for them.
            self._pool_start = threading.Thread(
                target=self.worker_pool.start, name="worker-pool-start", daemon=True
            )
            self._pool_start.start()
            opening.callback(self._pool_start.join)
            self.threads = ThreadPoolExecutor(config.fetch.at_once, thread_name_prefix="process")
            opening.callback(self.threads.shutdown, wait=False, cancel_futures=True)
            self._assemble()
            opening.callback(self.notifier.wait, MAX_WAIT_AT_STOP)
            self._recover()
            self._record_start()
            opening.callback(self._record_stop)
            self._open = opening.pop_all()

    def _assemble(self) -> None:
        config, clock = self.config, self.tuning.clock
        self.send_timing = self.tuning.send_timing or SendTiming(
            settle=config.send.settle, read_gap=config.send.read_gap
        )
        fixed = self.tuning.poll_interval
        self.poll_interval = PollInterval(fixed or config.poll.interval, fixed or config.poll.quiet_interval)
        read_inbox = config.inbox.read
        self.messaging = {
            platform.account: platform.messaging() if read_inbox else None for platform in self.platforms
        }
        self.inbox_services = InboxServices.from_config(
            config, self.database, self.platforms, self.messaging, clock
        )
        self.services = self._create_services()
        self.outboxes = [self._create_outbox(platform) for platform in self.platforms]
        self.pollers = [self._create_poller(platform) for platform in self.platforms]
        self.inboxes = [
            self._create_inbox(platform, messaging)
            for platform in self.platforms
            if (messaging := self.messaging[platform.account]) is not None
        ]
        self.follow_ups = [self._create_follow_up(platform) for platform in self.platforms]
        self.deletion_followers = [
            DeletionFollower(platform, DeletionChecks(self.database), clock)
            for platform in (self.platforms if config.send.follow_deletions else [])
        ]
        self.settings_page_reader = self.inbox_services.create_page_reader(
            self.services, self.tuning.settings_pages_interval
        )
        self.weekly_reports = self.inbox_services.create_weekly_reports(self.services)
        self._create_notices()

    def _create_notices(self) -> None:
        """A dry run tells nobody anything."""
        config, clock = self.config, self.tuning.clock
        if not self._records_runs:
            config = config.model_copy(update={"notify": {}, "heartbeat": Heartbeat(), "events": Events()})
        self.notifier = make_notifier(config, self.database, self.health, clock)
        self.heartbeat = make_heartbeat(config, self.database, self.health)
        self.event_sender = make_event_sender(config, self.database, clock)

    def _create_services(self) -> PipelineServices:
        platforms = self.inbox_services.platforms
        single_flight = SingleFlight(self.fetcher.fetch, self.worker_pool.digest)
        return PipelineServices(
            queue=self.queue,
            muted_communities=self.muted_communities,
            fetch=single_flight.fetch,
            digest=single_flight.digest,
            rules_for=self.inbox_services.rule_resolver.rules_for,
            dialect_of=lambda account: platforms[account].dialect,
            source_url=self.config.bot.source_url,
            templates_for=self.config.templates.of,
            clock=self.tuning.clock,
            retries=self.tuning.retries,
            fetch_post=lambda post: platforms[post.account].fetch_post(post.id),
            opted_out_or_paused=self.inbox_services.opted_out_or_paused,
            footer_links=self.inbox_services.footer_links,
            link_checks=self.tuning.link_checks,
        )

    def _create_outbox(self, platform: Platform) -> ReplyOutbox:
        return ReplyOutbox(
            platform,
            messaging=self.messaging[platform.account],
            replies=OutgoingReplies(
                self.database,
                first_check=self.tuning.check_times[0],
                must_distinguish=self._must_distinguish,
            ),
            queue=self.queue,
            accounts=self.accounts,
            muted_communities=self.muted_communities,
            created_at=self.database.created_at(),
            check_post=self.inbox_services.check_post,
            clock=self.tuning.clock,
            timing=self.send_timing,
            max_per_day=lambda community: self.inbox_services.rule_resolver.rules_for(community).max_per_day,
        )

    def _must_distinguish(self, community: str) -> bool:
        rules = self.inbox_services.rule_resolver.rules_for(community)
        return rules.distinguished or rules.sticky

    def _create_poller(self, platform: Platform) -> Poller:
        return Poller(
            platform,
            tuple(source for source in self.config.sources() if source.account == platform.account),
            queue=self.queue,
            accounts=self.accounts,
            clock=self.tuning.clock,
            max_age=lambda source: self.inbox_services.max_age(source.community),
            interval=self.poll_interval,
        )

    def _create_inbox(self, platform: Platform, messaging: Messaging) -> Inbox:
        watched = {source.community for source in self.config.sources() if source.account == platform.account}
        factory = InboxFactory(
            self.database, self.config.inbox, self.accounts, self.tuning.clock, self.send_timing
        )
        handler = self.inbox_services.create_handler(self.services)
        return factory.create(platform, messaging, handler, watched, self.tuning.poll_interval)

    def _create_follow_up(self, platform: Platform) -> FollowUp:
        return FollowUp(
            platform,
            self.inbox_services.sent_replies,
            self.inbox_services.rule_resolver.rules_for,
            lambda post, rules: compose_reply(post, rules, self.services),
            self.tuning.clock,
            self.tuning.check_times,
            policy.before_send,
        )

    def _recover(self) -> None:
        """Release the leases of an earlier process, and restart the settle time of ambiguous sends."""
        self.queue.release()
        self.on_clock_jump(-ClockCorrection(self.database).ahead_by(self.tuning.clock()))
        settle_at = self.tuning.clock() + self.send_timing.settle
        ambiguous = OutgoingReplies(self.database).restart_settling(settle_at)
        ambiguous += OutgoingMessages(self.database).restart_settling(settle_at)
        if ambiguous:
            log.warning("replies were being sent when Precis last stopped; checking them", count=ambiguous)

    def on_clock_jump(self, by: timedelta) -> None:
        """Adjust stored times to a clock that was set by `by`, so that nothing waits for a wrong time."""
        now = self.tuning.clock()
        adjusted = ClockCorrection(self.database).apply(by, now)
        forward = max(by, timedelta(0))
        settled_before = now - forward - self.send_timing.settle if forward else now
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

    def send_notices(self, limit: TimeLimit) -> None:
        """Start to send the notices that are due."""
        del limit
        record_software(self.platforms, self.accounts, self.tuning.clock())
        self.notifier.run()

    def run_housekeeping(
        self, limit: TimeLimit, max_deletion_checks: int | None = MAX_CHECKS_PER_RUN
    ) -> None:
        self.database.record_housekeeping(self.tuning.clock())
        back_up_database(self.database.path, self.tuning.clock())
        erase_old_posts(self.queue, self.tuning.clock, self.config.keep.posts)
        merge_index(self.database)
        self.feedback.delete_unhandled(self.tuning.clock() - UNHANDLED_MESSAGES_KEPT)
        erase_old_authors(ReceivedMessages(self.database), self.tuning.clock())
        for platform in self.platforms:
            if not limit.expired():
                erase_deleted_posts(platform, self.queue, self.tuning.clock())
        for follower in self.deletion_followers:
            follower.run(limit, max_deletion_checks)

    def run_once(self, limit: TimeLimit) -> None:
        """Run all jobs once, and housekeeping once a day, for `precis run --once`."""
        for poller in self.pollers:
            poller.run(limit)
        for inbox in self.inboxes:
            check_inbox(inbox, limit)
        self.process_posts(limit)
        for outbox in self.outboxes:
            send_replies(outbox, limit)
        self.send_weekly_reports(limit)
        for inbox in self.inboxes:
            check_inbox(inbox, limit)
        for account_follow_up in self.follow_ups:
            follow_up(account_follow_up, limit)
        self.read_settings_pages(limit)
        if not limit.expired() and is_housekeeping_due(self.database, self.tuning.clock()):
            # The next check is a day later, so this one covers all recent replies.
            self.run_housekeeping(limit, max_deletion_checks=None)
        self._tell_operator(limit)

    def _tell_operator(self, limit: TimeLimit) -> None:
        """What the daemon does in jobs: notices, events and the heartbeat, and wait until they are sent."""
        self.send_notices(limit)
        self.notifier.wait(MAX_WAIT_TO_SEND)
        for sender in (self.event_sender, self.heartbeat):
            if sender is not None:
                sender.run()
                sender.wait(MAX_WAIT_TO_SEND)

    def poll_failure(self) -> UserError | None:
        """Why nothing could be polled; None if a source was, or if none was tried.

        It is temporary unless every account needs the operator.
        """
        errors = [poller.last_error for poller in self.pollers if poller.last_error is not None]
        if not errors or any(poller.polls for poller in self.pollers):
            return None
        message = "\n".join(dict.fromkeys(f"Nothing could be polled: {error}" for error in errors))
        account_errors = [error for error in errors if isinstance(error, AccountError)]
        if len(account_errors) == len(errors):
            return UserError(message, account_errors[0].remedy)
        remedy = "Check that the server can be reached: precis check."
        return UserError(message, remedy, temporary=True)

    def interrupt(self) -> None:
        """Stop fetches and workers soon; the posts that are being processed are released."""
        self.fetcher.stop()
        self._pool_start.join()  # a pool cannot be stopped while it starts
        self.worker_pool.close()

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
