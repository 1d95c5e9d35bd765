"""The commands with a PostgreSQL database, and a daemon on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.doctor_checks import server
from bot.core.clock import utc_now
from bot.core.database_location import PostgresUrl
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.postgresql import find_programs
from bot.sandbox.sample_history import fill_database
from bot.store import Database
from bot.store.cluster_nodes import ClusterNodes, NewNode
from bot.store.cluster_report import NodeState, cluster_report
from bot.store.migrate import migrate
from bot.store.post_lookup import all_posts, find_posts
from tests import postgresql
from tests.cli.conftest import Precis, write_config
from tests.daemon.test_daemon_process import add_post, until

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(find_programs() is None, reason="PostgreSQL is not installed"),
]

CONFIG = """
[bot]
owner = "me@example.org"
database = "{url}"

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news"]
"""


@pytest.fixture
def url(tmp_path: Path) -> PostgresUrl:
    made = postgresql.new_database("commands", tables=False)
    write_config(tmp_path, CONFIG.format(url=made))
    return made


@pytest.fixture
def filled(url: PostgresUrl) -> Iterator[Database]:
    migrate(url, utc_now() - timedelta(days=30))
    with closing(Database(url, utc_now())) as database:
        fill_database(database, utc_now(), 200, days=30)
        yield database


def test_the_tables_are_created_by_migrate(url: PostgresUrl, precis: Precis) -> None:
    early = precis("status")
    assert early.returncode == 1
    assert f"{url} has no tables of Precis yet." in early.stderr.replace("\n", " ")
    assert precis("migrate").stdout == f"Created the tables in {url}.\n"
    assert "have the version of this Precis already" in precis("migrate").stdout
    assert precis("status").returncode == 0


def test_migrate_of_a_file(tmp_path: Path, precis: Precis) -> None:
    write_config(tmp_path, CONFIG.replace('database = "{url}"\n', ""))
    path = tmp_path / "precis.db"
    assert precis("migrate").stdout.startswith("Created the tables in ")
    assert path.exists()
    assert "already" in precis("migrate").stdout


READING = [
    ["status"],
    ["status", "--json"],
    ["posts"],
    ["posts", "bridge", "--since", "60d"],
    ["export"],
    ["inbox"],
    ["opinions"],
    ["optouts"],
    ["rules", "news@lemmy.example"],
    ["history", "news@lemmy.example"],
    ["report", "news@lemmy.example"],
    ["recount"],
]


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.usefixtures("filled")
def test_a_command_that_reads(command: list[str], precis: Precis) -> None:
    done = precis(*command)
    assert done.returncode == 0, done
    assert done.stdout


def test_an_operator_acts(filled: Database, precis: Precis) -> None:
    post = next(post for post in all_posts(filled) if post.reason is not None and post.title)
    for command in (
        ["why", post.permalink],
        ["retry", post.permalink],
        ["pause", "news@lemmy.example"],
        ["resume", "news@lemmy.example"],
    ):
        done = precis(*command)
        assert done.returncode == 0, (command, done)
    assert find_posts(filled, post.permalink)[0].state == "discovered"


@pytest.mark.parametrize(("command", "program"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_backups_are_made_by_postgresql(url: PostgresUrl, precis: Precis, command: str, program: str) -> None:
    done = precis(command)
    assert done.returncode == 1
    text = done.stderr.replace("\n", " ")
    assert "is a PostgreSQL database" in text
    assert program in text


def test_the_doctor_checks_the_server(url: PostgresUrl) -> None:
    found = server.check_database(url)
    assert (found.ok, found.remedy) == (False, "Create them with: precis migrate")
    migrate(url, utc_now())
    found = server.check_database(url)
    assert found.ok
    assert "has its tables, PostgreSQL " in found.text


def test_a_daemon_replies_and_keeps_its_files_in_its_folder(tmp_path: Path) -> None:
    url = postgresql.new_database("daemon")
    with SandboxEnvironment(tmp_path / "daemon", database=url) as sandbox:
        add_post(sandbox, sandbox.article_urls()[0])
        daemon = sandbox.start_daemon("--settle", "0.3")
        try:
            until(lambda: sandbox.count_finished_posts() == 1, daemon, sandbox)
        finally:
            stop_daemon(daemon)
        assert len(sandbox.replies()) == 1
        assert {path.name for path in sandbox.folder.glob("precis.*")} == {"precis.lock"}
    with closing(Database(url, None)) as database:
        (node,) = cluster_report(database).nodes
    assert (node.state, node.leads) == (NodeState.STOPPED, ())


def test_a_node_is_drained(filled: Database, precis: Precis) -> None:
    unknown = precis("drain", "a")
    assert unknown.returncode == 1
    assert "There is no node a." in unknown.stderr
    new = NewNode("a", "1", "host", 1, ("account", "read"), ("main",), "1.0")
    ClusterNodes(filled).register(new, timedelta(hours=1))
    done = precis("drain", "a")
    assert done.stdout.splitlines()[-1] == "a is empty. Stop it now, and later run: precis drain --off a"
    assert json.loads(precis("status", "--json").stdout)["nodes"][0]["state"] == "empty"
    assert "Nodes" in precis("status").stdout
    assert precis("drain", "--off", "a").stdout == "a takes work again.\n"
    assert cluster_report(filled).nodes[0].node.draining_at is None
