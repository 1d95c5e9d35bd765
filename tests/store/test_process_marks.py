"""At a start, the database shows whether the daemon stopped by itself last time."""

from __future__ import annotations

from bot.store import Database, ProcessMarks
from bot.store.process_marks import KilledRun
from tests.conftest import START, Clock


def test_a_killed_run_is_known_at_the_next_start(database: Database, clock: Clock) -> None:
    marks = ProcessMarks(database)
    assert marks.start(clock()) is None
    alive = clock.advance(60)
    marks.record_alive(alive)
    assert marks.start(clock.advance(600)) == KilledRun(START, alive)


def test_a_run_that_stopped_was_not_killed(database: Database, clock: Clock) -> None:
    marks = ProcessMarks(database)
    marks.start(clock())
    marks.stop()
    assert marks.start(clock()) is None
