"""The list of what needs attention is the same on the status page, in `precis status` and in notices."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import StoreError
from bot.core.models import PollResult, Source
from bot.notices import conditions
from bot.notices.condition_kinds import Condition, ConditionKind
from bot.notices.conditions import find_conditions, observe
from bot.notices.software_versions import is_major_update, record_software
from bot.operations.disk_space import DiskSpace, disk_space
from bot.operations.health import Health
from bot.store import Accounts, Database, PostQueue
from tests.conftest import Clock
from tests.notices.conftest import WriteConfig

NEWS = Source("main", "news@lemmy.example")


def found(
    write: WriteConfig, database: Database, clock: Clock, health: Health | None = None
) -> tuple[Condition, ...]:
    return find_conditions(write(), observe(database, clock()), clock(), health)


@pytest.fixture(autouse=True)
def space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough, whatever this machine has."""
    monkeypatch.setattr(conditions, "disk_space", lambda path: DiskSpace(10**10, has_free_inodes=True))


def test_without_a_daemon_missing_polls_need_attention(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    (condition,) = found(config_with, database, clock)
    assert condition.kind is ConditionKind.NO_POLLS
    assert condition.sentence == "No source has been polled yet. Is the daemon running?"
    PostQueue(database).discover(NEWS, PollResult((), "c"), clock())
    assert found(config_with, database, clock) == ()
    clock.advance(7200)
    (condition,) = found(config_with, database, clock)
    assert condition.sentence == "No source has been polled for 2 hours. Is the daemon running?"
    assert found(config_with, database, clock, Health(clock)) == ()


def test_sources_and_accounts_that_were_removed_from_the_settings_need_no_attention(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    PostQueue(database).record_poll_error(NEWS, "the server answers 502")
    PostQueue(database).record_poll_error(Source("main", "gone@lemmy.example"), "not found")
    Accounts(database).set_error("former", "the password is wrong", clock())
    (condition,) = found(config_with, database, clock, Health(clock))
    assert condition.about == "main/news@lemmy.example"
    assert condition.sentence == "Polls fail: the server answers 502."


def test_the_key_stays_while_the_sentence_changes(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    PostQueue(database).discover(NEWS, PollResult((), "c"), clock())
    keys, sentences = set(), set()
    for error in ("the server answers 502", "the server cannot be reached"):
        clock.advance(3600)
        PostQueue(database).record_poll_error(NEWS, error)
        (condition,) = found(config_with, database, clock, Health(clock))
        keys.add(condition.key)
        sentences.add(condition.sentence)
    assert len(keys) == 1
    assert len(sentences) == 2
    assert condition.sentence.endswith("Last success: 2 hours ago.")


@pytest.mark.parametrize(
    ("before", "after", "major"),
    [
        ("Lemmy 0.19.5", "Lemmy 0.19.12", False),
        ("Lemmy 0.19.5", "Lemmy 1.0.0", True),
        ("Lemmy 0.18.5", "Lemmy 0.19.0", True),
        ("Piefed 1.6.20", "Piefed 1.7.0", False),
        ("Piefed 1.6.20", "Piefed 2.0", True),
        ("Lemmy 1.0.0-beta.3", "Lemmy 1.0.0", False),
        ("Lemmy unknown", "Lemmy unknown", False),
        ("Lemmy 0.19.5", "Lemmy nightly", True),
    ],
)
def test_a_major_version_is_one_whose_api_may_differ(before: str, after: str, major: bool) -> None:
    assert is_major_update(before, after) is major


class Server:
    """A platform that reports its software."""

    account = "main"
    software: str | None = None


def test_a_database_that_cannot_be_written_is_one_problem_not_one_of_each_job(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    health = Health(clock)
    for name in ("process", "send main"):
        health.register(name, timedelta(hours=1), timedelta(hours=1))
        health.started(name)
        health.finished(name, "StoreError: The disk is full.")
    kinds = [condition.kind for condition in found(config_with, database, clock, health)]
    assert kinds == [ConditionKind.JOB_FAILING, ConditionKind.JOB_FAILING]
    database.write_error = StoreError("The disk is full.", "Make room.")
    (condition,) = found(config_with, database, clock, health)
    assert (condition.kind, condition.sentence) == (ConditionKind.DATABASE, "The disk is full. Make room.")


def test_an_update_is_shown_for_some_days(database: Database, clock: Clock, config_with: WriteConfig) -> None:
    server, accounts = Server(), Accounts(database)
    for software in (None, "Lemmy 0.19.5", "Lemmy 0.19.6", "Lemmy 1.0.0", None, "Lemmy 1.0.1"):
        server.software = software
        record_software([server], accounts, clock())  # type: ignore[list-item]
    (condition,) = found(config_with, database, clock, Health(clock))
    assert condition.sentence.startswith("The server was updated from Lemmy 0.19.6 to Lemmy 1.0.")
    clock.advance(timedelta(days=4).total_seconds())
    assert found(config_with, database, clock, Health(clock)) == ()


def test_a_patch_after_the_update_is_not_another_condition(
    database: Database, clock: Clock, config_with: WriteConfig
) -> None:
    keys = set()
    for software in ("Lemmy 0.19.5", "Lemmy 1.0.0", "Lemmy 1.0.1"):
        Accounts(database).record_software("main", software, clock(), is_major=is_major_update)
        keys |= {condition.key for condition in found(config_with, database, clock, Health(clock))}
    assert len(keys) == 1


def test_the_space_of_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    assert disk_space(tmp_path / "a" / "b").free_bytes == pytest.approx(
        disk_space(tmp_path).free_bytes, rel=0.2
    )
    assert str(DiskSpace(1_200_000_000, has_free_inodes=False)) == "1.2 GB free, but no free inodes"
    assert not DiskSpace(499_999_999, has_free_inodes=True).is_enough
