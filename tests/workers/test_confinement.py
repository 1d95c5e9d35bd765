"""What each version of Landlock, seccomp and the limits deny: the table, and the same tried here."""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from seccompy import syscall_nr
from structlog.testing import capture_logs

from bot.cli.check import confinement_results
from bot.config.settings import Bot, Workers
from bot.core.errors import UserError
from bot.daemon import factories
from bot.workers import confinement
from bot.workers.confinement import kernel_support
from bot.workers.docs_page import OUTPUT_PATH, render_page
from bot.workers.rights import RIGHTS, Confinement
from bot.workers.seccomp import FORBIDDEN_CALLS
from tests.workers.probes import Targets

ROOT = Path(__file__).parents[2]
FULL = Confinement(landlock=7, seccomp=True)
BY_LANDLOCK_ALONE = {
    0: set(),
    1: {"read_files", "write_files", "programs"},
    2: {"read_files", "write_files", "programs"},
    3: {"read_files", "write_files", "programs", "truncate_files"},
    4: {"read_files", "write_files", "programs", "truncate_files", "tcp"},
    5: {"read_files", "write_files", "programs", "truncate_files", "tcp", "control_devices"},
}
BY_LANDLOCK_ALONE[6] = BY_LANDLOCK_ALONE[5] | {"abstract_sockets", "signals"}
BY_LANDLOCK_ALONE[7] = BY_LANDLOCK_ALONE[6]
BY_LIMITS = {"start_processes", "system_settings"}


@pytest.fixture
def targets(tmp_path: Path) -> Iterator[Targets]:
    """Servers and a file of this test, for the probes to reach."""
    (tmp_path / "note.txt").write_text("private")
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        name = f"precis-test-{os.getpid()}"
        for address in (f"\0{name}", str(tmp_path / "listening.sock")):
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(address)
            server.listen(50)
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        yield Targets(str(tmp_path), *ports, name, os.getpid())


@pytest.mark.parametrize("abi", range(8))
def test_each_version_of_landlock_denies_what_the_table_says(abi: int) -> None:
    denied = {right.name for right in RIGHTS if Confinement(abi).denies(right)}
    assert denied == BY_LANDLOCK_ALONE[abi] | BY_LIMITS
    assert {right.name for right in Confinement(abi, root=True).missing} == {
        right.name for right in RIGHTS
    } - BY_LANDLOCK_ALONE[abi]
    with_seccomp = Confinement(abi, seccomp=True, root=True)
    assert [right.name for right in with_seccomp.missing] == ([] if abi else ["read_files"])


def test_this_kernel_denies_what_the_table_says(targets: Targets) -> None:
    """Applies every version up to this kernel's, with and without seccomp, and tries every right."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.workers.probes", json.dumps(asdict(targets))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for abi, seccomp, possible in json.loads(done.stdout):
        support = Confinement(abi, seccomp, root=os.geteuid() == 0)
        expected = {right.name for right in support.missing}
        # A container's root may have no privilege to set the clock.
        assert set(possible) - {"system_settings"} == expected - {"system_settings"}, (abi, seccomp)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="other machines lack some of the calls")
def test_no_blocked_call_is_misspelt() -> None:
    """The filter leaves out names that the machine does not have."""
    assert [name for name in FORBIDDEN_CALLS if syscall_nr(name) < 0] == []


@pytest.mark.parametrize("answer", [0, OSError("not here")])
def test_a_kernel_that_refuses_the_query_supports_nothing(
    answer: int | OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported() -> int:
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr("landlockpy.abi_version", supported)
    monkeypatch.setattr("seccompy.supported", supported)
    support = kernel_support()
    assert (support.landlock, support.seccomp) == (0, False)


def test_a_layer_that_the_kernel_refuses_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*layer: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    confinement.kernel_support()  # loads the C library, which is replaced below
    monkeypatch.setattr(confinement, "_set_limits", lambda memory_mb: None)
    monkeypatch.setattr(confinement.signal, "signal", lambda *action: None)
    monkeypatch.setattr(confinement, "Path", lambda name: SimpleNamespace(write_text=lambda text: None))
    monkeypatch.setattr(confinement.ctypes, "CDLL", lambda name: SimpleNamespace(prctl=lambda *option: 0))
    monkeypatch.setattr(confinement, "restrict_files", refuse)
    monkeypatch.setattr(confinement, "block_system_calls", refuse)
    applied = confinement.confine(1024, support=FULL)
    assert (applied.landlock, applied.seccomp) == (0, False)
    assert applied.failures == (
        "Landlock could not be applied: Operation not permitted",
        "seccomp could not be applied: Operation not permitted",
    )
    assert "seccomp could not be applied" in applied.description


@pytest.mark.parametrize(
    ("support", "said"),
    [
        (Confinement(0, seccomp=True), "can read files other than code (no Landlock, seccomp)"),
        (Confinement(7), "use UDP and other protocols"),
        (Confinement(2), "truncate files, change the mode"),
        (Confinement(), "(no Landlock, no seccomp)"),
    ],
)
def test_what_is_missing_is_said_at_start_and_by_check(
    support: Confinement, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: support)
    assert said in support.description
    with capture_logs() as logged:
        factories.make_worker_pool(config_with("prefer"))
    assert [(line["log_level"], line["why"]) for line in logged] == [("warning", support.description)]
    (preferred,) = confinement_results(Workers(), support)
    assert (preferred.ok, preferred.text) == (True, support.description)
    (required,) = confinement_results(Workers(confinement="require"), support)
    assert not required.ok
    assert "Landlock" in required.remedy
    with pytest.raises(UserError, match='confinement = "require" cannot be met') as refused:
        factories.make_worker_pool(config_with("require"))
    assert said in refused.value.message


def test_nothing_is_said_if_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: FULL)
    with capture_logs() as logged:
        factories.make_worker_pool(config_with("prefer"))
    assert logged == []
    (found,) = confinement_results(Workers(confinement="require"), FULL)
    assert (found.ok, found.remedy) == (True, "")
    assert found.text.endswith("read only their own code (Landlock ABI 7, seccomp)")


def test_root_gets_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    support = Confinement(7, seccomp=True, root=True)
    monkeypatch.setattr(factories, "kernel_support", lambda: support)
    with capture_logs() as logged:
        factories.make_worker_pool(config_with("prefer"))
    assert [line["event"] for line in logged] == [
        "Precis runs as root, so a fault in it has every right on this machine"
    ]
    assert [each.subject for each in confinement_results(Workers(), support)] == ["workers", "user"]


def config_with(choice: str) -> Any:
    workers = Workers.model_validate({"confinement": choice})
    return SimpleNamespace(bot=Bot(owner="you@example.org"), workers=workers)


def test_the_page_is_current() -> None:
    assert (ROOT / OUTPUT_PATH).read_text(encoding="utf-8") == render_page(), "run: make reference"
