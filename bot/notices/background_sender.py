"""Sends things in a thread of its own, so that a slow or dead server never holds up the daemon."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from bot.notices.http_post import DeliveryError

log = structlog.get_logger(__name__)

FIRST_PAUSE = 30.0
"""Seconds after a failure. The pause doubles with each further one."""
MAX_PAUSE = 1800.0
SLOW_AFTER = 60.0
"""Seconds after which a server that sends its answer byte by byte counts as one that does not answer."""

_Item = TypeVar("_Item")


class BackgroundSender(Generic[_Item]):
    """Sends one item at a time to one address.

    Logs once when that starts to fail, and once when it works again. Thread-safe.
    """

    def __init__(
        self,
        what: str,
        send: Callable[[_Item], object],
        *,
        to: str = "",
        max_pause: float = MAX_PAUSE,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`what` and `to` name for the log what is sent and where; `send` raises `DeliveryError`."""
        self._what = what
        self._to = to
        self._send = send
        self._max_pause = max_pause
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._failures = 0
        self._not_before = float("-inf")
        self._started = 0.0

    def is_ready(self) -> bool:
        """Whether nothing is being sent and the pause after a failure is over."""
        with self._lock:
            ready, now = self._is_ready(), self._monotonic()
            slow = self._thread is not None and self._thread.is_alive() and now - self._started > SLOW_AFTER
            first = slow and not self._failures
            self._failures += first
        if first:
            error = f"the server has not finished its answer for {SLOW_AFTER:.0f} seconds"
            log.error("cannot be sent for now", what=self._what, to=self._to, error=error)
        return ready

    def _is_ready(self) -> bool:
        busy = self._thread is not None and self._thread.is_alive()
        return not busy and self._monotonic() >= self._not_before

    def submit(self, item: _Item, on_sent: Callable[[], object] = lambda: None) -> bool:
        """Send an item soon, and call `on_sent` when it was sent, in another thread. False if not ready."""
        with self._lock:
            if not self._is_ready():
                return False
            run = threading.Thread(
                target=self._run, args=(item, on_sent), name=f"send-{self._what}", daemon=True
            )
            self._thread, self._started = run, self._monotonic()
        run.start()
        return True

    def wait(self, timeout: float) -> bool:
        """Wait until nothing is being sent; return whether that is so."""
        thread = self._thread
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def _run(self, item: _Item, on_sent: Callable[[], object]) -> None:
        try:
            self._send(item)
        except DeliveryError as error:
            self._record_failure(f"{error}")
            return
        except Exception as error:  # noqa: BLE001 (its message may contain the address)
            self._record_failure(type(error).__name__)
            return
        self._record_success()
        try:
            on_sent()
        except Exception:
            log.exception("what was sent could not be recorded", what=self._what, to=self._to)

    def _record_failure(self, error: str) -> None:
        with self._lock:
            self._failures += 1
            pause = min(FIRST_PAUSE * (1 << min(self._failures - 1, 10)), self._max_pause)
            self._not_before = self._monotonic() + pause
            first = self._failures == 1
        if first:
            log.error("cannot be sent for now", what=self._what, to=self._to, error=error)

    def _record_success(self) -> None:
        with self._lock:
            failed, self._failures = self._failures, 0
            self._not_before = float("-inf")
        if failed:
            log.info("can be sent again", what=self._what, to=self._to, failures=failed)
