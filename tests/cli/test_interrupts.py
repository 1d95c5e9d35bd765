"""Ctrl-C ends every command without a traceback, with exit code 130."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli.exit_codes import INTERRUPTED, exit_codes
from bot.sandbox import demo
from tests.cli.conftest import ROOT, write_config
from tests.cli.test_json_output import CONFIG

TIMEOUT = 90.0


@pytest.fixture(autouse=True)
def _children_receive_sigint() -> Iterator[None]:
    """A shell starts background jobs with SIGINT ignored, and processes pass that on to their children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(folder: Path, *command: str, **options: object) -> subprocess.Popen[str]:
    """Start a process with a group of its own, as a shell does."""
    return subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,  # type: ignore[call-overload]
    )


def interrupt(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Send SIGINT to all processes of the group, as Ctrl-C does; return what they wrote."""
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=TIMEOUT)


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def until(done: Callable[[], object], process: subprocess.Popen[str]) -> None:
    began = time.monotonic()
    while not done():
        assert process.poll() is None
        assert time.monotonic() - began < TIMEOUT
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.02)


def commands_of(process: subprocess.Popen[str]) -> str:
    """The command lines of the children."""
    texts = []
    for child in children(process.pid):
        try:
            texts.append(Path(f"/proc/{child}/cmdline").read_text())
        except OSError:
            continue
    return "\n".join(texts)


def test_while_the_command_line_is_loading(tmp_path: Path) -> None:
    """The import of the command line is held up, so that the signal meets it there."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class HoldUp:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'bot.cli':\n"
        "            print('loading', flush=True)\n"
        "            __import__('signal').pause()\n"
        "sys.meta_path.insert(0, HoldUp())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "status"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    out, errors = interrupt(process)
    assert (process.returncode, out, errors) == (-signal.SIGINT, "", "")


def test_bench_while_its_processes_start(tmp_path: Path) -> None:
    process = start(tmp_path, sys.executable, "-m", "bot", "bench", "--pages", "10000")
    until(lambda: "forkserver" in commands_of(process), process)
    assert interrupt(process) == ("", "")
    assert process.returncode == INTERRUPTED


def test_demo_stops_its_daemon(tmp_path: Path) -> None:
    process = start(tmp_path, sys.executable, "-m", "bot", "demo")
    until(lambda: "bot.sandbox.daemon_process" in commands_of(process), process)
    (daemon,) = [
        pid for pid in children(process.pid) if "daemon_process" in Path(f"/proc/{pid}/cmdline").read_text()
    ]
    out, errors = interrupt(process)
    assert (process.returncode, errors) == (demo.INTERRUPTED, "")
    assert out.endswith("Stopping.\n")
    assert not Path(f"/proc/{daemon}").exists()


def test_codes_agree() -> None:
    assert demo.INTERRUPTED == INTERRUPTED
    with pytest.raises(SystemExit) as end, exit_codes():
        raise KeyboardInterrupt
    assert end.value.code == INTERRUPTED


def on_terminal(folder: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    """Start a command with a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "LINES": "24", "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    return process, ours


def read_until(terminal: int, done: Callable[[str], bool]) -> str:
    text, deadline = "", time.monotonic() + TIMEOUT
    while not done(text):
        ready, _, _ = select.select([terminal], [], [], max(deadline - time.monotonic(), 0))
        assert ready, text
        try:
            text += os.read(terminal, 65_536).decode("utf-8", "replace")
        except OSError:  # the process has ended
            break
    return text


def test_status_is_shown_again_until_ctrl_c(tmp_path: Path) -> None:
    from bot.core.clock import utc_now
    from bot.store import Database

    write_config(tmp_path, CONFIG)
    Database(tmp_path / "precis.db", utc_now()).close()
    process, terminal = on_terminal(tmp_path, "status", "--watch")
    try:
        text = read_until(terminal, lambda text: text.count("Ctrl-C ends it.") >= 2)
        assert text.count("Oldest waiting: nothing") >= 2
        process.send_signal(signal.SIGINT)
        rest = read_until(terminal, lambda text: False)
        assert process.wait(TIMEOUT) == 0
        assert "Traceback" not in rest
    finally:
        os.close(terminal)
        process.kill()


IMPORT = """
import os, signal, time
from bot.cli.interrupts import raise_after_imports
raise_after_imports()
try:
    import interrupted
    time.sleep(60)
except KeyboardInterrupt:
    print(interrupted.is_loaded)
"""


def test_ctrl_c_in_an_import_ends_the_command_after_the_import(tmp_path: Path) -> None:
    module = "import os, signal; os.kill(os.getpid(), signal.SIGINT); is_loaded = sum(range(1000)) > 0"
    (tmp_path / "interrupted.py").write_text(module, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", IMPORT],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("True\n", "", 0)


@pytest.mark.parametrize(
    "module", ["bot.operations.garbage_collection", "pydantic", "typer", "bot.cli.exit_codes"]
)
def test_ctrl_c_ends_a_command_that_loads_without_a_traceback(module: str) -> None:
    """As if somebody pressed it at the moment when this module is looked for."""
    program = f"""
import os, signal, sys
from importlib.abc import MetaPathFinder

class Pressed(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Pressed())
from bot.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, "status"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", -signal.SIGINT)


def test_try_says_what_it_does_before_it_has_loaded(tmp_path: Path) -> None:
    """The page is a pipe that nobody writes to, so that nothing is ever read."""
    os.mkfifo(tmp_path / "page.html")
    process, terminal = on_terminal(tmp_path, "try", "page.html")
    try:
        assert "Reading the page…" in read_until(terminal, lambda text: "Reading the page…" in text)
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in read_until(terminal, lambda text: False)
        assert process.wait(TIMEOUT) == INTERRUPTED
    finally:
        os.close(terminal)
        process.kill()
