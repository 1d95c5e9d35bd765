"""What is logged if the kernel cannot fully confine the processes that read pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.daemon import factories
from bot.workers.confinement import KernelSupport, kernel_support


@pytest.mark.parametrize(
    ("support", "missing", "unprotected"),
    [
        (KernelSupport(landlock=False, seccomp=True), "no Landlock", "read and write the files"),
        (KernelSupport(landlock=True, seccomp=False), "no seccomp", "can use the network"),
        (
            KernelSupport(landlock=False, seccomp=False),
            "no Landlock and no seccomp",
            "only the limits on time, memory and files",
        ),
    ],
)
def test_missing_kernel_support_is_logged_once_at_start(
    support: KernelSupport, missing: str, unprotected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: support)
    monkeypatch.setattr(factories, "WorkerPool", lambda limits: limits)
    workers = SimpleNamespace(processes=1, timeout=None, memory_mb=1024, recycle=50)
    config: Any = SimpleNamespace(workers=workers)
    with capture_logs() as logged:
        factories.make_worker_pool(config)
    (line,) = logged
    assert line["log_level"] == "warning"
    assert missing in line["why"]
    assert unprotected in line["why"]


def test_full_kernel_support_is_not_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: KernelSupport(landlock=True, seccomp=True))
    monkeypatch.setattr(factories, "WorkerPool", lambda limits: limits)
    config: Any = SimpleNamespace(workers=SimpleNamespace(processes=1, timeout=None, memory_mb=1, recycle=1))
    with capture_logs() as logged:
        factories.make_worker_pool(config)
    assert logged == []


@pytest.mark.parametrize("answer", [False, OSError("not here")])
def test_a_kernel_that_refuses_the_query_supports_nothing(
    answer: bool | OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported() -> bool:
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr("landlockpy.supported", supported)
    monkeypatch.setattr("seccompy.supported", supported)
    assert kernel_support() == KernelSupport(landlock=False, seccomp=False)
