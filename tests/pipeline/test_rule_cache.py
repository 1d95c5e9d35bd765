"""The rules are read from the database once, and again after each change, also by another process."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.config import Config, load
from bot.core.skip_reasons import SkipReason
from bot.pipeline.rule_resolver import RuleResolver, make_rule_resolver
from bot.store import CommunitySettingsLog, Database, SettingsChange, SettingsChangeKind, SettingsSource
from bot.store.operator_actions import COMMAND_LINE
from bot.store.pauses import pause_account, pause_community, resume_account, resume_community
from bot.store.rules_revision import rules_revision
from tests.conftest import START, a_post

COMMUNITY = "news@lemmy.example"
CONFIG = """
[bot]
owner = "mailto:admin@example.org"
[lemmy.home]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return load(path, {})


@pytest.fixture
def resolver(database: Database, config: Config) -> RuleResolver:
    return make_rule_resolver(config, database)


def change(number: int, at: datetime) -> SettingsChange:
    return SettingsChange(
        COMMUNITY,
        SettingsChangeKind.SETTINGS,
        SettingsSource.MESSAGE,
        "mod@lemmy.example",
        at,
        f"message-{number}",
        settings={"max_per_day": number},
    )


def reason(resolver: RuleResolver) -> SkipReason | None:
    skipped = resolver.opted_out_or_paused(a_post(1, author=""), has_opted_out=False)
    return None if skipped is None else skipped.reason


def test_rules_are_read_once(database: Database, resolver: RuleResolver) -> None:
    CommunitySettingsLog(database).add(change(3, START))
    assert resolver.rules_for(COMMUNITY).max_per_day == 3
    assert reason(resolver) is None
    statements: list[str] = []
    event.listen(database._engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    assert resolver.rules_for(COMMUNITY).max_per_day == 3
    assert reason(resolver) is None
    assert statements == []


def test_a_change_is_seen_at_once(database: Database, resolver: RuleResolver) -> None:
    log = CommunitySettingsLog(database)
    for number in (3, 5):
        log.add(change(number, START + timedelta(minutes=number)))
        assert resolver.rules_for(COMMUNITY).max_per_day == number


def test_a_node_asks_for_changes_once_a_second(database: Database, config: Config) -> None:
    now = [0.0]
    revisions: list[int] = []

    def revision() -> int:
        revisions.append(rules_revision(database))
        return revisions[-1]

    made = make_rule_resolver(config, database)
    node = RuleResolver(
        config.explicit_rules,
        made.bounds,
        made.settings_log,
        made.opt_outs,
        lambda account: False,
        revision,
        seen_within=timedelta(seconds=1),
        monotonic=lambda: now[0],
    )
    before = node.rules_for(COMMUNITY).max_per_day
    assert reason(node) is None
    revisions.clear()
    node.settings_log.add(change(3, START))
    pause_community(database, COMMUNITY, COMMAND_LINE, START)
    now[0] = 0.9
    assert node.rules_for(COMMUNITY).max_per_day == before
    assert reason(node) is None
    assert revisions == []
    now[0] = 1.0
    assert reason(node) is SkipReason.PAUSED
    assert node.rules_for(COMMUNITY).max_per_day == 3
    assert len(revisions) == 1


def test_an_answer_about_the_rules_has_every_change(database: Database, config: Config) -> None:
    node = make_rule_resolver(config, database, seen_within=timedelta(hours=1))
    for number in (3, 5):
        node.settings_log.add(change(number, START + timedelta(minutes=number)))
        assert node.effective_rules(COMMUNITY).rules.max_per_day == number
        assert node.rules_for(COMMUNITY).max_per_day == number, "this node knows it from now on"


def test_pauses_are_seen_at_once(database: Database, resolver: RuleResolver) -> None:
    assert reason(resolver) is None
    pause_community(database, COMMUNITY, COMMAND_LINE, START)
    assert reason(resolver) is SkipReason.PAUSED
    resume_community(database, COMMUNITY, COMMAND_LINE, START + timedelta(seconds=1))
    assert reason(resolver) is None
    pause_account(database, "home", COMMAND_LINE, START)
    assert reason(resolver) is SkipReason.ACCOUNT_PAUSED
    resume_account(database, "home", COMMAND_LINE, START)
    assert reason(resolver) is None


def test_a_change_of_another_process_is_seen(database: Database, resolver: RuleResolver) -> None:
    assert reason(resolver) is None
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from bot.core.database_location import PostgresUrl, is_postgres_url\n"
        "from bot.store import Database\n"
        "from bot.store.operator_actions import COMMAND_LINE\n"
        "from bot.store.pauses import pause_account\n"
        "now = datetime(2026, 3, 1, tzinfo=UTC)\n"
        "location = (PostgresUrl if is_postgres_url(sys.argv[1]) else Path)(sys.argv[1])\n"
        "pause_account(Database(location, None), 'home', COMMAND_LINE, now)"
    )
    subprocess.run([sys.executable, "-c", code, str(database.location)], check=True, timeout=60)
    assert reason(resolver) is SkipReason.ACCOUNT_PAUSED
