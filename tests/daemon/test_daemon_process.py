"""The real daemon as a process over the sandbox: signals, restarts, one pass, dry runs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from bot.cli.run import make_app
from bot.config import load
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.fast_tuning import fast_tuning
from bot.sandbox.faults import Fault
from bot.sandbox.server_software import LEMMY_VERSIONS, ServerSoftware
from bot.store import State

PATIENCE = 60.0


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[SandboxEnvironment]:
    with SandboxEnvironment(tmp_path / "daemon") as made:
        yield made


@dataclass
class Living:
    """A daemon that several tests ask something of; each leaves it as it was."""

    stage: SandboxEnvironment
    process: subprocess.Popen[bytes]

    def until(self, done: Callable[[], bool]) -> None:
        until(done, self.process, self.stage)

    def reload(self, change: Callable[[str], str], answer: str) -> None:
        """Send SIGHUP with a changed config, and wait until its new answer stands in the log."""
        before = self.stage.log_path.read_text().count(answer)
        self.stage.config_path.write_text(change(self.stage.config_path.read_text()))
        self.process.send_signal(signal.SIGHUP)
        self.until(lambda: self.stage.log_path.read_text().count(answer) > before)

    def reply(self) -> str:
        """Its reply to a new post."""
        count = len(self.stage.lemmy.state.all_comments())
        add_post(self.stage, self.stage.article_urls()[count])
        self.until(lambda: len(self.stage.lemmy.state.comments()) == count + 1)
        return self.stage.lemmy.state.comments()[-1].content


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    with SandboxEnvironment(tmp_path_factory.mktemp("living") / "daemon") as stage:
        process = stage.start_daemon()
        until(lambda: logged(stage, "running"), process, stage)
        yield Living(stage, process)
        assert stop_daemon(process) == 0


def until(done: Callable[[], bool], daemon: subprocess.Popen[bytes], stage: SandboxEnvironment) -> None:
    """Wait for the daemon to bring something about."""
    began = time.monotonic()
    while not done():
        assert daemon.poll() is None, stage.log_path.read_text()[-2000:]
        assert time.monotonic() - began < PATIENCE, stage.log_path.read_text()[-2000:]
        with pytest.raises(subprocess.TimeoutExpired):
            daemon.wait(0.05)


def add_post(stage: SandboxEnvironment, url: str) -> None:
    stage.lemmy.state.add_post(stage.communities[0], stage.alice, "A post", url)


def logged(stage: SandboxEnvironment, words: str) -> bool:
    return words in stage.log_path.read_text()


def test_sigterm_in_a_slow_fetch_ends_soon_and_loses_nothing(stage: SandboxEnvironment) -> None:
    drip = next(story.path for story in stage.site.stories if "drip" in story.path)
    add_post(stage, stage.site.url + drip)
    daemon = stage.start_daemon()
    until(lambda: stage.site.request_counts.get(drip, 0) > 0, daemon, stage)
    began = time.monotonic()
    assert stop_daemon(daemon) == 0
    assert time.monotonic() - began < 10
    (post,) = stage.post_reports()
    assert (post.state, post.attempts) == (State.DISCOVERED, 0)
    again = stage.start_daemon()
    until(lambda: stage.site.request_counts.get(drip, 0) > 1, again, stage)
    stop_daemon(again)


def test_sighup_with_a_broken_config_goes_on_with_the_old_one(living: Living) -> None:
    good = living.stage.config_path.read_text()
    living.reload(
        lambda text: text.replace("[rules]", '[rules]\nsentences = "many"'), "the old one still holds"
    )
    living.stage.config_path.write_text(good)
    assert re.search(r"config\.toml:\d+: .*sentences", living.stage.log_path.read_text())
    assert living.reply()


def test_sighup_with_a_good_config_takes_it_over_without_a_restart(living: Living) -> None:
    living.reload(lambda text: text.replace("[rules]", "[rules]\nsentences = 1"), "the new config holds")
    assert len(sentences(living.reply())) == 1
    living.reload(lambda text: text.replace("sentences = 1\n", ""), "the new config holds")
    assert len(sentences(living.reply())) > 1


def sentences(reply: str) -> list[str]:
    return reply.split("\n\n---\n\n")[0].split("\n\n")


def test_an_upgrade_from_0_19_to_1_0_in_the_middle_of_a_run_loses_and_doubles_nothing(
    stage: SandboxEnvironment,
) -> None:
    links = stage.article_urls()
    for link in links[:5]:
        add_post(stage, link)
    stage.lemmy.faults.plan(None, Fault.STORE_THEN_DROP)
    daemon = stage.start_daemon()
    until(lambda: len(stage.replies()) >= 2, daemon, stage)
    stage.lemmy.upgrade(LEMMY_VERSIONS[ServerSoftware.LEMMY_1_0])
    for link in links[5:8]:
        add_post(stage, link)
    until(lambda: stage.count_finished_posts() == 8, daemon, stage)
    assert stop_daemon(daemon) == 0
    assert Counter(reply.post_id for reply in stage.replies()) == Counter(map(str, range(1, 9)))
    assert {report.state for report in stage.post_reports()} == {State.SENT}
    assert [seen.path for seen in stage.lemmy.requests if seen.path.endswith("/comment")][
        -1
    ] == "/api/v4/comment"


def test_a_second_daemon_on_the_same_database_is_refused(living: Living) -> None:
    second = living.stage.start_daemon()
    assert second.wait(PATIENCE) != 0
    assert logged(living.stage, "Another precis daemon is already running")
    assert living.process.poll() is None


def test_no_worker_outlives_a_killed_daemon(stage: SandboxEnvironment) -> None:
    add_post(stage, stage.article_urls()[0])
    daemon = stage.start_daemon()
    until(lambda: logged(stage, "reply written"), daemon, stage)
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
    stage: SandboxEnvironment, capsys: pytest.CaptureFixture[str]
) -> None:

    add_post(stage, stage.article_urls()[0])
    stage.config_path.write_text(stage.config_path.read_text() + "set_up = true\nown_vote = false\n")
    stage.bot.bot_account = False
    terms = fast_tuning(frozenset({stage.site.url.removeprefix("http://")}), 0.0, None, None)
    scratch = stage.folder / "scratch"
    scratch.mkdir()
    app: App = make_app(load(stage.config_path, os.environ), terms, scratch)
    with app:
        app.run_once(TimeLimit.start(Event(), 60))
    printed = capsys.readouterr().out
    assert "would reply under" in printed
    assert "I'm a bot and I'm open source!" in printed
    assert stage.lemmy.state.all_comments() == []
    assert not stage.database_path.exists()
    assert not stage.bot.bot_account


def test_an_account_is_put_right_and_votes_are_taken_back_where_the_config_says_so(
    stage: SandboxEnvironment,
) -> None:
    add_post(stage, stage.article_urls()[0])
    stage.config_path.write_text(stage.config_path.read_text() + "set_up = true\nown_vote = false\n")
    stage.bot.bot_account = False
    terms = fast_tuning(frozenset({stage.site.url.removeprefix("http://")}), 0.0, None, None)
    with App(load(stage.config_path, os.environ), terms) as app:
        app.run_once(TimeLimit.start(Event(), 60))
    (reply,) = stage.lemmy.state.all_comments()
    assert not reply.author_upvoted
    assert stage.bot.bot_account
    assert "demo@localhost.invalid" in (stage.bot.bio or "")


def test_one_pass_answers_what_is_there_and_ends(stage: SandboxEnvironment) -> None:

    add_post(stage, stage.article_urls()[0])
    terms = fast_tuning(frozenset({stage.site.url.removeprefix("http://")}), 0.0, None, None)
    for _ in range(2):
        with App(load(stage.config_path, os.environ), terms) as app:
            app.run_once(TimeLimit.start(Event(), 60))
    assert len(stage.lemmy.state.all_comments()) == 1


def test_a_mention_is_answered_below_it_by_the_whole_daemon(living: Living) -> None:
    stage, world = living.stage, living.stage.lemmy.state
    post = world.add_post(stage.communities[0], stage.alice, "A pin", stage.article_urls()[-1], locked=False)
    post.featured_community = True  # so that it gets no reply unasked
    comment = world.add_comment(post, stage.alice, f"@precis@{world.host} please")
    count = len(world.comments())
    living.until(lambda: len(world.comments()) == count + 1)
    reply = world.comments()[-1]
    assert (reply.creator, reply.path) == (stage.bot, f"0.{comment.id}.{reply.id}")


def test_a_dry_run_marks_nothing_as_read(stage: SandboxEnvironment, tmp_path: Path) -> None:
    world = stage.lemmy.state
    world.add_private_message(stage.alice, stage.bot, "Hello")
    with make_app(load(stage.config_path, os.environ), dry_run_in=tmp_path) as app:
        app.run_once(TimeLimit.start(Event(), 30))
    assert [notice.read for notice in world.notifications(stage.bot)] == [False]
