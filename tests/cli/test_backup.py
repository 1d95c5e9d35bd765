"""`precis backup`, `precis restore` and `precis recount`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.backup import back_up, recount, restore
from bot.core.clock import utc_now
from bot.core.cluster_timing import ClusterTiming
from bot.core.errors import StoreError, UserError
from bot.core.models import PollResult, Source
from bot.store import Database, PostQueue
from bot.store.account_leaders import AccountLeaders
from bot.store.cluster_nodes import ClusterNodes, NewNode
from bot.store.daemon_lock import daemon_lock
from tests.cli.conftest import write_config
from tests.conftest import START, a_post, new_location, on_server

LEASE = ClusterTiming().lease
CONFIG = """
[bot]
owner = "you@example.org"
[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret word"
communities = ["news@lemmy.example"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_config(tmp_path, CONFIG)


@pytest.fixture
def database(config: Path) -> Path:
    path = config.with_name("precis.db")
    made = Database(path, START)
    posts = tuple(a_post(number) for number in range(300))
    PostQueue(made).discover(Source("main", None), PollResult(posts, "c"), START)
    made.close()
    return path


def rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM posts").fetchone()
    connection.close()
    return int(count)


def test_backup_and_restore(config: Path, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    safe = config.with_name("safe.db")
    back_up(config, safe)
    assert "Store it where nobody else can read it" in capsys.readouterr().out
    assert rows(safe) == 300
    data = bytearray(database.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    database.write_bytes(data)
    with pytest.raises(StoreError, match="damaged") as caught:
        Database(database, START)
    assert "precis restore" in caught.value.remedy
    restore(config, safe)
    assert rows(database) == 300
    assert database.with_name("precis.db.damaged").exists()
    again = Database(database, None)
    assert again.created_at() > START  # so replies since the copy are read back before anything is sent
    again.close()


def test_restore_without_a_name_takes_the_newest_good_copy(
    config: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in (1, 2):
        back_up(config, config.with_name(f"precis.db.2026-01-0{day}T000000.copy"))
    config.with_name("precis.db.2026-01-03T000000.copy").write_bytes(b"no database" * 500)
    database.unlink()
    restore(config, None)
    assert "2026-01-02" in capsys.readouterr().out
    assert rows(database) == 300


def test_restore_is_refused_without_a_good_copy_or_beside_a_daemon(config: Path, database: Path) -> None:
    with pytest.raises(UserError, match="no good copy"):
        restore(config, None)
    safe = config.with_name("safe.db")
    back_up(config, safe)
    with daemon_lock(database), pytest.raises(StoreError, match="already running"):
        restore(config, safe)


def test_backup_into_a_folder(config: Path, database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "away"
    folder.mkdir()
    back_up(config, folder)
    assert rows(folder / "precis.db.backup") == 300


def test_recount(config: Path, database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    connection = sqlite3.connect(database)
    connection.execute("UPDATE post_counts SET number = 7")
    connection.commit()
    connection.close()
    recount(config)
    assert capsys.readouterr().out == "Counted all posts. Wrong numbers that were corrected: 1.\n"
    recount(config)
    assert capsys.readouterr().out == "Counted all posts. Wrong numbers that were corrected: 0.\n"


@on_server
def test_postgresql_is_restored_by_pg_restore_and_then_expects_replies_that_it_does_not_know(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    location = new_location("postgresql", tmp_path, START)
    config.write_text(CONFIG.replace("[lemmy", f'database = "{location}"\n[lemmy', 1))
    with pytest.raises(UserError, match="replaces only a file") as caught:
        restore(config, None)
    assert "pg_restore" in caught.value.remedy
    assert caught.value.remedy.endswith("precis restore --after-pg-restore")
    with closing(Database(location, START)) as database:
        nodes, leaders, before = ClusterNodes(database), AccountLeaders(database), utc_now()
        nodes.register(NewNode("berlin", "1", "host", 1, ("account",), ("home",), "1.0"), LEASE)
        leaders.add(["home"])
        (won,) = leaders.take("berlin", ["home"], LEASE)
        restore(config, None, after_pg_restore=True)
        assert "counts as restored now" in capsys.readouterr().out
        assert database.created_at() >= before
        assert nodes.list_all() == ()
        assert not leaders.is_held("berlin", "home", won.epoch)
        (again,) = leaders.take("berlin", ["home"], LEASE)
        assert again.epoch > won.epoch
        assert not again.handed_over


def test_a_file_is_not_restored_by_pg_restore(config: Path, database: Path) -> None:
    with pytest.raises(UserError, match="is a file"):
        restore(config, None, after_pg_restore=True)
    assert rows(database) == 300
