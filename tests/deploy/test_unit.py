"""The unit and the container file: what they promise stands in them."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "precis.service"


def settings() -> dict[str, str]:
    """Of [Service]; of settings that stand there several times, the last."""
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return dict(parser["Service"])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_it_safe() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = re.search(r"exposure level for precis.service: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip("this systemd-analyze cannot judge a unit that is not installed")
    assert float(found[1]) <= 1.5


def test_it_says_what_the_docs_promise() -> None:
    unit = settings()
    assert (unit["Type"], unit["DynamicUser"], unit["ProtectSystem"]) == ("notify", "yes", "strict")
    assert unit["WatchdogSec"] == "3min"
    assert "LoadCredential" in unit
    assert unit["ExecStart"] == "/opt/precis/bin/precis run --config /etc/precis/config.toml"
    assert unit["StateDirectory"] == "precis"
    assert {"CapabilityBoundingSet", "SystemCallFilter", "MemoryDenyWriteExecute"} <= unit.keys()


def test_the_container_runs_without_root_and_is_asked_how_it_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    final = lines[last:]
    users = [line for line in final if line.startswith("USER ")]
    assert users == ["USER 10001"]
    assert any(line.startswith("HEALTHCHECK") and '"precis", "healthy"' in line for line in final)
    assert any("--require-hashes -r /src/requirements.lock" in line for line in lines)
    assert "--read-only" in "".join(lines[:last])
