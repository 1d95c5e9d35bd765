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
from bot.core.poll_interval import Rhythm
from bot.core.time_limit import Pass
from bot.daemon.factories import make_fetcher, make_platforms, make_worker
from bot.daemon.housekeeping import forget_authors, forget_vanished, keep_a_copy, keep_house
from bot.daemon.jobs import care, mail, read_pages, send, work
from bot.daemon.poller import Poller
from bot.daemon.scheduler import Job
from bot.daemon.tuning import PRODUCTION, Terms
from bot.inbox.inbox import Mailbox
from bot.inbox.inbox_factory import Making
from bot.inbox.services import People
from bot.operations.health import Health
from bot.operations.log import hide
from bot.outbox.deletion_follower import Follower
from bot.outbox.follow_up import Aftercare
from bot.outbox.reply_outbox import Outbox, Timing
from bot.pipeline.process import Services, compose
from bot.pipeline.single_flight import Reading
from bot.platforms.base import Correspondence, Platform
from bot.store import (
    Accounts,
    Database,
    Drafts,
    Letters,
    Messages,
    Mutes,
    Queue,
    Standing,
    Voices,
    only_daemon,
)

log = structlog.get_logger(__name__)

WAKE = timedelta(seconds=1)
"""How often the queue and the outbox are looked at; one indexed query each."""
PAGES = timedelta(seconds=60)
"""How often it is seen whether the time of a rules page has come."""
LETTERS_KEPT = timedelta(days=30)
"""How long messages for the operator are kept."""
CARE = timedelta(seconds=5)
"""How often replies that stand there are looked at, three indexed queries."""


class App:
    """Everything that runs, made from one config; closed in the opposite order."""

    def __init__(
        self,
        config: Config,
        terms: Terms = PRODUCTION,
        *,
        database: Path | None = None,
        wrap: Callable[[Platform], Platform] = lambda platform: platform,
    ) -> None:
        """`database` replaces the config's; `wrap` may put something between the outbox and a platform.

        Raises `bot.core.errors.StoreError` when the database cannot be used.
        """
        self.config = config
        self.terms = terms
        self.health = Health(terms.clock)
        hide(config.secrets())
        self._open = ExitStack()
        with ExitStack() as opening:
            path = database or config.bot.database
            opening.enter_context(only_daemon(path))
            self.database = Database(path, terms.clock())
            opening.callback(self.database.close)
            self.queue = Queue(self.database)
            self.accounts = Accounts(self.database)
            self.mutes = Mutes(self.database)
            self.voices = Voices(self.database)
            self.platforms = [wrap(each) for each in make_platforms(config, self.accounts, terms)]
            for platform in self.platforms:
                opening.callback(platform.close)
            self.fetcher = make_fetcher(config, terms)
            opening.callback(self.fetcher.close)
            self.worker = make_worker(config)
            opening.callback(self.worker.close)
            # The processes take a second or two to come up, and the first poll need not wait for them.
            self._warming = threading.Thread(target=self.worker.start, name="warm-up", daemon=True)
            self._warming.start()
            opening.callback(self._warming.join)
            self.threads = ThreadPoolExecutor(config.fetch.at_once, thread_name_prefix="work")
            opening.callback(self.threads.shutdown, wait=False, cancel_futures=True)
            self._open = opening.pop_all()
        self._assemble()
        self._recover()

    def _assemble(self) -> None:
        config, clock = self.config, self.terms.clock
        self.timing = self.terms.timing or Timing(settle=config.send.settle, read_gap=config.send.read_gap)
        every = self.terms.poll_every
        self.rhythm = Rhythm(every or config.poll.interval, every or config.poll.quiet_interval)
        read = config.inbox.read
        self.speakers = {each.account: each.correspondence() if read else None for each in self.platforms}
        self.people = People.of(config, self.database, self.platforms, self.speakers, clock)
        self.services = self._services()
        self.outboxes = [self._outbox(platform) for platform in self.platforms]
        self.pollers = [self._poller(platform) for platform in self.platforms]
        following = self.platforms if config.send.follow_deletions else []
        self.followers = [Follower(platform, Standing(self.database), clock) for platform in following]
        self.mailboxes = [
            self._mailbox(platform, speaker)
            for platform in self.platforms
            if (speaker := self.speakers[platform.account]) is not None
        ]
        self.aftercare = [self._aftercare(platform) for platform in self.platforms]
        self.page_reader = self.people.page_reader(self.services, self.terms.pages_every)

    def _services(self) -> Services:
        named = self.people.platforms
        reading = Reading(self.fetcher.fetch, self.worker.digest)
        return Services(
            queue=self.queue,
            mutes=self.mutes,
            fetch=reading.fetch,
            digest=reading.digest,
            rules_for=self.people.book.rules_for,
            dialect_of=lambda account: named[account].dialect,
            source_url=self.config.bot.source_url,
            clock=self.terms.clock,
            retries=self.terms.retries,
            reread=lambda post: named[post.account].reread(post.id),
            unwelcome=self.people.unwelcome,
            links=self.people.links,
        )

    def _outbox(self, platform: Platform) -> Outbox:
        return Outbox(
            platform,
            correspondence=self.speakers[platform.account],
            drafts=Drafts(self.database),
            queue=self.queue,
            accounts=self.accounts,
            mutes=self.mutes,
            created_at=self.database.created_at(),
            still_wanted=self.people.still_wanted,
            clock=self.terms.clock,
            timing=self.timing,
        )

    def _poller(self, platform: Platform) -> Poller:
        return Poller(
            platform,
            tuple(source for source in self.config.sources() if source.account == platform.account),
            queue=self.queue,
            accounts=self.accounts,
            clock=self.terms.clock,
            max_age=lambda source: self.people.max_age(source.community),
            rhythm=self.rhythm,
        )

    def _mailbox(self, platform: Platform, speaker: Correspondence) -> Mailbox:
        watched = {source.community for source in self.config.sources() if source.account == platform.account}
        made = Making(self.database, self.config.inbox, self.accounts, self.terms.clock, self.timing)
        desk = self.people.desk(self.services)
        return made.mailbox(platform, speaker, desk, watched, self.terms.poll_every)

    def _aftercare(self, platform: Platform) -> Aftercare:
        return Aftercare(
            platform,
            self.people.replies,
            self.people.book.rules_for,
            lambda post, rules: compose(post, rules, self.services),
            self.terms.clock,
            self.terms.looks,
        )

    def _recover(self) -> None:
        """What an earlier process left in the middle: work begins anew, unclear replies settle from now."""
        self.queue.give_back()
        self.clock_was_set(timedelta(0))
        settled = self.terms.clock() + self.timing.settle
        unclear = Drafts(self.database).unsettled(settled) + Letters(self.database).unsettled(settled)
        if unclear:
            log.warning("replies were under way when Precis last ended; they are read back", count=unclear)

    def clock_was_set(self, by: timedelta) -> None:
        """Move what waits with a clock that jumped; none waits until a time that was a mistake."""
        now = self.terms.clock()
        moved = self.queue.move_with_clock(by, now)
        if self.database.created_at() > now:
            self.database.stamp_creation(now)
        if moved:
            log.warning("posts waited for a time that the clock no longer reaches soon", count=moved)

    def jobs(self) -> tuple[Job, ...]:
        cares = tuple(f"care {each.platform.account}" for each in self.aftercare)
        sends = {outbox.account: f"send {outbox.account}" for outbox in self.outboxes}
        return (
            *(
                Job(f"poll {each.account}", self.rhythm.tick, 120, each.run, wakes=("work",))
                for each in self.pollers
            ),
            Job("work", WAKE, 300, self.work, wakes=tuple(sends.values())),
            *(
                Job(sends[each.account], WAKE, 120, lambda limit, each=each: send(each, limit))  # type: ignore[misc]
                for each in self.outboxes
            ),
            *(
                Job(f"mail {each.account}", WAKE, 120, partial(mail, each), wakes=("work", *cares))
                for each in self.mailboxes
            ),
            *(
                Job(f"care {each.platform.account}", CARE, 120, partial(care, each))
                for each in self.aftercare
            ),
            Job("read pages", PAGES, 120, self.read_pages),
            Job("keep house", timedelta(hours=1), 60, self.keep_house),
        )

    def work(self, limit: Pass) -> int:
        return work(self.threads, self.config.fetch.at_once, self.services, limit)

    def read_pages(self, limit: Pass) -> None:
        """Only where somebody can be told what is wrong on them."""
        if any(self.speakers.values()):
            read_pages(self.page_reader, self.people.places(), limit)

    def keep_house(self, limit: Pass) -> None:
        keep_a_copy(self.database.path, self.terms.clock())
        keep_house(self.queue, self.terms.clock, self.config.keep.posts)
        self.voices.forget(self.terms.clock() - LETTERS_KEPT)
        forget_authors(Messages(self.database), self.terms.clock())
        for platform in self.platforms:
            if not limit.over():
                forget_vanished(platform, self.queue, self.terms.clock())
        for follower in self.followers:
            follower.run(limit)

    def one_pass(self, limit: Pass) -> None:
        """Poll, work and send once, for `precis run --once`."""
        for poller in self.pollers:
            poller.run(limit)
        for mailbox in self.mailboxes:
            mail(mailbox, limit)
        self.work(limit)
        for outbox in self.outboxes:
            send(outbox, limit)
        for mailbox in self.mailboxes:
            mail(mailbox, limit)
        for each in self.aftercare:
            care(each, limit)
        self.read_pages(limit)

    def interrupt(self) -> None:
        """Make what is under way end soon; it is given back."""
        self.fetcher.stop()
        self._warming.join()  # a pool cannot be stopped while it starts
        self.worker.close()

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
