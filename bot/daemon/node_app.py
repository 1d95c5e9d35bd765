"""The composition root of one node of a cluster. A single machine uses `bot.daemon.app`."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self
from uuid import uuid4

import structlog
from msgspec.structs import replace

from bot import __version__
from bot.cluster.assignment import ACCOUNT_ROLE
from bot.cluster.leadership import Leadership
from bot.cluster.post_reader import PostReader
from bot.cluster.read_tasks import ReadTasks
from bot.cluster.task_thread import TaskThread
from bot.cluster.term import Term
from bot.config import Config
from bot.core.clock import utc_now
from bot.core.database_location import PostgresUrl
from bot.core.errors import RefetchRequired, StoreError
from bot.core.models import Post
from bot.core.time_limit import TimeLimit
from bot.daemon.cluster_duties import run_duties
from bot.daemon.database_clock import clock_of
from bot.daemon.leader_threads import LeaderThreads, Work
from bot.daemon.led_account import run_account
from bot.daemon.node_parts import NodeParts, dialects_of
from bot.daemon.page_reading import PageReading
from bot.daemon.scheduler import Job
from bot.daemon.shared_limits import SharedLimits
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.inbox.services import InboxServices
from bot.operations.health import Health
from bot.operations.redaction import add_secrets
from bot.store import Database, MutedCommunities, PostQueue
from bot.store.account_leaders import CLUSTER_DUTIES, AccountLeaders
from bot.store.cluster_nodes import ClusterNodes, NewNode
from bot.store.daemon_lock import daemon_lock
from bot.store.daemon_process import record_process
from bot.store.postgresql_engine import connection_arguments
from bot.store.read_claims import ReadClaims

log = structlog.get_logger(__name__)

READ_ROLE = "read"
"""Nodes with this role fetch and summarise pages."""
_CHECK = timedelta(seconds=1)
"""Between two looks at the deadlines of leaderships."""
CLOCK_INTERVAL = timedelta(seconds=60)
"""Between two looks at the clock of the database server."""
_PAUSE = 0.1
"""Seconds between two looks at what still runs while the node stops."""


class NodeApp:
    """All objects of a node, created from its config and closed in reverse order."""

    state_number: Callable[[], int | None] | None = None
    """PostgreSQL has no such number; see `bot.daemon.due_watch`."""

    def __init__(self, config: Config, location: PostgresUrl, tuning: Tuning = PRODUCTION) -> None:
        """Raises `StoreError` when the database cannot be used, or another node has the same name."""
        self.config = config
        add_secrets(config.secrets())
        roles = config.cluster.roles
        self._node = config.cluster.node or socket.gethostname()
        self._instance = uuid4().hex
        self._open = ExitStack()
        with ExitStack() as opening:
            opening.enter_context(daemon_lock(config.bot.state_files))
            opening.enter_context(record_process(config.bot.state_files))
            self.database = Database(location, tuning.clock())
            opening.callback(self.database.close)
            # The clock of a test, or of the sandbox, stays.
            self._server_clock = clock_of(self.database) if tuning.clock is utc_now else None
            if self._server_clock is not None:
                tuning = replace(tuning, clock=self._server_clock)
            self.tuning = tuning
            self.health = Health(tuning.clock)
            # Renewals must not wait until a connection of the others is free.
            own_connections = self.database.with_own_connections(tuning.clock())
            opening.callback(own_connections.close)
            self._nodes, self._leaders = ClusterNodes(own_connections), AccountLeaders(own_connections)
            self._register()
            opening.callback(self._unregister)
            self._reading = PageReading(config, tuning, opening, self.database)
            self.fetcher, self.worker_pool = self._reading.fetcher, self._reading.worker_pool
            tasks = ReadTasks()
            self._parts = NodeParts(
                self._node,
                config,
                tuning,
                self.database,
                AccountLeaders(self.database),
                tasks,
                self.health,
                self._reading,
                dialects_of(config),
                SharedLimits(self.database, config.cluster.egress),
            )
            self._reader = self._create_reader(tasks)
            self._tasks = TaskThread(
                connection_arguments(location),
                self._reader.read,
                config.fetch.at_once if READ_ROLE in roles else 0,
                tuning.cluster,
            )
            self._threads = LeaderThreads(self._run_term, self._release, self.health, tuning.cluster.stop)
            self._leadership = Leadership(
                self._node,
                self._instance,
                self._accounts() if ACCOUNT_ROLE in roles else (),
                self._leaders,
                self._threads,
                tuning.cluster,
                reads=lambda: self._tasks.reading,
            )
            self._tasks.start()
            self._open = opening.pop_all()

    def _accounts(self) -> tuple[str, ...]:
        return (*(name for _, name, _ in self.config.accounts()), CLUSTER_DUTIES)

    def _new_node(self) -> NewNode:
        return NewNode(
            node=self._node,
            instance=self._instance,
            host=socket.gethostname(),
            pid=os.getpid(),
            roles=self.config.cluster.roles,
            accounts=self._accounts(),
            version=__version__,
        )

    def _register(self) -> None:
        """Wait for the end of an earlier process of this node that was killed."""
        lease = self.tuning.cluster.lease
        deadline = time.monotonic() + (lease * 2).total_seconds()
        while not self._nodes.register(self._new_node(), lease):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"Another node with the name {self._node} is running.",
                    'Give each node another name: [cluster] node = "NAME".',
                    temporary=True,
                )
            time.sleep(_PAUSE)
        self._leaders.add(self._accounts())

    def _unregister(self) -> None:
        with suppress(StoreError):
            self._nodes.stop(self._node, self._instance)

    def _create_reader(self, tasks: ReadTasks) -> PostReader:
        """For the posts of all accounts. It has no platforms, because it has no tokens."""
        inbox_services = InboxServices.from_config(
            self.config,
            self.database,
            [],
            {},
            self.tuning.clock,
            self._parts.dialects,
            self.tuning.cluster.changes,
        )
        services = self._reading.create_services(
            PostQueue(self.database, tasks),
            MutedCommunities(self.database),
            inbox_services,
            _require_refetch,
        )
        return PostReader(ReadClaims(self.database), services)

    def _run_term(self, term: Term, work: Work) -> None:
        run = run_duties if term.account == CLUSTER_DUTIES else run_account
        run(term, self._parts, work)

    def _release(self, term: Term) -> None:
        self._leadership.release(term)

    def jobs(self) -> tuple[Job, ...]:
        return (
            Job("leadership", self.tuning.cluster.renew, 15, self._lead),
            Job("leadership deadlines", _CHECK, 5, lambda limit: self._leadership.end_expired()),
            Job("database clock", CLOCK_INTERVAL, 30, self._measure_clock),
        )

    def _measure_clock(self, limit: TimeLimit) -> None:
        del limit
        if self._server_clock is not None:
            self._server_clock.measure()

    def _lead(self, limit: TimeLimit) -> None:
        del limit
        self._leadership.run_round()
        if self._leadership.is_superseded and self._nodes.register(
            self._new_node(), self.tuning.cluster.lease
        ):
            log.info("registered the node again")
        with suppress(StoreError):  # it is tried again in the next round
            self._reader.release_unrecorded()
        self._tasks.set_paused(self._leadership.is_draining or self._leadership.is_superseded)
        if not self._tasks.is_alive():
            raise RuntimeError("the thread of the read tasks ended")

    def on_clock_jump(self, by: timedelta) -> None:
        """Nothing is adjusted: stored times are the database's."""

    def interrupt(self) -> bool:
        """Stop reading, and hand all accounts over; return whether all work ended in time."""
        timing = self.tuning.cluster
        deadline = time.monotonic() + timing.stop.total_seconds()
        self._reading.interrupt()
        stopped = threading.Thread(
            target=self._tasks.stop, args=(timing.stop.total_seconds(),), name="stop-tasks", daemon=True
        )
        stopped.start()
        next_round = 0.0
        while time.monotonic() < deadline:
            if time.monotonic() >= next_round:
                self._leadership.run_round(stopping=True)
                next_round = time.monotonic() + timing.renew.total_seconds()
            if not self._threads.running and not self._tasks.is_alive():
                break
            time.sleep(_PAUSE)
        stopped.join(_PAUSE)
        return not self._threads.running and not self._tasks.is_alive()

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _require_refetch(post: Post) -> Post:
    del post
    raise RefetchRequired
