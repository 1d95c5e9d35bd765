"""Sends reports of unexpected errors to a URL that the operator sets: one POST with JSON for each error.

A report contains the location in the code, but no data: no text, title, URL or name, and no exception
message, because it may contain any of them.
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
"""Seconds before the same error is reported again."""
MAX_FRAMES = 30
TIMEOUT = 10.0

SendReport = Callable[[dict[str, Any]], None]


class ErrorReporter:
    """A structlog processor that reports every log event with an exception. It does not change the event.

    Never raises and never waits: if the queue is full, the report is dropped.
    """

    def __init__(self, send: SendReport, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._send = send
        self._monotonic = monotonic
        self._reported_at: dict[str, float] = {}
        self._queue: queue.Queue[dict[str, Any]] = queue.Queue(MAX_QUEUED)
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="error-reporter", daemon=True).start()

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
            except Exception:  # noqa: BLE001, S110 (a failed report must not cause another one)
                pass
            finally:
                self._queue.task_done()

    def wait_until_sent(self) -> None:
        """Wait until every queued report is sent or has failed."""
        self._queue.join()


def send_to(address: str, user_agent: str) -> SendReport:
    """A function that sends a report to this URL."""

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
    """The error without any data; the innermost frame comes last."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    return {
        "text": f"Precis: {event} ({type(error).__name__})",  # the key that chat services display
        "event": event,
        "error": type(error).__name__,
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
        "where": [f"{_short_path(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
        "version": __version__,
    }


def _short_path(path: str) -> str:
    """The path of a file relative to its package, so that the report does not show where it is installed."""
    for root in ("site-packages/", "/bot/"):
        _, found, tail = path.rpartition(root)
        if found:
            return f"bot/{tail}" if root == "/bot/" else tail
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
