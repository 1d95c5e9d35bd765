"""Everything that a daemon and all commands write over failing servers is searched for secrets."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.operations.process_secrets import take_secrets_from_environment
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.reddit.server import CLIENT_SECRET
from bot.store import Database
from tests.conftest import START
from tests.daemon.test_daemon_process import add_post, until
from tests.preloaded import use_real_daemons

PASSWORD = "swordfish-7c1b90"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxEnvironment]:
    faults = FaultInjector(probabilities={Fault.FAIL: 0.3, Fault.STORE_THEN_DROP: 0.3})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.sandbox.environment.BOT_PASSWORD", PASSWORD)
        with SandboxEnvironment(
            tmp_path / "daemon", subreddits=("news",), faults=faults, reddit_faults=faults
        ) as made:
            made.config_path.write_text(re.sub(r'password = ".*"\n', "", made.config_path.read_text()))
            yield made


def precis(sandbox: SandboxEnvironment, *arguments: str, password: str) -> str:
    """The output of a command."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments, "--config", str(sandbox.config_path)],
        env={**os.environ, **environ(password)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    return done.stdout + done.stderr


def environ(password: str) -> dict[str, str]:
    return {"PRECIS_LEMMY_DEMO_PASSWORD": password, "PRECIS_REDDIT_DEMO_REDDIT_PASSWORD": password}


def test_no_secret_is_written_anywhere(sandbox: SandboxEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ(PASSWORD).items():
        monkeypatch.setenv(name, value)
    link = sandbox.article_urls()[0]
    add_post(sandbox, link)
    sandbox.reddit.state.add_submission(sandbox.subreddits[0], sandbox.rosa, "A post", link)
    with use_real_daemons():
        daemon = sandbox.start_daemon("--settle", "0.3")
    try:
        until(lambda: sandbox.count_finished_posts() >= 2, daemon, sandbox)
        children = _descendants(daemon.pid)
        arguments = "".join(_proc(pid, "cmdline") for pid in [daemon.pid, *children])
        inherited = "".join(_proc(pid, "environ") for pid in children)
        assert len(children) >= 2
        assert "PATH=" in inherited
        assert re.search(r"Max core file size +0 +0 ", _proc(daemon.pid, "limits"))
    finally:
        stop_daemon(daemon)
    wrong = "not-the-password-either"
    written = {
        "log": sandbox.log_path.read_text(),
        "arguments": arguments,
        "children's environment": inherited,
        "status": precis(sandbox, "status", password=PASSWORD),
        "check, refused": precis(sandbox, "check", password=wrong),
        "rows": _rows(sandbox.database_path),
    }
    assert "logged in" in written["log"]
    tokens = _tokens(sandbox.database_path)
    assert tokens
    for place, text in written.items():
        for secret in (PASSWORD, wrong, CLIENT_SECRET, *tokens):
            assert secret not in text, place


def _descendants(pid: int) -> list[int]:
    found = [int(child) for child in _proc(pid, f"task/{pid}/children").split()]
    return found + [grandchild for child in found for grandchild in _descendants(child)]


def _proc(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def _rows(database: Path) -> str:
    """Every value of every table, except the column for tokens."""
    connection = sqlite3.connect(database)
    # The index of words is read by the tables in which FTS5 stores it.
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'post_search'"
    tables = [name for (name,) in connection.execute(named)]
    rows = []
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "token"]
        rows += connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall()
    connection.close()
    return repr(rows)


def _tokens(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    kept = [row[0] for row in connection.execute("SELECT token FROM accounts WHERE token IS NOT NULL")]
    connection.close()
    return [token for text in kept for token in re.findall(r"[\w.-]{8,}", text) if "sandbox." in token]


def test_secrets_are_in_no_core_dump_and_no_child_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRECIS_LEMMY_MAIN_PASSWORD", "geheim")
    monkeypatch.setattr(resource, "setrlimit", lambda *limit: limits.append(limit))
    limits: list[tuple[object, ...]] = []
    kept = take_secrets_from_environment()
    assert kept["PRECIS_LEMMY_MAIN_PASSWORD"] == "geheim"
    assert "PRECIS_LEMMY_MAIN_PASSWORD" not in os.environ
    assert limits == [(resource.RLIMIT_CORE, (0, 0))]
    child = subprocess.run(["env"], capture_output=True, text=True, check=True)
    assert "geheim" not in child.stdout
    monkeypatch.setenv("PRECIS_LEMMY_MAIN_PASSWORD", "restored by the fixture")


PROGRAM = """
import ctypes, sys
from bot.cli import main_commands as commands
commands.app = lambda: sys.exit(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE
commands.main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_no_command_can_be_dumped_even_to_a_program_that_receives_dumps() -> None:
    assert subprocess.run([sys.executable, "-c", PROGRAM], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("command", ["try", "doctor", "web"])
def test_no_command_passes_secrets_to_its_workers(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.status import Status

    from bot.cli import doctor, try_page, web_pages
    from bot.core.models import Dialect

    class Started(Exception):
        """A worker pool was created."""

    def started(*limits: object) -> None:
        left = [name for name in os.environ if name.startswith("PRECIS_")]
        raise Started(left)

    monkeypatch.setenv("PRECIS_LEMMY_HOME_PASSWORD", PASSWORD)
    config = tmp_path / "config.toml"
    config.write_text(
        f'[bot]\nowner = "mailto:a@b.example"\ndatabase = "{tmp_path}/precis.db"\n[lemmy.home]\n'
        'server = "https://lemmy.example"\nusername = "precis"\ncommunities = ["news"]\n'
    )
    Database(tmp_path / "precis.db", START).close()
    page = tmp_path / "page.html"
    page.write_text("<p>Hello.</p>")
    for place in ("bot.cli.try_page", "bot.cli.doctor_checks.system", "bot.daemon.factories"):
        monkeypatch.setattr(f"{place}.WorkerPool", started)
    monkeypatch.setattr(doctor, "_run_check", lambda check: check())
    kind: dict[str, Callable[[], None]] = {
        "try": lambda: try_page.try_page(
            str(page), config, {}, Dialect.LEMMY, as_json=False, explain=False, progress=Status("")
        ),
        "doctor": lambda: doctor.run_doctor(config),
        "web": lambda: web_pages.serve_pages(config, 0),
    }
    with pytest.raises(Started) as caught:
        kind[command]()
    assert caught.value.args == ([],)


def test_no_command_takes_a_secret_as_an_argument() -> None:
    """Arguments can be read by every user of the machine."""
    from typer.main import get_command

    from bot.cli.main_commands import app

    group = get_command(app)
    names = {
        option
        for command in group.commands.values()  # type: ignore[attr-defined]
        for parameter in command.params
        for option in parameter.opts
    }
    assert "--config" in names
    secret = {name for name in names if re.search("password|secret|token", name)}
    assert secret <= {"--password-file", "--client-secret-file"}
