"""The heartbeat of a running scheduler stops while a job hangs."""

from __future__ import annotations

import queue
from datetime import timedelta
from threading import Event

from bot.core.clock import utc_now
from bot.core.time_limit import TimeLimit
from bot.daemon.scheduler import Job, Scheduler
from bot.notices.factory import make_heartbeat
from bot.operations.health import Health
from bot.store import Database
from tests.notices.conftest import WriteConfig
from tests.notices.hook import Hook

OFTEN = timedelta(milliseconds=20)


def test_the_heartbeat_stops_while_a_job_hangs(
    database: Database, hook: Hook, config_with: WriteConfig
) -> None:
    seconds, hangs, may_go_on = [0.0], Event(), Event()
    health = Health(utc_now, lambda: seconds[0])
    heartbeat = make_heartbeat(config_with(f'[heartbeat]\nurl = "{hook.url}"\n'), database, health)
    assert heartbeat is not None
    started: queue.Queue[bool] = queue.Queue()

    def send_heartbeat(limit: TimeLimit) -> None:
        del limit
        started.put(heartbeat.run())
        heartbeat.wait(10)

    def hang(limit: TimeLimit) -> None:
        del limit
        hangs.set()
        may_go_on.wait(30)

    def next_is(expected: bool) -> None:
        while started.get(timeout=10) is not expected:
            pass

    jobs = (
        Job("send main", timedelta(hours=1), 60, hang),
        Job("heartbeat", OFTEN, 30, send_heartbeat),
    )
    scheduler = Scheduler(jobs, health)
    scheduler.start()
    try:
        assert hangs.wait(10)
        next_is(True)
        seconds[0] += 181
        next_is(False)
        sent = len(hook.requests)
        for _ in range(3):
            assert started.get(timeout=10) is False
        assert len(hook.requests) == sent
        may_go_on.set()
        next_is(True)
    finally:
        may_go_on.set()
        scheduler.stop(lambda: None, grace=10)
