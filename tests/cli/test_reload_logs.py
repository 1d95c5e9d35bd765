"""`precis reload` and `precis logs`, with a real daemon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli.logs import log_command
from bot.core.errors import StoreError, UserError
from bot.sandbox.environment import SandboxEnvironment, stop_daemon
from bot.store.daemon_lock import daemon_lock
from bot.store.daemon_process import DaemonProcess, find_daemon, record_process
from tests.cli.conftest import ROOT
from tests.preloaded import run_preloaded
from tests.quick_daemon import QUICK_DAEMON

TIMEOUT = 60.0


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[SandboxEnvironment, subprocess.Popen[bytes]]]:
    with SandboxEnvironment(tmp_path / "daemon") as sandbox:
        daemon = sandbox.start_daemon(module=QUICK_DAEMON)
        until(lambda: "running" in sandbox.log_path.read_text(), daemon)
        yield sandbox, daemon
        stop_daemon(daemon)


def until(done: Callable[[], bool], daemon: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < TIMEOUT
        with pytest.raises(subprocess.TimeoutExpired):
            daemon.wait(0.05)


def run(sandbox: SandboxEnvironment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_preloaded(
        [sys.executable, "-m", "bot", *arguments, "--config", str(sandbox.config_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=sandbox.folder,
        timeout=100,
    )


def test_a_daemon_reloads_and_its_log_is_shown(
    running: tuple[SandboxEnvironment, subprocess.Popen[bytes]],
) -> None:
    sandbox, daemon = running
    process = find_daemon(sandbox.database_path)
    assert process == DaemonProcess(daemon.pid, str(sandbox.log_path))
    good = sandbox.config_path.read_text()
    sandbox.config_path.write_text(good.replace("[rules]", "[rules]\nsentences = 99"))
    broken = run(sandbox, "reload")
    assert broken.returncode == 1
    assert "sentences must be at most 15" in broken.stderr
    sandbox.config_path.write_text(good.replace("[rules]", "[rules]\nsentences = 3"))
    done = run(sandbox, "reload")
    assert done.returncode == 0, done.stderr
    assert f"(process {daemon.pid})" in done.stdout
    until(lambda: "the new config is in effect" in sandbox.log_path.read_text(), daemon)
    assert find_daemon(sandbox.database_path) == process
    shown = run(sandbox, "logs", "-n", "1000")
    assert shown.returncode == 0, shown.stderr
    assert "the new config is in effect" in shown.stdout
    assert stop_daemon(daemon) == 0
    assert find_daemon(sandbox.database_path) is None
    assert not Path(f"{sandbox.database_path}.pid").exists()
    ended = run(sandbox, "reload")
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (1, "Start it with: precis run")
    assert "No daemon is running on" in run(sandbox, "logs").stderr


def test_a_process_counts_only_while_it_holds_the_lock(tmp_path: Path) -> None:
    database, file = tmp_path / "precis.db", tmp_path / "precis.db.pid"
    assert find_daemon(database) is None
    file.write_text("of a daemon that was killed")
    with daemon_lock(database), record_process(database):
        found = find_daemon(database)
        assert found is not None
        assert found.pid == os.getpid()
        assert file.stat().st_mode & 0o777 == 0o600
        content = json.loads(file.read_text())
        file.write_text(json.dumps({**content, "namespace": "pid:[1]"}))
        with pytest.raises(StoreError, match="in another container"):
            find_daemon(database)
        file.write_text("")
        with pytest.raises(StoreError, match="does not say which process"):
            find_daemon(database)
    file.write_text(json.dumps(content))
    assert find_daemon(database) is None


UNIT = "0::/system.slice/precis.service\n"


@pytest.mark.parametrize(
    ("target", "cgroup", "follow", "command"),
    [
        ("/var/log/precis.log", UNIT, False, "tail -n 50 -- /var/log/precis.log"),
        ("/dev/shm/precis.log", "0::/\n", False, "tail -n 50 -- /dev/shm/precis.log"),
        ("/srv/-odd.log", "0::/\n", True, "tail -n 50 -F -- /srv/-odd.log"),
        ("socket:[123]", UNIT, False, "journalctl --lines 50 --output cat --unit precis.service"),
        (
            "socket:[123]",
            "0::/user.slice/user-1000.slice/user@1000.service/app.slice/bot@2.service\n",
            True,
            "journalctl --user --follow --lines 50 --output cat --unit bot@2.service",
        ),
    ],
)
def test_the_command_that_shows_a_log(target: str, cgroup: str, follow: bool, command: str) -> None:
    assert log_command(target, cgroup, 50, follow=follow) == command.split()


@pytest.mark.parametrize(
    ("target", "cgroup", "message"),
    [
        ("/dev/pts/3", "0::/user.slice/session-2.scope\n", "to the terminal /dev/pts/3"),
        ("/dev/null", UNIT, "goes to /dev/null"),
        ("pipe:[123]", "0::/\n", "to the program that started it"),
        ("socket:[123]", "0::/user.slice/session-2.scope\n", "to the program that started it"),
        ("/var/log/precis.log (deleted)", UNIT, "/var/log/precis.log, which somebody has deleted"),
        ("", "", "to the program that started it"),
    ],
)
def test_a_log_that_no_command_can_show(target: str, cgroup: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        log_command(target, cgroup, 50, follow=False)
    assert caught.value.remedy
