"""A whole daemon sends notices, events and the heartbeat from its jobs; a dry run sends nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import stamina

from bot.config import Config, load
from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.daemon.operator_notices import NOTICES_INTERVAL
from bot.daemon.tuning import Tuning
from bot.store import MutedCommunity
from bot.store.manual_actions import unmute
from tests.conftest import Clock, a_post
from tests.notices.hook import Hook, running_hook

CONFIG = """
[bot]
owner = "you@example.org"
[lemmy.main]
server = "http://127.0.0.1:{port}"
username = "precis"
password = "hunter2-hunter2"
communities = ["news"]
[workers]
processes = 1
[notify.ops]
url = "{notices}"
[heartbeat]
url = "{heartbeat}"
[events]
url = "{events}"
"""


@pytest.fixture
def hooks() -> Iterator[tuple[Hook, Hook, Hook]]:
    with running_hook() as notices, running_hook() as heartbeat, running_hook() as events:
        yield notices, heartbeat, events


@pytest.fixture
def config(tmp_path: Path, hooks: tuple[Hook, Hook, Hook]) -> Iterator[Config]:
    """The account's server does not run; nothing waits between the attempts to reach it."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    notices, heartbeat, events = (hook.url for hook in hooks)
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(port=port, notices=notices, heartbeat=heartbeat, events=events))
    path.chmod(0o600)
    with stamina.set_testing(True, attempts=3, cap=True):
        yield load(path, {})


def cause_something(app: App, clock: Clock) -> None:
    """A ban, and a post that is skipped."""
    app.muted_communities.add(MutedCommunity("main", "news@lemmy.example", "banned", clock()))
    post = a_post(1, account="main")
    app.queue.discover(Source("main", "news@lemmy.example"), PollResult((post,), "c"), clock())
    app.queue.skip(1, Skipped(SkipReason.NSFW), clock())


def test_the_jobs_send_everything_and_a_single_run_does_too(
    config: Config, clock: Clock, hooks: tuple[Hook, Hook, Hook]
) -> None:
    notices, heartbeat, events = hooks
    with App(config, Tuning(clock=clock)) as app:
        jobs = {job.name: job for job in app.jobs()}
        assert jobs["notices"].interval == NOTICES_INTERVAL
        assert jobs["heartbeat"].interval == config.heartbeat.interval
        limit = TimeLimit.start(Event(), 60)
        jobs["events"].run(limit)
        clock.advance(60)
        cause_something(app, clock)
        for name in ("notices", "events", "heartbeat"):
            jobs[name].run(limit)
        assert app.notices.event_sender
        assert app.notices.heartbeat
        for sender in (app.notices.notifier, app.notices.event_sender, app.notices.heartbeat):
            sender.wait(10)
        assert notices.lines() == [("begin", "ban")]
        assert [event["event"] for body in events.bodies() for event in body["events"]] == ["skip", "ban"]
        assert len(heartbeat.requests) == 1
        unmute(app.database, "news@lemmy.example", app.tuning.clock())
        app.run_once(limit)
        assert notices.lines() == [("begin", "ban"), ("over", "ban")]
        assert len(heartbeat.requests) == 2


def test_a_dry_run_tells_nobody_anything(
    config: Config, clock: Clock, hooks: tuple[Hook, Hook, Hook], tmp_path: Path
) -> None:
    with App(config, Tuning(clock=clock), database=tmp_path / "copy.db") as app:
        assert {"events", "heartbeat"}.isdisjoint(job.name for job in app.jobs())
        cause_something(app, clock)
        app.run_once(TimeLimit.start(Event(), 60))
    assert [hook.requests for hook in hooks] == [[], [], []]
