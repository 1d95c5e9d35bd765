"""The composition root: a config in, running objects out; the only place that picks implementations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import structlog

from bot.aftercare import LOOKS, Aftercare
from bot.config import Config
from bot.confinement import Offer, offered
from bot.errors import ConfigError, StoreError, UserError
from bot.fetch import Fetcher, FetchSettings, user_agent
from bot.health import Health
from bot.jobs import (
    Follower,
    Pass,
    Poller,
    Rhythm,
    care,
    forget_authors,
    forget_vanished,
    keep_a_copy,
    keep_house,
    mail,
    read_pages,
    send,
    work,
)
from bot.log import hide
from bot.mailbox import Mailbox, Making
from bot.notify import SILENT, Notifier
from bot.outbox import Outbox, Timing
from bot.people import People, make_book
from bot.pipeline import Services, compose
from bot.platforms import factory
from bot.platforms.base import Correspondence, Paced, Platform
from bot.platforms.pace import Pace
from bot.platforms.profile import Profile, biography
from bot.reading import Reading
from bot.scheduler import Job, Scheduler, Signals
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
from bot.watch import EVERY, Watch
from bot.worker import Limits, Worker

if TYPE_CHECKING:
    from bot.web.parts import Parts

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """What no operator can set: the sandbox is more hurried than the world, and lets itself be fetched."""

    retries: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
    )
    allow_local: frozenset[str] = frozenset()
    """`127.0.0.1:PORT` pairs that pages may be fetched from."""
    connections: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """What adapters of a kind are made with besides: where Reddit stands is no setting, for a settings
    file that names another host would send it the password."""
    touches_accounts: bool = True
    """Whether settings of accounts may be changed at all, however much the config allows."""
    poll_every: timedelta | None = None
    timing: Timing | None = None
    looks: tuple[timedelta, ...] = LOOKS
    """How long after they were sent replies are looked at again."""
    pages_every: timedelta = timedelta(hours=1)
    """Between two looks at a community's rules page."""
    clock: Callable[[], datetime] = utc_now


PRODUCTION = Terms()
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

        Raises `bot.errors.StoreError` when the database cannot be used.
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


def serve(
    config: Config,
    signals: Signals,
    reload: Callable[[], Config],
    make_app: Callable[[Config], App],
    notifier: Notifier = SILENT,
) -> bool:
    """Run the daemon until it is told to stop; True when everything in hand came to its end.

    At SIGHUP the config is read again; with a mistake in it, the daemon goes on as before.
    """
    made: App | None = make_app(config)
    while made is not None:
        with made as app, pages(app), announced(app, notifier):
            scheduler = Scheduler(app.jobs(), app.terms.clock, app.health)
            scheduler.start()
            log.info("running", accounts=len(app.platforms), sources=len(config.sources()))
            watch = Watch(app.health, scheduler, app.clock_was_set, clock=app.terms.clock)
            fresh = _until_told(signals, reload, config, watch)
            notifier.stopping() if fresh is None else notifier.reloading()
            finished = scheduler.stop(app.interrupt)
        if fresh is None:
            log.info("stopped", finished=finished)
            return finished
        if fresh is not config:
            log.info("the new config holds")
        config = fresh
        made = _made_anew(make_app, config, signals)
    return True


@contextmanager
def pages(app: App) -> Iterator[None]:
    """Serve the operator's pages in this block, where the config says so; the daemon lives without them."""
    if not app.config.web.enabled:
        yield
        return
    from bot.web.server import Server  # nobody pays for what is switched off

    server = Server(make_parts(app.config, app.database, app.fetcher, app.worker, app.terms, app.health))
    try:
        server.start()
        log.info("pages", at=server.url)
    except UserError as error:
        log.error(error.message, do=error.remedy)
    try:
        yield
    finally:
        server.stop()


@contextmanager
def announced(app: App, notifier: Notifier) -> Iterator[None]:
    """Tell the service manager that the daemon is ready, and in this block that it is well, while it is."""
    notifier.ready(f"accounts: {len(app.platforms)}, sources: {len(app.config.sources())}")
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(notifier.every):
            troubles = app.health.troubles()
            notifier.ailing(" ".join(troubles)) if troubles else notifier.alive()

    beating = threading.Thread(target=beat, name="watchdog", daemon=True)
    if notifier.every:
        beating.start()
    try:
        yield
    finally:
        ended.set()
        if notifier.every:
            beating.join(5)


def make_parts(
    config: Config,
    database: Database,
    fetcher: Fetcher,
    worker: Worker,
    terms: Terms = PRODUCTION,
    health: Health | None = None,
) -> Parts:
    """What the pages show and use."""
    from bot.web.parts import Parts

    return Parts(
        config=config,
        database=database,
        clock=terms.clock,
        fetch=fetcher.fetch,
        digest=worker.digest,
        held=make_book(config, database).held,
        health=health,
    )


def _made_anew(make_app: Callable[[Config], App], config: Config, signals: Signals) -> App | None:
    """The parts once more, as soon as the database lets itself be opened; None when told to stop before."""
    while not signals.stop.is_set():
        try:
            return make_app(config)
        except StoreError as error:
            log.error("cannot go on yet", error=error.message, do=error.remedy)
        signals.stop.wait(EVERY)
    return None


def _until_told(
    signals: Signals, reload: Callable[[], Config], config: Config, watch: Watch
) -> Config | None:
    """Wait for a signal: a config to run on (the same when the parts have to start anew), None to stop."""
    while True:
        if not signals.any.wait(EVERY):
            if not watch.look():
                return config
            continue
        signals.any.clear()
        if signals.stop.is_set():
            return None
        if signals.reload.is_set():
            signals.reload.clear()
            try:
                return reload()
            except ConfigError as error:
                log.error("the new config has mistakes; the old one still holds", problems=str(error))


def make_platforms(config: Config, accounts: Accounts, terms: Terms) -> list[Platform]:
    """One for each account; those on one server share the limits that it has for this address."""
    made: list[Platform] = []
    paces: dict[tuple[str, object], Pace] = {}
    for kind, name, account in config.accounts():
        settings = {**account.connection(), **_profile(config, account.may_set_up(), terms)}
        server = (kind, settings.get("base_url"))
        if server in paces:
            settings["pace"] = paces[server]
        settings.update(terms.connections.get(kind, {}))
        platform = factory(kind)(
            account=name,
            vault=accounts,
            user_agent=user_agent(config.bot.owner),
            clock=terms.clock,
            **settings,
        )
        if isinstance(platform, Paced):
            paces[server] = platform.pace
        made.append(platform)
    return made


def _profile(config: Config, consent: bool | None, terms: Terms) -> dict[str, object]:
    """What an account has to look like, for platforms where it can be told to."""
    if consent is None:
        return {}
    if not terms.touches_accounts:
        return {"own_vote": True}
    return {"profile": Profile(biography(config.bot.owner, config.bot.source_url), consent)}


def make_fetcher(config: Config, terms: Terms = PRODUCTION) -> Fetcher:
    settings = config.fetch
    return Fetcher(
        FetchSettings(
            user_agent=user_agent(config.bot.owner),
            timeout=settings.timeout.total_seconds(),
            robots=settings.robots,
            host_delay=settings.host_delay.total_seconds(),
            max_at_once=settings.at_once,
            allow_local=terms.allow_local,
        )
    )


def make_worker(config: Config) -> Worker:
    workers = config.workers
    if (offer := offered()) != Offer(files=True, calls=True):
        log.warning("workers cannot be confined fully", why=offer.sentence)
    return Worker(Limits(workers.processes, workers.timeout, workers.memory_mb, workers.recycle))
