"""The objects that work for one account, and their jobs.

On a single machine, all accounts share the database and the services. In a cluster, a node creates them when
it wins the leadership of the account, over a database that refuses the writes of a former leader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from msgspec import Struct

from bot.config import Config
from bot.core.models import Source
from bot.core.poll_interval import PollInterval
from bot.daemon.due_watch import DueJobs
from bot.daemon.jobs import check_inbox, follow_up, send_replies
from bot.daemon.poller import Poller
from bot.daemon.scheduler import Job
from bot.daemon.tuning import Tuning
from bot.inbox.inbox import Inbox
from bot.inbox.inbox_factory import InboxFactory
from bot.inbox.services import InboxServices
from bot.outbox.deletion_follower import DeletionFollower
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming
from bot.pipeline import policy
from bot.pipeline.compose import compose_reply
from bot.pipeline.services import PipelineServices
from bot.platforms.base import Messaging, Platform
from bot.store import Accounts, Database, DeletionChecks, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.account_work import find_due_work

QUEUE_INTERVAL = timedelta(seconds=1)
"""For the queue, the outboxes and the inboxes; each run costs one indexed query if nothing is due.

They run so often only while there is work (`bot.daemon.queue_watch` and `bot.daemon.due_watch`).
"""
FOLLOW_UP_INTERVAL = timedelta(seconds=5)
"""For sent replies; each run costs three indexed queries if nothing is due."""


class AccountParts(Struct, frozen=True):
    """What the objects of an account are created from."""

    config: Config
    tuning: Tuning
    database: Database
    queue: PostQueue
    accounts: Accounts
    muted_communities: MutedCommunities
    inbox_services: InboxServices
    services: PipelineServices

    @property
    def clock(self) -> Callable[[], datetime]:
        return self.tuning.clock

    @property
    def send_timing(self) -> SendTiming:
        send = self.config.send
        return self.tuning.send_timing or SendTiming(settle=send.settle, read_gap=send.read_gap)

    @property
    def poll_interval(self) -> PollInterval:
        fixed, poll = self.tuning.poll_interval, self.config.poll
        return PollInterval(fixed or poll.interval, fixed or poll.quiet_interval)

    def sources(self, account: str) -> tuple[Source, ...]:
        return tuple(source for source in self.config.sources() if source.account == account)


class AccountRuntime:
    """Polls, sends, answers and follows up for one account."""

    def __init__(
        self,
        platform: Platform,
        messaging: Messaging | None,
        parts: AccountParts,
        before_request: Callable[[], None] | None = None,
    ) -> None:
        """`messaging` is None if the inbox is not read.

        `before_request` is called before each reply and message; it raises if it must not be sent.
        """
        self.account = platform.account
        self.platform = platform
        self.outbox = _create_outbox(platform, messaging, parts, before_request)
        self.poller = _create_poller(platform, parts)
        self.inbox = None if messaging is None else _create_inbox(platform, messaging, parts, before_request)
        self.follow_up = _create_follow_up(platform, parts)
        self.deletion_follower = (
            DeletionFollower(platform, DeletionChecks(parts.database), parts.clock)
            if parts.config.send.follow_deletions
            else None
        )
        self._poll_every = parts.poll_interval.check_every
        self._database, self._clock = parts.database, parts.clock
        self._send_name = f"send {self.account}"
        self._inbox_name = f"inbox {self.account}"
        self._follow_up_name = f"follow up {self.account}"
        self.refetch_name = f"read again {self.account}"
        """Of the job that reads posts again for all nodes of a cluster."""

    def poll_job(self, *starts: str) -> Job:
        """`starts` are the names of jobs to run at once after new posts."""
        return Job(f"poll {self.account}", self._poll_every, 120, self.poller.run, starts)

    def send_job(self) -> Job:
        run = partial(send_replies, self.outbox)
        return Job(self._send_name, QUEUE_INTERVAL, 120, run, next_due=self.outbox.next_due_at)

    def inbox_jobs(self, *starts: str) -> Iterator[Job]:
        """`starts` are the names of jobs to run at once after a message."""
        if self.inbox is not None:
            check = partial(check_inbox, self.inbox)
            yield Job(self._inbox_name, QUEUE_INTERVAL, 120, check, starts, self.inbox.next_due_at)

    def follow_up_job(self) -> Job:
        run, next_due = partial(follow_up, self.follow_up), self.follow_up.next_due_at
        return Job(self._follow_up_name, FOLLOW_UP_INTERVAL, 120, run, next_due=next_due)

    def due_jobs(self) -> DueJobs:
        """The jobs that a node of a cluster runs only if one query says that they have something to do."""
        names = (self._send_name, self._inbox_name, self._follow_up_name, self.refetch_name)
        return DueJobs(frozenset(names), self._find_due_jobs)

    def _find_due_jobs(self) -> tuple[str, ...]:
        now = self._clock()
        due = find_due_work(self._database, self.account, now, self.follow_up.distinguishes_since(now))
        checks_inbox = self.inbox is not None and (due.message or self.inbox.is_check_due())
        return tuple(
            name
            for name, is_due in (
                (self._send_name, due.reply),
                (self._inbox_name, checks_inbox),
                (self._follow_up_name, due.follow_up),
                (self.refetch_name, due.refetch),
            )
            if is_due
        )


def _create_outbox(
    platform: Platform,
    messaging: Messaging | None,
    parts: AccountParts,
    before_request: Callable[[], None] | None,
) -> ReplyOutbox:
    rules_for = parts.inbox_services.rule_resolver.rules_for

    def must_distinguish(community: str) -> bool:
        rules = rules_for(community)
        return rules.distinguished or rules.sticky

    return ReplyOutbox(
        platform,
        messaging=messaging,
        replies=OutgoingReplies(
            parts.database,
            first_check=parts.tuning.check_times[0],
            must_distinguish=must_distinguish,
        ),
        queue=parts.queue,
        accounts=parts.accounts,
        muted_communities=parts.muted_communities,
        created_at=parts.database.created_at(),
        check_post=parts.inbox_services.check_post,
        clock=parts.clock,
        timing=parts.send_timing,
        max_per_day=lambda community: rules_for(community).max_per_day,
        before_request=before_request,
    )


def _create_poller(platform: Platform, parts: AccountParts) -> Poller:
    return Poller(
        platform,
        parts.sources(platform.account),
        queue=parts.queue,
        accounts=parts.accounts,
        clock=parts.clock,
        max_age=lambda source: parts.inbox_services.max_age(source.community),
        interval=parts.poll_interval,
    )


def _create_inbox(
    platform: Platform,
    messaging: Messaging,
    parts: AccountParts,
    before_request: Callable[[], None] | None,
) -> Inbox:
    watched = {source.community for source in parts.sources(platform.account)}
    factory = InboxFactory(parts.database, parts.config.inbox, parts.accounts, parts.clock, parts.send_timing)
    handler = parts.inbox_services.create_handler(parts.services)
    return factory.create(platform, messaging, handler, watched, parts.tuning.poll_interval)


def _create_follow_up(platform: Platform, parts: AccountParts) -> FollowUp:
    return FollowUp(
        platform,
        parts.inbox_services.sent_replies,
        parts.inbox_services.rule_resolver.rules_for,
        lambda post, rules: compose_reply(post, rules, parts.services),
        parts.clock,
        parts.tuning.check_times,
        policy.before_send,
    )
