"""Starting and stopping the thread of read tasks."""

import asyncio
import os
import socket
import threading
from collections.abc import Callable, Mapping

import pytest

from bot.cluster.task_thread import TaskThread
from bot.core.cluster_timing import ClusterTiming

WAIT = 20.0
"""Seconds for what takes milliseconds."""


class ObservedLock:
    """A lock that says when another thread than the test's wants it."""

    def __init__(self, wanted: threading.Event) -> None:
        self._lock = threading.Lock()
        self._wanted = wanted

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            self._wanted.set()
        self._lock.acquire()

    def __exit__(self, *_error: object) -> None:
        self._lock.release()


def test_the_event_loop_stays_open_while_it_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends as soon as it sees the first change. Then it must not be closed before the last one."""
    ends_or_waits = threading.Event()
    call, close = asyncio.BaseEventLoop.call_soon_threadsafe, asyncio.SelectorEventLoop.close

    def call_and_wait(
        loop: asyncio.BaseEventLoop, callback: Callable[..., object], *arguments: object
    ) -> asyncio.Handle:
        handle = call(loop, callback, *arguments)
        if threading.current_thread() is threading.main_thread():
            assert ends_or_waits.wait(WAIT)
        return handle

    def close_and_tell(loop: asyncio.SelectorEventLoop) -> None:
        close(loop)
        ends_or_waits.set()

    thread = a_thread()
    thread._lock = ObservedLock(ends_or_waits)  # type: ignore[assignment]
    thread.start()
    while thread._supervisor is None:
        os.sched_yield()
    ends_or_waits.clear()
    monkeypatch.setattr(asyncio.BaseEventLoop, "call_soon_threadsafe", call_and_wait)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "close", close_and_tell)
    assert thread.stop(WAIT)


def test_a_thread_that_ended_can_be_paused_and_stopped_again() -> None:
    thread = a_thread()
    thread.start()
    assert thread.stop(WAIT)
    thread.set_paused(True)
    assert thread.stop(0)


def test_it_stops_while_it_connects_to_a_server_that_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT)
        thread = a_thread({"conninfo": f"host=127.0.0.1 port={server.getsockname()[1]}"}, at_once=1)
        thread.start()
        connection, _ = server.accept()
        with connection:
            assert thread.stop(WAIT)


def a_thread(arguments: Mapping[str, str] | None = None, at_once: int = 0) -> TaskThread:
    """A thread that reads nothing by default, so it needs no database."""
    return TaskThread(arguments or {}, read=lambda _row: None, at_once=at_once, timing=ClusterTiming())
