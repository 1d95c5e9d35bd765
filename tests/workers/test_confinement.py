"""What is said where the kernel does not offer all that confines the processes which read pages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.daemon import factories
from bot.workers.confinement import KernelSupport, kernel_support


@pytest.mark.parametrize(
    ("offer", "missing", "open_to_pages"),
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
def test_what_a_kernel_lacks_is_said_once_at_the_start(
    offer: KernelSupport, missing: str, open_to_pages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: offer)
    monkeypatch.setattr(factories, "WorkerPool", lambda limits: limits)
    workers = SimpleNamespace(processes=1, timeout=None, memory_mb=1024, recycle=50)
    config: Any = SimpleNamespace(workers=workers)
    with capture_logs() as said:
        factories.make_worker_pool(config)
    (line,) = said
    assert line["log_level"] == "warning"
    assert missing in line["why"]
    assert open_to_pages in line["why"]


def test_a_kernel_that_has_all_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factories, "kernel_support", lambda: KernelSupport(landlock=True, seccomp=True))
    monkeypatch.setattr(factories, "WorkerPool", lambda limits: limits)
    config: Any = SimpleNamespace(workers=SimpleNamespace(processes=1, timeout=None, memory_mb=1, recycle=1))
    with capture_logs() as said:
        factories.make_worker_pool(config)
    assert said == []


@pytest.mark.parametrize("answer", [False, OSError("not here")])
def test_a_kernel_that_refuses_the_question_has_nothing_to_offer(
    answer: bool | OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported() -> bool:
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr("landlockpy.supported", supported)
    monkeypatch.setattr("seccompy.supported", supported)
    assert kernel_support() == KernelSupport(landlock=False, seccomp=False)
