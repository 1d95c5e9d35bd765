"""Runs read tasks in a thread: procrastinate's worker is asynchronous, and the daemon is not.

The thread has an event loop and a small pool of connections. Tasks run in threads of their own. If the
database goes away, the worker ends; it is started again until `stop`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import structlog
from procrastinate import App
from procrastinate.worker import Worker

from bot.cluster.read_tasks import READ_MANY_TASK, READ_QUEUE, READ_TASK
from bot.cluster.task_connections import create_connector
from bot.core.cluster_timing import ClusterTiming

log = structlog.get_logger(__name__)

RESTART_PAUSE = 2.0
"""Seconds before a worker that ended is started again."""


class TaskThread:
    """The tasks of one node. `start` and `stop` are called once each, `pause` and `resume` at any time."""

    def __init__(
        self,
        connection_arguments: Mapping[str, Any],
        read: Callable[[int], None],
        at_once: int,
        timing: ClusterTiming,
    ) -> None:
        """`read` processes the post of a row, `at_once` posts at a time. 0 for a node that reads nothing."""
        self._arguments = dict(connection_arguments)
        self._read = read
        self._at_once = at_once
        self._timing = timing
        self._thread = threading.Thread(target=self._run, name="read-tasks", daemon=True)
        self._executor = ThreadPoolExecutor(max(at_once, 1), thread_name_prefix="read")
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._paused = False
        self._reading = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed: asyncio.Event | None = None
        self._supervisor: asyncio.Task[Any] | None = None
        self._worker: Worker | None = None
        self._failing = False
        for name in ("asyncio", "procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # a lost connection is reported here, once

    @property
    def reading(self) -> int:
        """How many posts are being processed."""
        return self._reading

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def set_paused(self, paused: bool) -> None:
        """Start no more tasks, or start tasks again; running ones go on."""
        if paused == self._paused:
            return
        self._paused = paused
        self._wake()

    def stop(self, grace: float) -> bool:
        """Start no more tasks, and wait up to `grace` seconds for the running ones; whether all ended."""
        self._stopping.set()
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(grace)
        self._executor.shutdown(wait=False, cancel_futures=True)
        return not self._thread.is_alive()

    def _wake(self) -> None:
        """Let the event loop see what changed."""
        with self._lock:
            loop, changed, worker = self._loop, self._changed, self._worker
            if loop is None or changed is None:
                return
            loop.call_soon_threadsafe(changed.set)
            if worker is not None:
                loop.call_soon_threadsafe(worker.stop)
            elif self._stopping.is_set() and self._supervisor is not None:
                loop.call_soon_threadsafe(self._supervisor.cancel)  # it may be waiting for a connection

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            loop.set_default_executor(self._executor)
            with suppress(asyncio.CancelledError):
                runner.run(self._supervise())

    async def _supervise(self) -> None:
        changed = asyncio.Event()
        with self._lock:
            self._loop, self._changed = asyncio.get_running_loop(), changed
            self._supervisor = asyncio.current_task()
        try:
            await self._work_until_stopped(changed)
        finally:
            with self._lock:  # the loop is closed next, and `_wake` must not find it then
                self._loop = self._changed = self._supervisor = None

    async def _work_until_stopped(self, changed: asyncio.Event) -> None:
        """Run a worker until `stop`, and start it again after an error or a pause."""
        while not self._stopping.is_set():
            changed.clear()
            if self._paused or not self._at_once:
                await _wait(changed, None)
                continue
            try:
                await self._work()
            except Exception as error:  # noqa: BLE001 (the worker raises whatever its connections raise)
                if not self._failing:
                    log.warning("no tasks can be read for now", error=f"{type(error).__name__}: {error}")
                self._failing = True
            if not self._stopping.is_set() and not self._paused:
                await _wait(changed, RESTART_PAUSE)

    async def _work(self) -> None:
        app = App(connector=create_connector(self._arguments))
        app.task(name=READ_TASK, queue=READ_QUEUE)(self._count)
        app.task(name=READ_MANY_TASK, queue=READ_QUEUE)(self._read_many)
        try:
            await app.open_async()
            if self._failing:
                log.info("tasks can be read again")
            self._failing = False
            await self._run_worker(app)
        finally:
            # Also if this was cancelled while it opened: a worker of the pool that was connecting ignores
            # that it is cancelled, and the event loop would wait for it forever.
            await app.close_async()

    async def _run_worker(self, app: App) -> None:
        worker = Worker(
            app,
            queues=[READ_QUEUE],
            name="read",
            concurrency=self._at_once,
            fetch_job_polling_interval=self._timing.poll.total_seconds(),
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=self._timing.renew.total_seconds(),
            stalled_worker_timeout=self._timing.lease.total_seconds(),
        )
        with self._lock:
            self._worker = worker
        try:
            if not self._stopping.is_set() and not self._paused:
                await worker.run()  # type: ignore[no-untyped-call]
        finally:
            with self._lock:
                self._worker = None

    def _read_many(self, rows: Sequence[int]) -> None:
        """Read one row after the other. The sweep gives those that remain after a pause to other nodes."""
        for row in rows:
            if self._paused or self._stopping.is_set():
                return
            self._count(row)

    def _count(self, row: int) -> None:
        with self._lock:
            self._reading += 1
        try:
            self._read(row)
        finally:
            with self._lock:
                self._reading -= 1


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
