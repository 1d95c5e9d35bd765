"""Runs the command line in a folder of its own, in this process or in one of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
import stamina

from bot.cli import main, main_commands
from tests.preloaded import fork_server_for_single_workers, run_preloaded

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command printed, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


Precis = Callable[..., Done]


@pytest.fixture
def precis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Precis:
    """Run `precis ARGUMENTS` in this process, without a terminal and without waits between attempts.

    Starting Python and the processes that read pages takes seconds, which is why most tests use this.
    """

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        with (
            monkeypatch.context() as patch,
            mock.patch.dict(os.environ, {"COLUMNS": "120"}),
            Path(os.devnull).open() as nothing,
            stamina.set_testing(True, attempts=3, cap=True),
            fork_server_for_single_workers(),
        ):
            patch.chdir(tmp_path)
            patch.setattr(sys, "argv", ["precis", *arguments])
            patch.setattr(sys, "stdin", nothing)
            # These cannot be undone.
            patch.setattr(main_commands, "disable_core_dumps", lambda: None)
            patch.setattr(resource, "setrlimit", lambda *limit: None)
            with pytest.raises(SystemExit) as end:
                main()
        return Done(int(end.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def precis_process(tmp_path: Path) -> Precis:
    """Run `precis ARGUMENTS` as a process of its own, which has imported everything already."""

    def run(*arguments: str) -> Done:
        done = run_preloaded(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
            stdin=subprocess.DEVNULL,
            timeout=100,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


def write_config(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(0o600)
    return path
