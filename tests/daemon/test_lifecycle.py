"""The daemon's main loop restarts it when the scheduler dies or the database can be opened again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Self

import pytest
from structlog.testing import capture_logs

from bot.core.errors import StoreError
from bot.daemon import lifecycle
from bot.daemon.lifecycle import run_daemon
from bot.daemon.scheduler import Job
from bot.daemon.signals import Signals
from bot.daemon.tuning import utc_now
from bot.operations.health import Health

CONFIG: Any = SimpleNamespace(sources=lambda: (), web=SimpleNamespace(enabled=False))


class FakeApp:
    """The part of an app that `run_daemon` uses; `on_run` is its only job."""

    def __init__(self, on_run: Callable[[], object]) -> None:
        self.health = Health(utc_now)
        self.tuning = SimpleNamespace(clock=utc_now)
        self.config = CONFIG
        self.platforms: list[object] = []
        self._on_run = on_run
        self.closed = False

    def jobs(self) -> tuple[Job, ...]:
        return (Job("only", timedelta(hours=1), 60, lambda limit: self._on_run() and None),)

    def interrupt(self) -> None:
        """Nothing is running."""

    def on_clock_jump(self, by: timedelta) -> None:
        """Nothing waits."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "CHECK_INTERVAL", 0.01)


def kill_the_scheduler() -> None:
    """Like an error in its own loop."""
    thread = next(each for each in threading.enumerate() if each.name == "APScheduler")
    thread.name = "it died"


def stop(signals: Signals) -> None:
    signals.stop.set()
    signals.any.set()


def test_a_dead_scheduler_restarts_the_daemon() -> None:
    signals = Signals()
    made: list[FakeApp] = []

    def make_app(config: object) -> Any:
        made.append(FakeApp(kill_the_scheduler if not made else lambda: stop(signals)))
        return made[-1]

    with capture_logs() as said:
        assert run_daemon(CONFIG, signals, reload=lambda: CONFIG, make_app=make_app)
    assert [parts.closed for parts in made] == [True, True]
    assert "the scheduler died; the daemon restarts" in [line["event"] for line in said]


def test_a_reload_waits_for_a_database_that_cannot_be_opened() -> None:
    signals = Signals()
    tries: list[str] = []

    def hang_up() -> None:
        signals.reload.set()
        signals.any.set()

    def make_app(config: object) -> Any:
        tries.append("try")
        if len(tries) in (2, 3):
            raise StoreError("The disk is full.", "Make room.")
        return FakeApp(hang_up if len(tries) == 1 else lambda: stop(signals))

    with capture_logs() as said:
        assert run_daemon(CONFIG, signals, reload=lambda: CONFIG, make_app=make_app)
    assert len(tries) == 4
    assert [line["do"] for line in said if line["event"] == "cannot restart yet"] == ["Make room."]


def test_an_error_at_the_first_start_is_raised() -> None:
    def make_app(config: object) -> Any:
        raise StoreError("The disk is full.", "Make room.")

    with pytest.raises(StoreError):
        run_daemon(CONFIG, Signals(), reload=lambda: CONFIG, make_app=make_app)


def test_a_daemon_that_waits_for_its_database_can_be_stopped() -> None:
    signals = Signals()
    tries: list[str] = []

    def hang_up() -> None:
        signals.reload.set()
        signals.any.set()

    def make_app(config: object) -> Any:
        tries.append("try")
        if len(tries) > 1:
            stop(signals)
            raise StoreError("The disk is full.", "Make room.")
        return FakeApp(hang_up)

    assert run_daemon(CONFIG, signals, reload=lambda: CONFIG, make_app=make_app)
    assert len(tries) == 2
