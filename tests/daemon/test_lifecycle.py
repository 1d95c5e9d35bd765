"""The daemon's main loop restarts it when the scheduler dies or the database can be opened again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Self

import pytest
from structlog.testing import capture_logs

from bot.config.settings import Workers
from bot.core.clock import utc_now
from bot.core.errors import ConfigError, StoreError, UserError
from bot.daemon import factories, lifecycle
from bot.daemon.lifecycle import run_daemon
from bot.daemon.scheduler import Job
from bot.daemon.signals import Signals
from bot.operations.health import Health
from bot.workers.rights import Confinement

CONFIG: Any = SimpleNamespace(
    accounts=lambda: (),
    sources=lambda: (),
    web=SimpleNamespace(enabled=False),
    workers=Workers(confinement="prefer"),
)


class FakeApp:
    """The part of an app that `run_daemon` uses; `on_run` is its only job."""

    def __init__(self, on_run: Callable[[], object]) -> None:
        self.health = Health(utc_now)
        self.tuning = SimpleNamespace(clock=utc_now)
        self.config = CONFIG
        self.state_number = None
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


def test_a_reload_that_requires_more_than_the_kernel_offers_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: Confinement(landlock=2))
    strict = SimpleNamespace(**{**vars(CONFIG), "workers": Workers(confinement="require")})
    signals = Signals()
    made: list[object] = []

    def make_app(config: object) -> Any:
        made.append(config)
        return FakeApp(lambda: (signals.reload.set(), signals.any.set()))

    def reload() -> Any:
        stop(signals)
        return strict

    with capture_logs() as said:
        assert run_daemon(CONFIG, signals, reload=reload, make_app=make_app)
    assert made == [CONFIG]
    (line,) = (line for line in said if line["log_level"] == "error")
    assert line["event"] == "the new config has errors; the old one stays in effect"
    assert 'confinement = "require" cannot be met' in line["problems"][0]


def test_each_error_of_a_new_config_is_a_value_of_its_own_in_the_log() -> None:
    signals = Signals()

    def reload() -> Any:
        stop(signals)
        raise ConfigError("config.toml:", ("4: words is too small", "9: layout is unknown"))

    with capture_logs() as said:
        run_daemon(CONFIG, signals, reload, lambda config: FakeApp(lambda: hang_up(signals)))  # type: ignore[arg-type, return-value]
    (line,) = (line for line in said if line["log_level"] == "error")
    assert line["problems"] == ["config.toml:4: words is too small", "config.toml:9: layout is unknown"]


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


def events(said: list[Any], level: str = "error") -> list[str]:
    return [line["event"] for line in said if line["log_level"] == level]


def hang_up(signals: Signals) -> None:
    signals.reload.set()
    signals.any.set()


@pytest.mark.parametrize("error", [UserError, StoreError])
def test_the_old_config_stays_in_effect_if_the_new_one_cannot_be_used(error: type[UserError]) -> None:
    """For example, its processes cannot be confined as it requires; only their start can tell."""
    new_config, signals = SimpleNamespace(**vars(CONFIG)), Signals()
    made: list[object] = []

    def make_app(config: object) -> Any:
        made.append(config)
        if config is new_config:
            raise error("The new folder is not a folder.", "Create it.")
        return FakeApp(lambda: hang_up(signals) if len(made) == 1 else stop(signals))

    with capture_logs() as said:
        assert run_daemon(CONFIG, signals, reload=lambda: new_config, make_app=make_app)
    assert made == [CONFIG, new_config, CONFIG]
    assert made[1] is new_config
    assert events(said) == [
        "cannot restart yet",
        "the new config cannot be used; the old one stays in effect",
    ]
    assert "the new config is in effect" not in events(said, "info")


def test_a_new_config_waits_for_an_error_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    new_config, signals = SimpleNamespace(**vars(CONFIG)), Signals()
    made: list[object] = []

    def make_app(config: object) -> Any:
        made.append(config)
        if len(made) == 2:
            raise StoreError("The disk is full.", "Make room.", temporary=True)
        app = FakeApp(lambda: hang_up(signals) if len(made) == 1 else stop(signals))
        app.config = config
        return app

    with capture_logs() as said:
        assert run_daemon(CONFIG, signals, reload=lambda: new_config, make_app=make_app)
    assert [each is new_config for each in made] == [False, True, True]
    assert "the new config is in effect" in events(said, "info")


def test_a_daemon_that_neither_config_can_start_runs_on_as_soon_as_one_can() -> None:
    new_config, signals = SimpleNamespace(**vars(CONFIG)), Signals()
    tries: list[object] = []

    def make_app(config: object) -> Any:
        tries.append(config)
        if 1 < len(tries) < 6:
            raise UserError(f"Not with {'the new' if config is new_config else 'the old'} one.")
        return FakeApp(lambda: hang_up(signals) if len(tries) == 1 else stop(signals))

    with capture_logs() as said:
        assert run_daemon(CONFIG, signals, reload=lambda: new_config, make_app=make_app)
    assert [each is new_config for each in tries] == [False, True, False, True, False, True]
    assert events(said) == ["cannot restart yet", "cannot restart with the old config either"]


def test_a_reload_during_a_restart_is_not_lost() -> None:
    """The operator corrects the path of the database while the daemon waits for it."""
    wrong, right = SimpleNamespace(**vars(CONFIG)), SimpleNamespace(**vars(CONFIG))
    signals, configs = Signals(), [wrong, right]
    made: list[object] = []

    def make_app(config: object) -> Any:
        made.append(config)
        if config is wrong:
            hang_up(signals)
            raise StoreError("Another process uses the database.", "Wait.", temporary=True)
        app = FakeApp(lambda: hang_up(signals) if len(made) == 1 else stop(signals))
        app.config = config
        return app

    assert run_daemon(CONFIG, signals, reload=lambda: configs.pop(0), make_app=make_app)  # type: ignore[arg-type, return-value]
    assert [each is right for each in made] == [False, False, True]


def test_a_running_daemon_looks_for_cycles_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(lifecycle, "collect_as_usual", lambda: calls.append("as usual"))
    signals = Signals()

    def make(config: object) -> Any:
        calls.append("made")
        return FakeApp(lambda: stop(signals))

    run_daemon(CONFIG, signals, reload=lambda: CONFIG, make_app=make)
    assert calls == ["made", "as usual"]
