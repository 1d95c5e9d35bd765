"""A chat server on loopback receives each kind of notice once when it begins and once when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from structlog.testing import capture_logs

from bot.config import Config
from bot.core.errors import StoreError
from bot.core.models import Comment, PollResult, Reply, Source
from bot.notices import conditions, factory
from bot.notices.background_sender import FIRST_PAUSE, BackgroundSender
from bot.notices.condition_kinds import Condition, ConditionKind
from bot.notices.factory import make_notifier, make_targets
from bot.notices.messages import Message
from bot.notices.notifier import Notifier
from bot.notices.software_versions import is_major_update
from bot.operations import log as log_settings
from bot.operations.disk_space import DiskSpace
from bot.operations.health import Health
from bot.operations.redaction import add_secrets, redact_secrets
from bot.sandbox.loopback_server import Disconnect, Response
from bot.store import (
    Accounts,
    Database,
    MutedCommunities,
    MutedCommunity,
    OutgoingReplies,
    PostQueue,
    SentReplies,
)
from bot.store.condition_states import ConditionState, ConditionStates
from bot.store.manual_actions import unmute
from tests.conftest import START, Clock, a_post
from tests.notices.conftest import WriteConfig
from tests.notices.hook import Hook

SOURCE = Source("main", "news@lemmy.example")
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)
DISK = Condition(ConditionKind.DISK, "", "The disk", "The disk is nearly full.")


class Seconds:
    """A monotonic clock that follows the test's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self) -> float:
        return (self._clock() - START).total_seconds()


def config_for(write: WriteConfig, hook: Hook, form: str = "json") -> Config:
    return write(f'[notify.ops]\nurl = "{hook.url}"\nform = "{form}"\n')


def run(notifier: Notifier, clock: Clock, minutes: int = 0) -> None:
    """Run as the daemon does, but every five minutes, until `minutes` later."""
    for _ in range(minutes // 5 + 1):
        notifier.run()
        notifier.wait(10)
        clock.advance(300 if minutes else 0)


def sent_reply(database: Database, clock: Clock) -> int:
    """A reply that was sent; its row."""
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult((a_post(1, account="main"),), "c"), clock())
    (claimed,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(claimed.row, REPLY, clock(), clock())
    replies = OutgoingReplies(database)
    replies.mark_sending(claimed.row, clock(), clock())
    replies.mark_sent(claimed.row, Comment("9", "1", "https://lemmy.example/comment/9", clock()), clock())
    return claimed.row


class Daemon:
    """The parts of a daemon in which every kind of condition can be caused and ended."""

    def __init__(self, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database, self.clock = database, clock
        self.health = Health(clock, Seconds(clock))
        self.health.register("send main", timedelta(days=30), timedelta(seconds=60))
        self.space = DiskSpace(10**10, has_free_inodes=True)
        monkeypatch.setattr(conditions, "disk_space", lambda path: self.space)
        self.reply = sent_reply(database, clock)

    def begin(self, kind: ConditionKind) -> None:
        BEGIN[kind](self, self.clock())

    def end(self, kind: ConditionKind) -> None:
        END[kind](self, self.clock())

    def run_job(self, error: str | None = None) -> None:
        self.health.started("send main")
        self.health.finished("send main", error)

    def hang(self) -> None:
        self.health.started("send main")
        self.clock.advance(181)

    def fail_to_delete(self, now: datetime) -> None:
        replies = SentReplies(self.database)
        replies.withdraw(self.reply, now, "The poster asked for it.")
        replies.record_failed_deletion(self.reply, now + timedelta(days=9), "the server answers 502")

    def leave_a_post(self, now: datetime) -> None:
        found = PollResult((a_post(2, account="main"),), "c")
        PostQueue(self.database).discover(SOURCE, found, now - timedelta(hours=3))

    def update_server(self, now: datetime) -> None:
        for version in ("Lemmy 0.19.5", "Lemmy 1.0.0"):
            Accounts(self.database).record_software("main", version, now, is_major=is_major_update)

    def fill_disk(self, free_bytes: int) -> None:
        self.space = DiskSpace(free_bytes, has_free_inodes=True)


MUTED = MutedCommunity("main", "news@lemmy.example", "The bot is banned.", START)
Action = Callable[[Daemon, datetime], object]
BEGIN: dict[ConditionKind, Action] = {
    ConditionKind.ACCOUNT: lambda it, now: Accounts(it.database).set_error("main", "Locked out.", now),
    ConditionKind.BAN: lambda it, now: MutedCommunities(it.database).add(MUTED),
    ConditionKind.POLLS: lambda it, now: PostQueue(it.database).record_poll_error(SOURCE, "502"),
    ConditionKind.JOB_STUCK: lambda it, now: it.hang(),
    ConditionKind.JOB_FAILING: lambda it, now: it.run_job("ValueError: x"),
    ConditionKind.DISK: lambda it, now: it.fill_disk(10**8),
    ConditionKind.DELETIONS: Daemon.fail_to_delete,
    ConditionKind.BACKLOG: Daemon.leave_a_post,
    ConditionKind.SERVER_UPDATE: Daemon.update_server,
}
END: dict[ConditionKind, Action] = {
    ConditionKind.ACCOUNT: lambda it, now: Accounts(it.database).set_error("main", None, now),
    ConditionKind.BAN: lambda it, now: unmute(it.database, "news@lemmy.example", now),
    ConditionKind.POLLS: lambda it, now: PostQueue(it.database).discover(SOURCE, PollResult((), "d"), now),
    ConditionKind.JOB_STUCK: lambda it, now: it.run_job(),
    ConditionKind.JOB_FAILING: lambda it, now: it.run_job(),
    ConditionKind.DISK: lambda it, now: it.fill_disk(10**10),
    ConditionKind.DELETIONS: lambda it, now: SentReplies(it.database).mark_deleted(it.reply, now),
    ConditionKind.BACKLOG: lambda it, now: PostQueue(it.database).mark_dead(2, "gave up", now),
    ConditionKind.SERVER_UPDATE: lambda it, now: it.clock.advance(4 * 86400),
}


def test_every_kind_is_here() -> None:
    """The others have their own tests: `precis status` without a daemon, failing databases, and nodes."""
    others = {ConditionKind.NO_POLLS, ConditionKind.DATABASE, ConditionKind.NODE, ConditionKind.NO_LEADER}
    assert set(ConditionKind) - BEGIN.keys() == others


@pytest.mark.parametrize("kind", BEGIN)
def test_each_kind_is_sent_once_and_once_when_it_is_over(
    kind: ConditionKind,
    database: Database,
    clock: Clock,
    hook: Hook,
    config_with: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    daemon = Daemon(database, clock, monkeypatch)
    notifier = make_notifier(config_for(config_with, hook), database, daemon.health, clock)
    run(notifier, clock, 5)
    assert hook.lines() == []
    daemon.begin(kind)
    run(notifier, clock, 65)
    assert hook.lines() == [("begin", kind.value)]
    daemon.end(kind)
    run(notifier, clock, 30)
    over = [] if kind is ConditionKind.SERVER_UPDATE else [("over", kind.value)]
    assert hook.lines() == [("begin", kind.value), *over]


def test_a_restart_repeats_nothing(
    database: Database,
    clock: Clock,
    hook: Hook,
    config_with: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    daemon, config = Daemon(database, clock, monkeypatch), config_for(config_with, hook)
    daemon.begin(ConditionKind.BAN)
    daemon.begin(ConditionKind.DISK)
    for _ in range(3):
        run(make_notifier(config, database, Health(clock), clock), clock, 3)
    assert sorted(hook.lines()) == [("begin", "ban"), ("begin", "disk")]
    assert len(hook.requests) == 1
    daemon.end(ConditionKind.DISK)
    for _ in range(3):
        run(make_notifier(config, database, Health(clock), clock), clock, 10)
    assert hook.lines()[2:] == [("over", "disk")]


def notifier_of(
    found: list[Condition],
    config: Config,
    database: Database,
    clock: Clock,
    store: ConditionStates | None = None,
) -> Notifier:
    """A notifier that finds what is in `found`."""
    senders: dict[str, BackgroundSender[Message]] = {
        name: BackgroundSender("notices", send, to=name, monotonic=Seconds(clock))
        for name, send in make_targets(config).items()
    }
    return Notifier(lambda now: tuple(found), store or ConditionStates(database), senders, clock)


@pytest.mark.parametrize(
    "answer", [Response(500), Response(404, b"no such hook"), Disconnect(), Response(302)]
)
def test_a_server_that_fails_gets_it_later_and_the_log_has_two_lines(
    answer: Response | Disconnect, database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    notifier = notifier_of([DISK], config_for(config_with, hook), database, clock)
    hook.answer = answer
    with capture_logs() as lines:
        for _ in range(20):
            run(notifier, clock)
            clock.advance(FIRST_PAUSE)
        failed = len(hook.requests)
        assert 3 <= failed <= 6, "the pause grows"
        hook.answer = Response(200)
        run(notifier, clock, 40)
    assert len(hook.requests) == failed + 1
    events = [(line["event"], line["what"], line["to"]) for line in lines if "what" in line]
    assert events == [("cannot be sent for now", "notices", "ops"), ("can be sent again", "notices", "ops")]


@pytest.mark.parametrize(
    "answer", [Response(403, b"invalid token secret-part in /services/T000/secret-part"), Disconnect()]
)
def test_the_address_is_in_no_log(
    answer: Response | Disconnect, database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    out = StringIO()
    log_settings.configure_logging("debug", "json", out)
    hook.answer = answer
    run(notifier_of([DISK], config_for(config_with, hook), database, clock), clock)
    assert "cannot be sent" in out.getvalue()
    assert "secret-part" not in out.getvalue()
    assert "T000" not in out.getvalue()


def test_the_address_is_redacted_wherever_it_appears(hook: Hook, config_with: WriteConfig) -> None:
    config = config_for(config_with, hook)
    add_secrets(config.secrets())
    assert "secret-part" not in redact_secrets(f"POST {hook.url} failed")


def test_a_slow_server_does_not_hold_up_the_daemon(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    notifier = notifier_of([DISK], config_for(config_with, hook), database, clock)
    hook.may_answer.clear()
    notifier.run()
    assert hook.asked.wait(10)
    notifier.run()
    assert ConditionStates(database).load()[DISK.key].told == frozenset()
    hook.may_answer.set()
    notifier.wait(10)
    notifier.run()
    assert ConditionStates(database).load()[DISK.key].told == {"ops"}
    assert len(hook.requests) == 1


def test_a_server_that_never_finishes_its_answer_is_logged_once(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    notifier = notifier_of([DISK], config_for(config_with, hook), database, clock)
    hook.may_answer.clear()
    with capture_logs() as lines:
        for _ in range(5):
            notifier.run()
            clock.advance(31)
        hook.may_answer.set()
        notifier.wait(10)
    assert [line["event"] for line in lines] == ["cannot be sent for now", "can be sent again"]
    assert len(hook.requests) == 1


def test_a_token_is_sent_in_the_header(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    config = config_with(f'[notify.ops]\nurl = "{hook.url}"\nform = "ntfy"\ntoken = "tk_123456"\n')
    run(notifier_of([DISK], config, database, clock), clock)
    (request,) = hook.requests
    assert request.headers["authorization"] == "Bearer tk_123456"
    assert request.headers["user-agent"].startswith("Precis/")
    assert request.body.decode() == "Problem: The disk: The disk is nearly full."


class FullDisk(ConditionStates):
    """A store that cannot be written while it is `full`."""

    full = True

    def save(self, changed: Iterable[ConditionState], removed: Iterable[str]) -> None:
        if self.full:
            raise StoreError("The disk is full.", "Make room.")
        super().save(changed, removed)


def test_a_database_that_cannot_be_written_is_told_once_and_once_when_it_is_over(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    store = FullDisk(database)
    found = [Condition(ConditionKind.DATABASE, "", "The database", "The disk is full.")]
    notifier = notifier_of(found, config_for(config_with, hook), database, clock, store)
    run(notifier, clock, 30)
    assert hook.lines() == [("begin", "database")]
    assert store.load() == {}
    found.clear()
    store.full = False
    run(notifier, clock, 30)
    assert hook.lines() == [("begin", "database"), ("over", "database")]


def test_a_database_that_cannot_be_read_is_told_and_ends_nothing(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    answers: list[tuple[Condition, ...] | StoreError] = [(DISK,)]

    def find(now: object) -> tuple[Condition, ...]:
        if isinstance(answers[-1], StoreError):
            raise answers[-1]
        return answers[-1]

    config = config_for(config_with, hook)
    senders = {name: BackgroundSender("notices", send) for name, send in make_targets(config).items()}
    notifier = Notifier(find, ConditionStates(database), senders, clock)
    run(notifier, clock)
    answers.append(StoreError("The database is damaged.", "Restore it."))
    run(notifier, clock, 30)
    answers.append((DISK,))
    run(notifier, clock, 30)
    assert hook.lines() == [("begin", "disk"), ("begin", "database"), ("over", "database")]


def test_without_targets_nothing_is_stored(
    database: Database, clock: Clock, config_with: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(database, clock, monkeypatch)
    daemon.begin(ConditionKind.BAN)
    run(make_notifier(config_with(), database, daemon.health, clock), clock)
    assert ConditionStates(database).load() == {}


def test_a_description_of_a_target_has_no_secrets(hook: Hook, config_with: WriteConfig) -> None:
    config = config_for(config_with, hook, "slack")
    assert factory.description_of(config.notify["ops"]) == f"slack, {hook.url.split('/')[2]}"
