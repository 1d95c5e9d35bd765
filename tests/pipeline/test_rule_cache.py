"""The rules are read from the database once, and again after each change, also by another process."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.config import load
from bot.core.models import Dialect
from bot.core.skip_reasons import SkipReason
from bot.pipeline.rule_resolver import RuleResolver, make_rule_resolver
from bot.store import CommunitySettingsLog, Database, SettingsChange, SettingsChangeKind, SettingsSource
from bot.store.operator_actions import COMMAND_LINE
from bot.store.pauses import pause_account, pause_community, resume_account, resume_community
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
def resolver(database: Database, tmp_path: Path) -> RuleResolver:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    return make_rule_resolver(load(path, {}), database)


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
    skipped = resolver.opted_out_or_paused(a_post(1, author=""), Dialect.LEMMY)
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
