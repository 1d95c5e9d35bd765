"""What is read without SQLAlchemy is the same as with it, and so are the errors."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot import store
from bot.core.errors import StoreError
from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import (
    COMMAND_LINE,
    Accounts,
    CommunitySettingsLog,
    Database,
    MutedCommunities,
    MutedCommunity,
    OutgoingReplies,
    PostQueue,
    SettingsChange,
    SettingsChangeKind,
    SettingsSource,
)
from bot.store.active_pauses import paused_accounts, read_pauses
from bot.store.backlog import find_backlog
from bot.store.cluster_report import ClusterReport, cluster_report
from bot.store.pauses import pause_account
from bot.store.software_updates import software_updates
from bot.store.sqlite_reader import SqliteReader, open_reader
from bot.store.status_reports import status_report
from bot.store.text_queries import Readable
from tests.conftest import Clock, a_post, on_sqlite

HOUR = timedelta(hours=1)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)
COMMUNITY = "news@lemmy.example"
REPORTS: dict[str, Callable[[Readable, Clock], object]] = {
    "status": lambda database, clock: status_report(database),
    "backlog": lambda database, clock: find_backlog(database, clock() + HOUR, HOUR),
    "pauses": lambda database, clock: read_pauses(database),
    "paused accounts": lambda database, clock: paused_accounts(database),
    "updates": lambda database, clock: software_updates(database, clock() - HOUR),
}


@pytest.fixture
def filled(database: Database, clock: Clock) -> Database:
    """A database with something in each report."""
    queue, now = PostQueue(database), clock()
    queue.discover(Source("home", COMMUNITY), PollResult(tuple(map(a_post, range(1, 6))), "c"), now)
    queue.make_ready(1, REPLY, now, now)
    queue.make_ready(2, REPLY, now, now)
    queue.skip(3, Skipped(SkipReason.WALL, "a paywall"), now)
    OutgoingReplies(database).mark_sent(1, Comment("9", "1", "https://lemmy.example/comment/9", now), now)
    for undeleted in (5, 6):
        database.update_post(1, delete_at=now, delete_attempts=undeleted, delete_error="It refused.")
    accounts = Accounts(database)
    accounts.set_error("home", "The password is wrong.", now)
    for software in ("Lemmy 0.19.5", "Lemmy 1.0.0"):
        accounts.record_software("home", software, now, is_major=lambda before, after: True)
    pause_account(database, "home", COMMAND_LINE, now)
    mutes = MutedCommunities(database)
    mutes.add(MutedCommunity("home", "art@lemmy.example", "Banned ☃.", now))
    mutes.add(MutedCommunity("home", "pets@lemmy.example", "", now, by_operator=True))
    kinds = (
        *(("old@x", SettingsChangeKind.PAUSE), ("old@x", SettingsChangeKind.RESUME)),
        *(("new@x", SettingsChangeKind.RESUME), ("new@x", SettingsChangeKind.LEAVE)),
        ("new@x", SettingsChangeKind.SETTINGS),
    )
    log = CommunitySettingsLog(database)
    for number, (community, kind) in enumerate(kinds):
        changed_at, settings = now + number * HOUR, {"words": 9}
        source = SettingsSource.MESSAGE
        log.add(SettingsChange(community, kind, source, "ann", changed_at, f"{number}", "text", settings))
    return database


@on_sqlite
@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_each_report_is_the_same_without_sqlalchemy(
    filled: Database, clock: Clock, report: Callable[[Readable, Clock], object]
) -> None:
    assert filled.path is not None
    with closing(SqliteReader(filled.path)) as reader:
        found = report(reader, clock)
        assert found == report(filled, clock)
    assert found


def test_the_reports_of_both_databases(filled: Database, clock: Clock) -> None:
    report, now = status_report(filled), clock()
    assert {state.value: number for state, number in report.states.items()} == {
        "discovered": 2,
        "ready": 1,
        "sent": 1,
        "skipped": 1,
    }
    assert report.reasons == {SkipReason.WALL: 1}
    assert report.account_errors == {"home": "The password is wrong."}
    assert [(each.by_operator, each.muted_at) for each in report.mutes] == [(False, now), (True, now)]
    assert [(each.community, each.waiting, each.next_at) for each in report.plans] == [(COMMUNITY, 1, now)]
    (failed,) = report.failed_deletions
    assert (failed.count, failed.attempts, failed.next_at) == (1, 6, now)
    assert report.last_reply is not None
    assert (report.last_reply.title, report.last_reply.done_at) == (a_post(1).title, now)
    assert report.oldest_waiting is not None
    pauses = read_pauses(filled)
    assert pauses.accounts == paused_accounts(filled) == {"home": now}
    (left,) = pauses.communities
    assert left == CommunitySettingsLog(filled).latest_status_change("new@x")
    (update,) = software_updates(filled, now)
    assert (update.before, update.after, update.seen_at) == ("Lemmy 0.19.5", "Lemmy 1.0.0", now)
    backlog = find_backlog(filled, now + HOUR, HOUR)
    assert backlog is not None
    assert (backlog.count, backlog.oldest_since) == (3, now)


@on_sqlite
def test_a_file_has_no_nodes(database: Database) -> None:
    with closing(open_reader(database.location)) as reader:
        assert isinstance(reader, SqliteReader)
        assert cluster_report(reader) == ClusterReport()
        assert reader.write_error is None


@on_sqlite
def test_one_report_is_one_state_of_the_database(filled: Database) -> None:
    assert filled.path is not None
    with closing(SqliteReader(filled.path)) as reader:
        before = status_report(reader)
        with reader.text_queries(), closing(sqlite3.connect(filled.path)) as other, other:
            other.execute("UPDATE accounts SET error = 'Another.'")  # is not blocked
        assert status_report(reader) != before


def _missing(path: Path) -> None:
    path.unlink()


def _not_a_database(path: Path) -> None:
    path.write_text("milk, eggs, flour, and so on and so forth" * 100)


def _unreadable_pages(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(byte ^ 0xA5 for byte in data[4096:])
    path.write_bytes(data)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _statement(sql: str) -> Callable[[Path], None]:
    def execute(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(sql)

    return execute


FAULTS: dict[str, Callable[[Path], None]] = {
    "missing": _missing,
    "not a database": _not_a_database,
    "unreadable pages": _unreadable_pages,
    "a folder": _folder,
    "another version": _statement("UPDATE alembic_version SET version_num = '0001'"),
    "no version": _statement("DELETE FROM alembic_version"),
    "no table of versions": _statement("DROP TABLE alembic_version"),
    "no table": _statement("DROP TABLE posts"),
    "no column": _statement("ALTER TABLE posts DROP COLUMN sends"),
    "broken JSON": _statement("UPDATE posts SET content = '{\"title\": '"),
    "JSON of another shape": _statement("UPDATE posts SET content = '[1, 2]'"),
    "a broken time": _statement("UPDATE posts SET due_at = 'yesterday', published = 'yesterday'"),
    "bytes that are not text": _statement("UPDATE posts SET error = CAST(x'ff' AS TEXT)"),
}


@pytest.fixture
def file(filled: Database, tmp_path: Path) -> Path:
    assert filled.path is not None
    filled.close()
    copy = tmp_path / "copy" / "precis.db"
    copy.parent.mkdir()
    with closing(sqlite3.connect(filled.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(filled.path, copy)
    return copy


@on_sqlite
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_each_error_is_the_same_without_sqlalchemy(file: Path, fault: Callable[[Path], None]) -> None:
    fault(file)
    errors = []
    for open_database in (lambda: Database(file, None), lambda: SqliteReader(file)):
        with (
            capture_logs() as said,
            pytest.raises(StoreError) as caught,
            closing(open_database()) as database,
        ):
            status_report(database)
        error = caught.value
        errors.append((error.message, error.remedy, error.temporary, [each["event"] for each in said]))
    assert errors[0] == errors[1]


def test_each_name_of_the_package_is_found_in_its_module() -> None:
    for name in store.__all__:
        assert getattr(store, name).__module__.startswith("bot.store.") or name.isupper()
    assert sorted(store.__all__) == sorted(store._module_of)
    modules = {path.stem for path in Path(store.__file__).parent.glob("*.py")}
    assert not modules & set(store.__all__)  # such a module would hide the name
    with pytest.raises(AttributeError, match="has no attribute 'Missing'"):
        store.Missing  # noqa: B018
