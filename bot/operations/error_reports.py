"""Unforeseen errors, told to an address that the operator names: one POST with JSON each.

What is sent says where in the code it happened and nothing of what it happened over: no text, title,
address or name of anybody, and not the exception's own words, which may hold any of them.
"""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx2
from structlog.typing import EventDict, WrappedLogger

from bot import __version__
from bot.operations.tls import system_tls_context

MAX_QUEUED = 20
REPEAT_AFTER = 600.0
"""Seconds before the same error is told once more."""
MAX_FRAMES = 30
TIMEOUT = 10.0

Send = Callable[[dict[str, Any]], None]


class ErrorReporter:
    """A processor of the log: takes what was logged with its exception and lets it pass unchanged.

    Never raises and never waits: what does not fit into the queue is left out.
    """

    def __init__(self, send: Send, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._monotonic = monotonic
        self._reported_at: dict[str, float] = {}
        self._queue: queue.Queue[dict[str, Any]] = queue.Queue(MAX_QUEUED)
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="alarm", daemon=True).start()

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        error = _exception_of(event.get("exc_info"))
        if error is not None:
            self._report(str(event.get("event", "")), error)
        return event

    def _report(self, event: str, error: BaseException) -> None:
        report = error_report(event, error)
        key = json.dumps(report["where"][-1:]) + report["error"]
        with self._lock:
            now = self._monotonic()
            if now - self._reported_at.get(key, float("-inf")) < REPEAT_AFTER:
                return
            self._reported_at[key] = now
        try:
            self._queue.put_nowait(report)
        except queue.Full:
            return

    def _run(self) -> None:
        while True:
            report = self._queue.get()
            try:
                self._send(report)
            except Exception:  # noqa: BLE001, S110 (an alarm that cannot be raised must raise no other)
                pass
            finally:
                self._queue.task_done()

    def wait_until_sent(self) -> None:
        """Wait until everything is sent or given up."""
        self._queue.join()


def send_to(address: str, user_agent: str) -> Send:
    """Send reports there."""

    def send(report: dict[str, Any]) -> None:
        headers = {"user-agent": user_agent}
        httpx2.post(
            address,
            json=report,
            headers=headers,
            timeout=TIMEOUT,
            verify=system_tls_context(),
            trust_env=False,
        )

    return send


def error_report(event: str, error: BaseException) -> dict[str, Any]:
    """An error without what it was about; the innermost place comes last."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    return {
        "text": f"Precis: {event} ({type(error).__name__})",  # what chat services show
        "event": event,
        "error": type(error).__name__,
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
        "where": [f"{_short_path(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        "version": __version__,
    }


def _short_path(path: str) -> str:
    """A file's path from its package on: where it is installed is nobody's business."""
    for mark in ("site-packages/", "/bot/"):
        _, found, tail = path.rpartition(mark)
        if found:
            return f"bot/{tail}" if mark == "/bot/" else tail
    return path.rpartition("/")[2]


def _exception_of(given: object) -> BaseException | None:
    match given:
        case BaseException():
            return given
        case (_, BaseException() as error, TracebackType() | None):
            return error
        case True:
            return sys.exc_info()[1]
    return None
