"""The composition root: a config in, running objects out; the only place that picks implementations."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from bot.config import Config
from bot.core.poll_interval import PollInterval
from bot.core.time_limit import TimeLimit
from bot.daemon.factories import make_fetcher, make_platforms, make_worker_pool
from bot.daemon.housekeeping import back_up_database, erase_deleted_posts, erase_old_authors, erase_old_posts
from bot.daemon.jobs import check_inbox, follow_up, process_posts, read_settings_pages, send_replies
from bot.daemon.poller import Poller
from bot.daemon.scheduler import Job
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.inbox.inbox import Inbox
from bot.inbox.inbox_factory import InboxFactory
from bot.inbox.services import InboxServices
from bot.operations.health import Health
from bot.operations.log import add_secrets
from bot.outbox.deletion_follower import DeletionFollower
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming
from bot.pipeline.process import PipelineServices, compose_reply
from bot.pipeline.single_flight import SingleFlight
from bot.platforms.base import Messaging, Platform
from bot.store import (
    Accounts,
    Database,
    DeletionChecks,
    Feedback,
    MutedCommunities,
    OutgoingMessages,
    OutgoingReplies,
    PostQueue,
    ReceivedMessages,
    daemon_lock,
)

log = structlog.get_logger(__name__)

QUEUE_INTERVAL = timedelta(seconds=1)
"""How often the queue and the outbox are looked at; one indexed query each."""
SETTINGS_PAGES_INTERVAL = timedelta(seconds=60)
"""How often it is seen whether the time of a rules page has come."""
UNHANDLED_MESSAGES_KEPT = timedelta(days=30)
"""How long messages for the operator are kept."""
FOLLOW_UP_INTERVAL = timedelta(seconds=5)
"""How often replies that stand there are looked at, three indexed queries."""


class App:
    """Everything that runs, made from one config; closed in the opposite order."""

    def __init__(
        self,
        config: Config,
        tuning: Tuning = PRODUCTION,
        *,
        database: Path | None = None,
        wrap_platform: Callable[[Platform], Platform] = lambda platform: platform,
    ) -> None:
        """`database` replaces the config's; `wrap` may put something between the outbox and a platform.

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
            self.database = Database(path, tuning.clock())
            opening.callback(self.database.close)
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
            # The processes take a second or two to come up, and the first poll need not wait for them.
            self._warming = threading.Thread(target=self.worker_pool.start, name="warm-up", daemon=True)
            self._warming.start()
            opening.callback(self._warming.join)
            self.threads = ThreadPoolExecutor(config.fetch.at_once, thread_name_prefix="work")
            opening.callback(self.threads.shutdown, wait=False, cancel_futures=True)
            self._open = opening.pop_all()
        self._assemble()
        self._recover()

    def _assemble(self) -> None:
        config, clock = self.config, self.tuning.clock
        self.send_timing = self.tuning.send_timing or SendTiming(
            settle=config.send.settle, read_gap=config.send.read_gap
        )
        every = self.tuning.poll_interval
        self.poll_interval = PollInterval(every or config.poll.interval, every or config.poll.quiet_interval)
        read = config.inbox.read
        self.messaging = {each.account: each.messaging() if read else None for each in self.platforms}
        self.inbox_services = InboxServices.from_config(
            config, self.database, self.platforms, self.messaging, clock
        )
        self.services = self._services()
        self.outboxes = [self._outbox(platform) for platform in self.platforms]
        self.pollers = [self._poller(platform) for platform in self.platforms]
        following = self.platforms if config.send.follow_deletions else []
        self.deletion_followers = [
            DeletionFollower(platform, DeletionChecks(self.database), clock) for platform in following
        ]
        self.inboxes = [
            self._mailbox(platform, speaker)
            for platform in self.platforms
            if (speaker := self.messaging[platform.account]) is not None
        ]
        self.follow_ups = [self._aftercare(platform) for platform in self.platforms]
        self.settings_page_reader = self.inbox_services.create_page_reader(
            self.services, self.tuning.settings_pages_interval
        )

    def _services(self) -> PipelineServices:
        named = self.inbox_services.platforms
        reading = SingleFlight(self.fetcher.fetch, self.worker_pool.digest)
        return PipelineServices(
            queue=self.queue,
            muted_communities=self.muted_communities,
            fetch=reading.fetch,
            digest=reading.digest,
            rules_for=self.inbox_services.rule_resolver.rules_for,
            dialect_of=lambda account: named[account].dialect,
            source_url=self.config.bot.source_url,
            clock=self.tuning.clock,
            retries=self.tuning.retries,
            fetch_post=lambda post: named[post.account].fetch_post(post.id),
            opted_out_or_paused=self.inbox_services.opted_out_or_paused,
            footer_links=self.inbox_services.footer_links,
        )

    def _outbox(self, platform: Platform) -> ReplyOutbox:
        return ReplyOutbox(
            platform,
            messaging=self.messaging[platform.account],
            replies=OutgoingReplies(self.database),
            queue=self.queue,
            accounts=self.accounts,
            muted_communities=self.muted_communities,
            created_at=self.database.created_at(),
            check_post=self.inbox_services.check_post,
            clock=self.tuning.clock,
            timing=self.send_timing,
        )

    def _poller(self, platform: Platform) -> Poller:
        return Poller(
            platform,
            tuple(source for source in self.config.sources() if source.account == platform.account),
            queue=self.queue,
            accounts=self.accounts,
            clock=self.tuning.clock,
            max_age=lambda source: self.inbox_services.max_age(source.community),
            interval=self.poll_interval,
        )

    def _mailbox(self, platform: Platform, speaker: Messaging) -> Inbox:
        watched = {source.community for source in self.config.sources() if source.account == platform.account}
        made = InboxFactory(
            self.database, self.config.inbox, self.accounts, self.tuning.clock, self.send_timing
        )
        desk = self.inbox_services.create_handler(self.services)
        return made.create(platform, speaker, desk, watched, self.tuning.poll_interval)

    def _aftercare(self, platform: Platform) -> FollowUp:
        return FollowUp(
            platform,
            self.inbox_services.sent_replies,
            self.inbox_services.rule_resolver.rules_for,
            lambda post, rules: compose_reply(post, rules, self.services),
            self.tuning.clock,
            self.tuning.check_times,
        )

    def _recover(self) -> None:
        """What an earlier process left in the middle: work begins anew, unclear replies settle from now."""
        self.queue.release()
        self.on_clock_jump(timedelta(0))
        settled = self.tuning.clock() + self.send_timing.settle
        unclear = OutgoingReplies(self.database).restart_settling(settled) + OutgoingMessages(
            self.database
        ).restart_settling(settled)
        if unclear:
            log.warning("replies were under way when Precis last ended; they are read back", count=unclear)

    def on_clock_jump(self, by: timedelta) -> None:
        """Move what waits with a clock that jumped; none waits until a time that was a mistake."""
        now = self.tuning.clock()
        moved = self.queue.shift_due_times(by, now)
        if self.database.created_at() > now:
            self.database.set_created_at(now)
        if moved:
            log.warning("posts waited for a time that the clock no longer reaches soon", count=moved)

    def jobs(self) -> tuple[Job, ...]:
        cares = tuple(f"care {each.platform.account}" for each in self.follow_ups)
        sends = {outbox.account: f"send {outbox.account}" for outbox in self.outboxes}
        return (
            *(
                Job(f"poll {each.account}", self.poll_interval.check_every, 120, each.run, starts=("work",))
                for each in self.pollers
            ),
            Job("work", QUEUE_INTERVAL, 300, self.process_posts, starts=tuple(sends.values())),
            *(
                Job(
                    sends[each.account],
                    QUEUE_INTERVAL,
                    120,
                    partial(send_replies, each),
                )
                for each in self.outboxes
            ),
            *(
                Job(
                    f"mail {each.account}",
                    QUEUE_INTERVAL,
                    120,
                    partial(check_inbox, each),
                    starts=("work", *cares),
                )
                for each in self.inboxes
            ),
            *(
                Job(f"care {each.platform.account}", FOLLOW_UP_INTERVAL, 120, partial(follow_up, each))
                for each in self.follow_ups
            ),
            Job("read pages", SETTINGS_PAGES_INTERVAL, 120, self.read_settings_pages),
            Job("keep house", timedelta(hours=1), 60, self.run_housekeeping),
        )

    def process_posts(self, limit: TimeLimit) -> int:
        return process_posts(self.threads, self.config.fetch.at_once, self.services, limit)

    def read_settings_pages(self, limit: TimeLimit) -> None:
        """Only where somebody can be told what is wrong on them."""
        if any(self.messaging.values()):
            read_settings_pages(
                self.settings_page_reader, self.inbox_services.communities_with_pages(), limit
            )

    def run_housekeeping(self, limit: TimeLimit) -> None:
        back_up_database(self.database.path, self.tuning.clock())
        erase_old_posts(self.queue, self.tuning.clock, self.config.keep.posts)
        self.feedback.delete_unhandled(self.tuning.clock() - UNHANDLED_MESSAGES_KEPT)
        erase_old_authors(ReceivedMessages(self.database), self.tuning.clock())
        for platform in self.platforms:
            if not limit.expired():
                erase_deleted_posts(platform, self.queue, self.tuning.clock())
        for follower in self.deletion_followers:
            follower.run(limit)

    def run_once(self, limit: TimeLimit) -> None:
        """Poll, work and send once, for `precis run --once`."""
        for poller in self.pollers:
            poller.run(limit)
        for mailbox in self.inboxes:
            check_inbox(mailbox, limit)
        self.process_posts(limit)
        for outbox in self.outboxes:
            send_replies(outbox, limit)
        for mailbox in self.inboxes:
            check_inbox(mailbox, limit)
        for each in self.follow_ups:
            follow_up(each, limit)
        self.read_settings_pages(limit)

    def interrupt(self) -> None:
        """Make what is under way end soon; it is given back."""
        self.fetcher.stop()
        self._warming.join()  # a pool cannot be stopped while it starts
        self.worker_pool.close()

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
