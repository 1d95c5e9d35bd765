"""`precis copy-database`: which databases it copies, what it prints, and what it refuses."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.models import PollResult, Source
from bot.store import Database, PostQueue
from bot.store.daemon_lock import daemon_lock
from tests.cli.conftest import Precis, write_config
from tests.conftest import START, a_post, new_location, on_server
from tests.store.test_database_copy import change_written_values

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
def file(tmp_path: Path) -> Path:
    """The database of the settings, with three posts."""
    path = write_config(tmp_path, CONFIG).with_name("precis.db")
    with closing(Database(path, START)) as made:
        posts = tuple(a_post(number) for number in range(3))
        PostQueue(made).discover(Source("main", None), PollResult(posts, "c"), START)
    return path


@on_server
def test_it_copies_to_postgresql_and_back_and_prints_the_tables(
    file: Path, tmp_path: Path, precis: Precis
) -> None:
    server = str(new_location("postgresql", tmp_path, START))
    there = precis("copy-database", "--to", server)
    assert (there.returncode, there.stderr) == (0, "")
    assert re.search(r"^posts +3 +3  [0-9a-f]{64}$", there.stdout, re.MULTILINE)
    assert f"Copied precis.db to {server}. All tables are equal." in there.stdout
    back = precis("copy-database", "--from", server, "--to", "back.db")
    assert back.returncode == 0
    assert back.stdout.partition("\n\n")[0] == there.stdout.partition("\n\n")[0]
    with closing(Database(tmp_path / "back.db", None)) as copied:
        assert copied.read_number("SELECT count(*) FROM posts") == 3
        assert copied.created_at() == START


def test_a_difference_is_shown_in_the_table_and_named(file: Path, precis: Precis) -> None:
    with closing(Database(file, START)) as database, database.write_transaction() as connection:
        connection.exec_driver_sql("INSERT INTO keys (name, value) VALUES ('one', 'secret value')")
    target = file.with_name("target.db")
    Database(target, START).close()
    change_written_values(target)
    done = precis("copy-database", "--to", "target.db")
    assert done.returncode == 1
    assert re.search(r"^keys +1 +1  [0-9a-f]{64} in FROM, [0-9a-f]{64} in TO$", done.stdout, re.MULTILINE)
    assert done.stderr.startswith("What was read back from target.db differs from what was written: keys.")
    assert "secret value" not in done.stdout + done.stderr


def test_a_database_in_use_is_refused(file: Path, precis: Precis) -> None:
    with daemon_lock(file):
        done = precis("copy-database", "--to", "target.db")
    assert done.returncode == 75
    assert "Another precis daemon is already running" in done.stderr
    assert not file.with_name("target.db").exists()


def test_a_database_with_rows_is_refused(file: Path, precis: Precis) -> None:
    assert precis("copy-database", "--to", "target.db").returncode == 0
    done = precis("copy-database", "--to", "target.db")
    assert done.returncode == 1
    assert done.stderr == "target.db is not empty: the table cursors has rows.\nUse another file.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "There is nothing to copy to."),
        (("--to", "precis.db"), "Both databases are "),
        (("--from", "missing.db"), "There is no database missing.db."),
        (("--to", "postgresql://precis:secret@db.example/precis"), "must not contain the password"),
        (("--to", "postgres://db.example/precis?password=secret"), "must not contain the password"),
    ],
)
def test_other_errors_are_sentences(
    file: Path, precis: Precis, arguments: tuple[str, ...], words: str
) -> None:
    done = precis("copy-database", *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "secret" not in done.stderr
    assert file.exists()
