"""The name by which messages call this program."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.operations.program_name import program_name


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "my bot" / "precis"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_program_that_the_shell_does_not_find_is_named_by_its_path(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert program_name(".venv/bin/precis") == ".venv/bin/precis"
    assert program_name(f"{program}") == f"'{program}'"


def test_a_program_that_the_shell_finds_is_named_by_its_name(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{program.parent}")
    assert program_name(f"{program}") == "precis"
    assert program_name("/opt/other/precis") == "/opt/other/precis"


def test_a_module_is_named_precis() -> None:
    assert program_name("/srv/precis/bot/__main__.py") == "precis"
