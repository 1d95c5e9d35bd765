"""The real daemon as a process over the sandbox: signals, restarts, `run --once`, dry runs."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.cli.run import DRY_RUN_EVENTS, make_app, rename_events
from bot.config import load
from bot.core.errors import StoreError
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.operations import log
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy import Post
from bot.sandbox.server_software import LEMMY_VERSIONS, ServerSoftware
from bot.store import Database, ProcessMarks, ReportSubscription, ReportSubscriptions, State
from bot.store.backups import list_backups
from bot.store.daemon_lock import daemon_lock
from tests.preloaded import use_real_daemons
from tests.quick_daemon import QUICK_DAEMON

TIMEOUT = 60.0


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxEnvironment]:
    with SandboxEnvironment(tmp_path / "daemon") as made:
        yield made


@dataclass
class RunningDaemon:
    """A daemon that several tests share; each leaves it unchanged."""

    sandbox: SandboxEnvironment
    process: subprocess.Popen[bytes]

    def until(self, done: Callable[[], bool]) -> None:
        until(done, self.process, self.sandbox)

    def reload(self, change: Callable[[str], str], answer: str) -> None:
        """Send SIGHUP with a changed config, and wait until `answer` is in the log once more."""
        before = self.sandbox.log_path.read_text().count(answer)
        self.sandbox.config_path.write_text(change(self.sandbox.config_path.read_text()))
        self.process.send_signal(signal.SIGHUP)
        self.until(lambda: self.sandbox.log_path.read_text().count(answer) > before)

    def reply(self) -> str:
        """The reply to a new post."""
        count = len(self.sandbox.lemmy.state.all_comments())
        add_post(self.sandbox, self.sandbox.article_urls()[count])
        self.until(lambda: len(self.sandbox.lemmy.state.comments()) == count + 1)
        return self.sandbox.lemmy.state.comments()[-1].content


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    with SandboxEnvironment(tmp_path_factory.mktemp("living") / "daemon") as sandbox:
        process = sandbox.start_daemon()
        until(lambda: logged(sandbox, "running"), process, sandbox)
        yield RunningDaemon(sandbox, process)
        assert stop_daemon(process) == 0


def until(done: Callable[[], bool], daemon: subprocess.Popen[bytes], sandbox: SandboxEnvironment) -> None:
    """Wait until the daemon has done something."""
    began = time.monotonic()
    while not done():
        assert daemon.poll() is None, sandbox.log_path.read_text()[-2000:]
        assert time.monotonic() - began < TIMEOUT, sandbox.log_path.read_text()[-2000:]
        with pytest.raises(subprocess.TimeoutExpired):
            daemon.wait(0.05)


def add_post(sandbox: SandboxEnvironment, url: str) -> Post:
    return sandbox.lemmy.state.add_post(sandbox.communities[0], sandbox.alice, "A post", url)


def logged(sandbox: SandboxEnvironment, words: str) -> bool:
    return words in sandbox.log_path.read_text()


def test_sigterm_during_a_slow_fetch_stops_soon_and_loses_nothing(sandbox: SandboxEnvironment) -> None:
    drip = next(story.path for story in sandbox.site.stories if "drip" in story.path)
    add_post(sandbox, sandbox.site.url + drip)
    daemon = sandbox.start_daemon(module=QUICK_DAEMON)
    until(lambda: sandbox.site.request_counts.get(drip, 0) > 0, daemon, sandbox)
    began = time.monotonic()
    assert stop_daemon(daemon) == 0
    assert time.monotonic() - began < 10
    (post,) = sandbox.post_reports()
    assert (post.state, post.attempts) == (State.DISCOVERED, 0)
    again = sandbox.start_daemon(module=QUICK_DAEMON)
    until(lambda: sandbox.site.request_counts.get(drip, 0) > 1, again, sandbox)
    stop_daemon(again)


def test_sighup_with_a_broken_config_keeps_the_old_one(running: RunningDaemon) -> None:
    good = running.sandbox.config_path.read_text()
    running.reload(
        lambda text: text.replace("[rules]", '[rules]\nsentences = "many"'), "the old one stays in effect"
    )
    running.sandbox.config_path.write_text(good)
    assert re.search(r"config\.toml:\d+: .*sentences", running.sandbox.log_path.read_text())
    assert running.reply()


def test_sighup_with_a_good_config_applies_it_without_a_restart(running: RunningDaemon) -> None:
    running.reload(
        lambda text: text.replace("[rules]", "[rules]\nsentences = 1"), "the new config is in effect"
    )
    assert len(sentences(running.reply())) == 1
    running.reload(lambda text: text.replace("sentences = 1\n", ""), "the new config is in effect")
    assert len(sentences(running.reply())) > 1


def sentences(reply: str) -> list[str]:
    return reply.split("\n\n---\n\n")[0].split("\n\n")


def test_an_upgrade_of_lemmy_during_a_run_loses_and_duplicates_nothing(
    sandbox: SandboxEnvironment,
) -> None:
    links = sandbox.article_urls()
    for link in links[:5]:
        add_post(sandbox, link)
    sandbox.lemmy.faults.plan(None, Fault.STORE_THEN_DROP)
    daemon = sandbox.start_daemon("--settle", "1.2", module=QUICK_DAEMON)
    until(lambda: len(sandbox.replies()) >= 2, daemon, sandbox)
    sandbox.lemmy.upgrade(LEMMY_VERSIONS[ServerSoftware.LEMMY_1_0])
    for link in links[5:8]:
        add_post(sandbox, link)
    until(lambda: sandbox.count_finished_posts() == 8, daemon, sandbox)
    assert stop_daemon(daemon) == 0
    assert Counter(reply.post_id for reply in sandbox.replies()) == Counter(map(str, range(1, 9)))
    assert {report.state for report in sandbox.post_reports()} == {State.SENT}
    assert [seen.path for seen in sandbox.lemmy.requests if seen.path.endswith("/comment")][
        -1
    ] == "/api/v4/comment"


def test_a_second_daemon_on_the_same_database_is_refused(running: RunningDaemon) -> None:
    second = running.sandbox.start_daemon()
    assert second.wait(TIMEOUT) != 0
    assert logged(running.sandbox, "Another precis daemon is already running")
    assert running.process.poll() is None


def test_no_worker_outlives_a_killed_daemon(sandbox: SandboxEnvironment) -> None:
    add_post(sandbox, sandbox.article_urls()[0])
    with use_real_daemons():
        daemon = sandbox.start_daemon()
    until(lambda: logged(sandbox, "reply written"), daemon, sandbox)
    children = set(_children(daemon.pid))
    assert children
    daemon.kill()
    daemon.wait()
    began = time.monotonic()
    while any(_alive(child) for child in children):
        assert time.monotonic() - began < 20, "processes were left behind"
        os.sched_yield()


def _children(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [grandchild for child in found for grandchild in _children(child)]


def _alive(pid: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_dry_run_prints_what_it_would_send_and_sends_nothing(
    sandbox: SandboxEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:

    add_post(sandbox, sandbox.article_urls()[0])
    sandbox.config_path.write_text(sandbox.config_path.read_text() + "set_up = true\nown_vote = false\n")
    sandbox.bot.bot_account = False
    terms = fast_tuning(frozenset({sandbox.site.url.removeprefix("http://")}), 0.0, None, None)
    scratch = sandbox.folder / "scratch"
    scratch.mkdir()
    app: App = make_app(load(sandbox.config_path, os.environ), terms, scratch)
    log.configure_logging("info", "json", extra_processors=(rename_events,))
    with app:
        app.run_once(TimeLimit.start(Event(), 60))
    printed, logged_lines = capsys.readouterr()
    events = [json.loads(line)["event"] for line in logged_lines.splitlines() if line.startswith("{")]
    assert "would reply" in events
    assert "replied" not in events
    assert "would reply under" in printed
    assert "I'm a bot and I'm open source!" in printed
    assert sandbox.lemmy.state.all_comments() == []
    assert not sandbox.database_path.exists()
    assert not sandbox.bot.bot_account


def test_a_dry_run_knows_every_event_that_says_that_something_was_sent() -> None:
    source = "".join(path.read_text() for path in (Path(__file__).parents[2] / "bot/outbox").rglob("*.py"))
    logged_events = set(re.findall(r'log\.info\("([^"]+)"', source))
    assert {event for event in logged_events if re.match("replied|edited|deleted", event)} == set(
        DRY_RUN_EVENTS
    )


def test_an_account_is_set_up_and_votes_are_removed_and_a_killed_run_is_reported(
    sandbox: SandboxEnvironment,
) -> None:
    add_post(sandbox, sandbox.article_urls()[0])
    sandbox.config_path.write_text(sandbox.config_path.read_text() + "set_up = true\nown_vote = false\n")
    sandbox.bot.bot_account = False
    terms = fast_tuning(frozenset({sandbox.site.url.removeprefix("http://")}), 0.0, None, None)
    started = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with closing(Database(sandbox.database_path, started)) as database:
        ProcessMarks(database).start(started)  # as a daemon leaves it that is killed
    with capture_logs() as said, App(load(sandbox.config_path, os.environ), terms) as app:
        app.run_once(TimeLimit.start(Event(), 60))
    assert [line["started"] for line in said if "did not stop by itself" in line["event"]] == [
        "2026-03-01T12:00:00+00:00"
    ]
    (reply,) = sandbox.lemmy.state.all_comments()
    assert not reply.author_upvoted
    assert sandbox.bot.bot_account
    assert "demo@localhost.invalid" in (sandbox.bot.bio or "")


def test_run_once_replies_to_what_is_there_and_ends(sandbox: SandboxEnvironment) -> None:

    add_post(sandbox, sandbox.article_urls()[0])
    terms = fast_tuning(frozenset({sandbox.site.url.removeprefix("http://")}), 0.0, None, None)
    for _ in range(2):
        with App(load(sandbox.config_path, os.environ), terms) as app:
            app.run_once(TimeLimit.start(Event(), 60))
    assert len(sandbox.lemmy.state.all_comments()) == 1


def test_posts_end_as_they_should_after_a_clock_that_was_behind_and_ahead(
    sandbox: SandboxEnvironment,
) -> None:
    tuning = fast_tuning(frozenset({sandbox.site.url.removeprefix("http://")}), 0.0, None, None)
    for number, hours in enumerate((-1, 24, 0)):
        add_post(sandbox, sandbox.article_urls()[number])
        wrong = replace(tuning, clock=lambda hours=hours: datetime.now(UTC) + timedelta(hours=hours))
        with App(load(sandbox.config_path, os.environ), wrong) as app:
            app.run_once(TimeLimit.start(Event(), 60))
        if hours:
            assert sandbox.lemmy.state.all_comments() == []
    replied = [reply.post.id for reply in sandbox.lemmy.state.all_comments()]
    assert sorted(replied) == sorted(sandbox.lemmy.state.posts)


def test_a_start_that_fails_releases_the_database(sandbox: SandboxEnvironment) -> None:
    Database(sandbox.database_path, datetime.now(UTC)).close()
    with closing(sqlite3.connect(sandbox.database_path)) as connection:
        connection.execute("DROP TABLE cursors")
    tuning = fast_tuning(frozenset(), 0.0, None, None)
    with pytest.raises(StoreError, match="damaged") as caught:
        App(load(sandbox.config_path, os.environ), tuning)
    with daemon_lock(sandbox.database_path):  # a restart in the same process can open it
        assert "precis restore" in caught.value.remedy


def test_run_once_does_the_housekeeping_once_a_day(sandbox: SandboxEnvironment) -> None:
    posts = [add_post(sandbox, url) for url in sandbox.article_urls()[:3]]
    config = sandbox.config_path.read_text()
    assert "[send]" not in config
    sandbox.config_path.write_text(f"{config}\n[send]\nfollow_deletions = true\n")
    tuning = fast_tuning(frozenset({sandbox.site.url.removeprefix("http://")}), 0.0, None, None)

    def run_once(hours: float) -> list[Path]:
        later = replace(tuning, clock=lambda: datetime.now(UTC) + timedelta(hours=hours))
        with App(load(sandbox.config_path, os.environ), later) as app:
            app.run_once(TimeLimit.start(Event(), 60))
        return list_backups(sandbox.database_path)

    assert len(run_once(0)) == 1
    replies = sandbox.lemmy.state.all_comments()
    assert len(replies) == 3
    for post in posts:
        post.deleted = True
    assert len(run_once(23)) == 1
    assert not any(reply.deleted for reply in replies)
    assert len(run_once(25)) == 2
    assert all(reply.deleted for reply in replies)


def test_run_once_sends_the_weekly_reports(sandbox: SandboxEnvironment) -> None:
    state, community = sandbox.lemmy.state, sandbox.communities[0]
    community.moderators.append(sandbox.alice)
    name = f"{community.name}@{state.host}"
    tuning = fast_tuning(frozenset(), 0.0, None, None)
    now = datetime.now(UTC)

    def run_once(days: float) -> list[str]:
        later = replace(tuning, clock=lambda: datetime.now(UTC) + timedelta(days=days))
        with App(load(sandbox.config_path, os.environ), later) as app:
            assert "weekly reports" in {job.name for job in app.jobs()}
            if days == 0:
                account = app.platforms[0].account
                alice = f"{sandbox.alice.name}@{state.host}"
                ReportSubscriptions(app.database).subscribe(
                    ReportSubscription(account, name, alice, "en", now)
                )
            app.run_once(TimeLimit.start(Event(), 60))
        return [each.content for each in state.all_private_messages()]

    assert run_once(0) == []
    assert [text.splitlines()[0].partition(",")[0] for text in run_once(7)] == [f"!{name}"]
    assert len(run_once(8)) == 1


def test_a_mention_is_answered_by_the_whole_daemon(running: RunningDaemon) -> None:
    sandbox, state = running.sandbox, running.sandbox.lemmy.state
    post = state.add_post(
        sandbox.communities[0], sandbox.alice, "A pin", sandbox.article_urls()[-1], locked=False
    )
    post.featured_community = True  # so that it gets no reply without a request
    comment = state.add_comment(post, sandbox.alice, f"@precis@{state.host} please")
    count = len(state.comments())
    running.until(lambda: len(state.comments()) == count + 1)
    reply = state.comments()[-1]
    assert (reply.creator, reply.path) == (sandbox.bot, f"0.{comment.id}.{reply.id}")


def test_a_dry_run_marks_nothing_as_read(sandbox: SandboxEnvironment, tmp_path: Path) -> None:
    state = sandbox.lemmy.state
    state.add_private_message(sandbox.alice, sandbox.bot, "Hello")
    with make_app(load(sandbox.config_path, os.environ), dry_run_in=tmp_path) as app:
        app.run_once(TimeLimit.start(Event(), 30))
    assert [notice.read for notice in state.notifications(sandbox.bot)] == [False]
