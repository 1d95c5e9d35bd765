"""A server of each platform, and a daemon with an account on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import prawcore.sessions
import pytest
import stamina

from bot.sandbox.faults import FaultInjector
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit import RedditSandbox
from tests.conftest import new_location, on_server
from tests.inbox.servers import Daemon, LemmyServer, PlatformServer, RedditServer
from tests.platforms.clock import ManualClock


@pytest.fixture(
    params=[
        *(("lemmy 0.19", "sqlite"), ("lemmy 1.0", "sqlite"), ("piefed", "sqlite"), ("reddit", "sqlite")),
        pytest.param(("lemmy 0.19", "postgresql"), marks=on_server),
    ],
    ids=" on ".join,
)
def server(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PlatformServer]:
    monkeypatch.setattr(prawcore.sessions.FiniteRetryStrategy, "sleep", lambda self: None)
    clock = ManualClock()
    writing = ("POST /private_message", "POST /comment", "POST /api/compose", "POST /api/comment")
    pages = ("GET /wiki", "GET /community")
    faults = FaultInjector(calls=(*writing, *pages))
    sandbox: LemmySandbox | PieFedSandbox | RedditSandbox
    platform, engine = request.param if isinstance(request.param, tuple) else (request.param, "sqlite")
    match platform:
        case "lemmy 0.19":
            sandbox = LemmySandbox(version="0.19.20", clock=clock, limits=None, faults=faults)
        case "lemmy 1.0":
            sandbox = LemmySandbox(version="1.0.0-beta.1", clock=clock, limits=None, faults=faults)
        case "piefed":
            sandbox = PieFedSandbox(clock=clock, limits=None, faults=faults, host="piefed.example")
        case _:
            sandbox = RedditSandbox(clock=clock, faults=faults)
    with sandbox, stamina.set_testing(True, attempts=2, cap=True):
        made: PlatformServer
        if isinstance(sandbox, RedditSandbox):
            made = RedditServer(tmp_path, clock, sandbox)
        else:
            made = LemmyServer(tmp_path, clock, sandbox)
        made.location = new_location(engine, tmp_path, clock())
        yield made


@pytest.fixture
def daemon(server: PlatformServer) -> Iterator[Daemon]:
    made = Daemon(server)
    yield made
    made.close()
