"""The heartbeat is sent while all jobs run, and stops when one is stuck."""

from __future__ import annotations

from datetime import timedelta

from structlog.testing import capture_logs

from bot.core.errors import StoreError
from bot.notices.factory import make_heartbeat
from bot.operations.health import Health
from bot.sandbox.loopback_server import Response
from bot.store import Database
from tests.conftest import Clock
from tests.notices.conftest import WriteConfig
from tests.notices.hook import Hook


def test_it_stops_when_a_job_is_stuck_and_starts_again(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    seconds = [0.0]
    health = Health(clock, lambda: seconds[0])
    health.register("send main", timedelta(seconds=1), timedelta(seconds=120))
    heartbeat = make_heartbeat(config_with(f'[heartbeat]\nurl = "{hook.url}"\n'), database, health)
    assert heartbeat is not None
    for _ in range(3):
        health.started("send main")
        health.finished("send main")
        assert heartbeat.run()
        heartbeat.wait(10)
        seconds[0] += 30
    assert [request.method for request in hook.requests] == ["GET"] * 3
    health.started("send main")
    seconds[0] += 301
    assert not heartbeat.run()
    health.finished("send main")
    database.write_error = StoreError("The disk is full.", "Make room.")
    assert not heartbeat.run()
    database.write_error = None
    assert heartbeat.run()
    heartbeat.wait(10)
    assert len(hook.requests) == 4


def test_a_service_that_is_down_is_asked_at_each_interval_and_logged_once(
    database: Database, clock: Clock, hook: Hook, config_with: WriteConfig
) -> None:
    heartbeat = make_heartbeat(config_with(f'[heartbeat]\nurl = "{hook.url}"\n'), database, Health(clock))
    assert heartbeat is not None
    hook.answer = Response(503)
    with capture_logs() as lines:
        for _ in range(4):
            assert heartbeat.run()
            heartbeat.wait(10)
        hook.answer = Response(200)
        heartbeat.run()
        heartbeat.wait(10)
    assert len(hook.requests) == 5
    assert [line["event"] for line in lines] == ["cannot be sent for now", "can be sent again"]


def test_without_an_address_there_is_none(database: Database, clock: Clock, config_with: WriteConfig) -> None:
    assert make_heartbeat(config_with(), database, Health(clock)) is None
