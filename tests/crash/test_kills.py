"""The real daemon is killed at random moments while servers lose, delay and break their answers.

This is a short run, without the code that reads pages. `make kills` is the long one, with it; `.ci/run`
does 50 of its kills.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.server_software import ServerSoftware
from tests.crash.kill_scenario import KillScenario
from tests.quick_daemon import QUICK_DAEMON


@pytest.mark.parametrize(
    ("seed", "software", "subreddits", "upgrade_at"),
    [(1, ServerSoftware.LEMMY_0_19, (), 1), (2, ServerSoftware.PIEFED, ("news",), None)],
    ids=["Lemmy 0.19, then 1.0", "PieFed and Reddit"],
)
def test_4_kills_leave_exactly_one_reply_to_each_post(
    tmp_path: Path, seed: int, software: ServerSoftware, subreddits: tuple[str, ...], upgrade_at: int | None
) -> None:
    scenario = KillScenario(tmp_path, QUICK_DAEMON, seed, subreddits, software)
    with scenario.environment:
        scenario.run_with_kills(4, lose_database_at=2, upgrade_at=upgrade_at)
        scenario.run_to_end()
        replies = scenario.replies()
    assert scenario.injected_faults.total() >= 2
    assert len(replies) == 8
    assert set(replies.values()) == {1}, replies


def test_post_then_record_sends_twice_when_an_answer_is_lost(tmp_path: Path) -> None:
    scenario = KillScenario(tmp_path, ("tests.crash.naive_senders", "post-then-record"), seed=3)
    with scenario.environment:
        scenario.plan(Fault.STORE_THEN_DROP)
        scenario.add_posts()
        scenario.run_to_end()
        assert max(scenario.replies().values()) > 1


def test_record_then_post_loses_replies_when_a_call_fails(tmp_path: Path) -> None:
    scenario = KillScenario(tmp_path, ("tests.crash.naive_senders", "record-then-post"), seed=4)
    with scenario.environment:
        scenario.plan(Fault.FAIL)
        scenario.add_posts()
        scenario.run_to_end()
        assert 0 in scenario.replies().values()
