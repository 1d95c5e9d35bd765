"""A town on each of the platforms, and a daemon in it."""

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
from tests.inbox.servers import Daemon, LemmyServer, PlatformServer, RedditServer
from tests.platforms.clock import ManualClock


@pytest.fixture(params=["lemmy 0.19", "lemmy 1.0", "piefed", "reddit"])
def town(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PlatformServer]:
    monkeypatch.setattr(prawcore.sessions.FiniteRetryStrategy, "sleep", lambda self: None)
    clock = ManualClock()
    writing = ("POST /private_message", "POST /comment", "POST /api/compose", "POST /api/comment")
    pages = ("GET /wiki", "GET /community")
    faults = FaultInjector(calls=(*writing, *pages))
    server: LemmySandbox | PieFedSandbox | RedditSandbox
    match request.param:
        case "lemmy 0.19":
            server = LemmySandbox(version="0.19.20", clock=clock, limits=None, faults=faults)
        case "lemmy 1.0":
            server = LemmySandbox(version="1.0.0-beta.1", clock=clock, limits=None, faults=faults)
        case "piefed":
            server = PieFedSandbox(clock=clock, limits=None, faults=faults)
        case _:
            server = RedditSandbox(clock=clock, faults=faults)
    with server, stamina.set_testing(True, attempts=2, cap=True):
        if isinstance(server, RedditSandbox):
            yield RedditServer(tmp_path, clock, server)
        else:
            yield LemmyServer(tmp_path, clock, server)


@pytest.fixture
def daemon(town: PlatformServer) -> Iterator[Daemon]:
    made = Daemon(town)
    yield made
    made.close()
