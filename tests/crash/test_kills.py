"""The real daemon killed at random moments, over servers that lose, delay and break their answers.

A short form; `make kills` is the long one, and `.ci/run` has 50 of its kills.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.server_software import ServerSoftware
from tests.crash.kill_scenario import DAEMON_MODULE, KillScenario


@pytest.mark.parametrize(
    ("seed", "home", "subreddits", "upgrade_at"),
    [(1, ServerSoftware.LEMMY_0_19, (), 1), (2, ServerSoftware.PIEFED, ("news",), None)],
    ids=["Lemmy 0.19, then 1.0", "PieFed and Reddit"],
)
def test_4_kills_leave_exactly_one_reply_under_each_post(
    tmp_path: Path, seed: int, home: ServerSoftware, subreddits: tuple[str, ...], upgrade_at: int | None
) -> None:
    scene = KillScenario(tmp_path, DAEMON_MODULE, seed, subreddits, home)
    with scene.environment:
        scene.run_with_kills(4, lose_database_at=2, upgrade_at=upgrade_at)
        scene.run_to_end()
        replies = scene.replies()
    assert scene.injected_faults.total() >= 2
    assert len(replies) == 8
    assert set(replies.values()) == {1}, replies


def test_post_then_record_duplicates_where_an_answer_is_lost(tmp_path: Path) -> None:
    scene = KillScenario(tmp_path, ("tests.crash.naive_senders", "post-then-record"), seed=3)
    with scene.environment:
        scene.plan(Fault.STORE_THEN_DROP)
        scene.add_posts()
        scene.run_to_end()
        assert max(scene.replies().values()) > 1


def test_record_then_post_loses_replies_where_a_call_fails(tmp_path: Path) -> None:
    scene = KillScenario(tmp_path, ("tests.crash.naive_senders", "record-then-post"), seed=4)
    with scene.environment:
        scene.plan(Fault.FAIL)
        scene.add_posts()
        scene.run_to_end()
        assert 0 in scene.replies().values()
