"""Upgrades from revision 0006, the last one before tables and columns got plain names."""

from __future__ import annotations

import importlib
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from alembic import command

from bot.config import load
from bot.core.messages import Priority
from bot.core.models import Dialect
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.daemon.tuning import Tuning
from bot.store import (
    CommunitySettingsLog,
    Database,
    Feedback,
    MessageOutcome,
    OptOuts,
    OutgoingMessages,
    ReceivedMessages,
    SettingsChangeKind,
    SettingsSource,
    State,
    schema_version,
)
from bot.store.post_lookup import all_posts
from tests.conftest import START, Clock, on_sqlite
from tests.store.conftest import creates_tables

pytestmark = [on_sqlite, creates_tables]

DUMP = Path(__file__).with_name("before_plain_names.sql")
CONFIG = """
[bot]
owner = "mailto:admin@example.org"
[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news", "technology"]
[workers]
processes = 1
"""
migration: Any = importlib.import_module("bot.store.migrations.versions.0007_plain_names")

ADDED_LATER: dict[str, dict[str, Any]] = {
    "posts": {
        "refetch": None,
        "replaced_comment_ids": None,
        "article_word_count": None,
        "summary_sentences": None,
        "link_in_request": None,
        "refused_sends": 0,
        "delete_attempts": 0,
        "delete_error": None,
        "overdue_from": None,
        "refetched_at": None,
    },
    "outgoing_messages": {"refused_sends": 0},
    "received_messages": {"work_began_at": None, "priority": Priority.OTHER},
    "accounts": {
        "software": None,
        "software_before": None,
        "software_changed_at": None,
        "paused_at": None,
    },
    "muted_communities": {"by_operator": 0},
}
"""Columns that later revisions added, by table, with their values in old rows."""

TABLES_ADDED_LATER = (
    "replaced_replies",
    "report_subscriptions",
    "conditions",
    "operator_actions",
    "revisions",
    "nodes",
    "account_leaders",
    "rate_limit_buckets",
    "host_pauses",
    "robots_files",
)

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database of revision 0006 with rows in all tables."""
    path = tmp_path / "precis.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text())
    return path


@contextmanager
def opened(path: Path) -> Iterator[Database]:
    database = Database(path, START)
    try:
        yield database
    finally:
        database.close()


def rows_of(path: Path) -> Rows:
    """All rows of all tables, except Alembic's and the index of words."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            table["name"]: [dict(row) for row in connection.execute(f"SELECT * FROM {table['name']}")]
            for table in tables
            if table["name"] != "alembic_version" and not table["name"].startswith("post_search")
        }


def renamed(before: Rows) -> Rows:
    """What the rows must be after the upgrade."""
    tables = dict(migration.TABLES)
    columns = {(table, old): new for table, old, new in migration.COLUMNS}
    values = {(table, column, old): new for table, column, old, new in migration.VALUES}
    after: Rows = {}
    for name, rows in before.items():
        table = tables.get(name, name)
        after[table] = [
            {
                (column := columns.get((table, key), key)): values.get((table, column, value), value)
                for key, value in row.items()
            }
            for row in rows
        ]
    return after


def test_the_dump_has_rows_in_all_tables(old: Path) -> None:
    before = rows_of(old)
    assert len(before) == 13
    assert all(before.values())


def test_an_upgrade_keeps_every_row(old: Path) -> None:
    before = rows_of(old)
    with opened(old):
        pass
    after = rows_of(old)
    for table, values in ADDED_LATER.items():
        for row in after[table]:
            assert {column: row.pop(column) for column in values} == values
    states = Counter(post["state"] for post in after["posts"])
    counted: Counter[str] = Counter()
    for row in after.pop("post_counts"):
        counted[row["state"]] += row["number"]
    assert counted == states
    assert sum(row["number"] for row in after.pop("daily_counts")) == sum(
        post["done_at"] is not None for post in after["posts"]
    )
    assert after == renamed(before) | {table: [] for table in TABLES_ADDED_LATER}
    assert rows_of(old.with_name("precis.db.version-0006.backup")) == before


def test_a_downgrade_restores_every_row(old: Path) -> None:
    before = rows_of(old)
    with opened(old) as database, database.write_transaction() as connection:
        command.downgrade(schema_version.alembic_config(connection), "0006")
    assert rows_of(old) == before


def test_the_store_reads_the_upgraded_rows(old: Path, clock: Clock) -> None:
    with opened(old) as database:
        assert len(all_posts(database)) == 60
        assert database.created_at() == START
        log = CommunitySettingsLog(database)
        assert log.status("news@lemmy.example") is SettingsChangeKind.PAUSE
        settings = log.latest_settings("worldnews")
        assert settings is not None
        assert (settings.source, settings.source_id) == (SettingsSource.WIKI, "reddit/wiki/worldnews/r1")
        assert OptOuts(database).counts() == {"fediverse": 1, "reddit": 1}
        assert [message.text for message in Feedback(database).unhandled_messages()] == ["What are you?"]
        message = OutgoingMessages(database).next_due("main", clock.advance(600))
        assert message is not None
        assert (message.recipient, message.state) == ("alice0@lemmy.example", State.SENDING)
        received = ReceivedMessages(database)
        new = received.next_new("main", clock())
        assert new is not None
        assert (new.message.text, new.message.author) == ("help", "bob1@lemmy.example")
        received.finish(new.row, MessageOutcome.NOTED, clock())


def test_opt_outs_are_still_recognized(old: Path) -> None:
    """The key of the hashes is kept."""
    with opened(old) as database:
        people = OptOuts(database)
        people.add("reddit", "someone", START)
        people.add("reddit", "someone", START)
        assert people.counts() == {"fediverse": 1, "reddit": 2}
        with database.read_transaction() as connection:
            key = connection.exec_driver_sql("SELECT value FROM keys WHERE name = 'opt_outs'").scalar_one()
    assert f"VALUES('optouts','{key}')" in DUMP.read_text()


def test_a_daemon_starts_on_the_upgraded_database(old: Path, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    with App(load(path, {}), Tuning(clock=clock), database=old) as app:
        assert [platform.dialect for platform in app.platforms] == [Dialect.LEMMY]
        assert len(all_posts(app.database)) == 60
        assert app.queue.erase_content(clock()) > 0
        assert app.process_posts(TimeLimit.start(Event(), 60)) == 0
