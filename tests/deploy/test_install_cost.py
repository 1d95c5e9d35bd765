"""The command that measures the ways to install reports what failed."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.install_cost import find_python, fresh_environment, measured


def test_packages_and_megabytes_of_the_environment_are_counted(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("one-1.dist-info", "two-2.dist-info", "one"):
        (site / name).mkdir(parents=True)
    code = f"open({str(site / 'one' / 'data')!r}, 'wb').write(bytes(range(256)) * 8192)"
    outcome = measured("way", [sys.executable, "-c", code], tmp_path, tmp_path)
    assert (outcome.packages, outcome.error) == (2, "")
    assert 2 <= outcome.megabytes < 2.1


def test_the_last_line_of_a_failed_installation_is_reported(tmp_path: Path) -> None:
    outcome = measured("way", [sys.executable, "-c", "assert False, 'lxml'"], tmp_path, tmp_path)
    assert outcome.error == "AssertionError: lxml"


def test_the_home_of_an_installation_is_empty(tmp_path: Path) -> None:
    assert fresh_environment(tmp_path)["HOME"] == str(tmp_path)
    assert "PIP_CACHE_DIR" not in fresh_environment(tmp_path)


def test_only_a_python_of_that_version_is_found() -> None:
    assert find_python(f"3.{sys.version_info.minor}")
    assert find_python("3.99") is None
