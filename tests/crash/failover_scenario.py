"""Two nodes with one account, and one of them is killed, stopped or cut off at a step of a send."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg

from bot.sandbox.account_servers import AccountServer
from bot.sandbox.cluster_environment import ClusterEnvironment, Node
from bot.sandbox.environment import stop_daemon
from bot.sandbox.postgresql import PostgresServer
from bot.sandbox.tcp_proxy import TcpProxy
from tests.crash.send_steps import Reached, Step, StepControl, kill, stop, wake
from tests.crash.stepping_node import STEPPING_NODE

NODES = ("a", "b")
TIMEOUT_SECONDS = 120.0
"""A busy machine takes half a minute to start a daemon."""
_LEADER = "SELECT holder, epoch FROM account_leaders WHERE account = %s AND until > now() AT TIME ZONE 'UTC'"
_STATE = "SELECT state FROM posts WHERE account = %s AND post_id = %s"


class NodeFault(StrEnum):
    KILL = "kill -9"
    STOP = "SIGSTOP for longer than the lease"
    DROP = "database connections dropped"
    CUT = "cut off from the database for longer than the lease"


TAKEN_OVER = (NodeFault.STOP, NodeFault.CUT)
"""Faults that end when another node leads the account."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, as the options of `bot.sandbox.daemon_process` have them."""

    lease: float = 4.0
    settle: float = 1.2

    def options(self) -> tuple[str, ...]:
        return ("--settle", str(self.settle), "--poll", "0.5", "--lease", str(self.lease))


@dataclass(frozen=True, slots=True)
class Round:
    """What happened in one round."""

    step: Step
    fault: NodeFault
    post: str
    seconds: float
    """From the fault until the reply was recorded."""


class FailoverScenario:
    """The nodes run inside a `with` block."""

    def __init__(
        self,
        folder: Path,
        account: AccountServer,
        server: PostgresServer,
        database: str,
        *,
        timing: Timing = Timing(),
        seed: int = 0,
    ) -> None:
        """`database` on `server` has the tables of Precis."""
        self.account = account
        self._server = server
        self._database = database
        self._timing = timing
        self._random = random.Random(seed)
        self._environment = ClusterEnvironment(folder, [account])
        self._control = StepControl()
        self._proxies = {name: TcpProxy(server.socket_path) for name in NODES}
        self._nodes: dict[str, Node] = {}
        self._posts: list[str] = []

    def __enter__(self) -> Self:
        self.account.server.wrap_handler(self._around_comments)
        self._environment.__enter__()
        self._control.__enter__()
        self._connection = psycopg.connect(self._server.url(self._database), autocommit=True)
        for name in NODES:
            self._proxies[name].start()
            self._start(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._control.disarm()
        for node in list(self._nodes.values()):
            if node.process.poll() is None:
                wake(node.process.pid)
                stop_daemon(node.process)
        self._connection.close()
        for proxy in self._proxies.values():
            proxy.stop()
        self._control.__exit__()
        self._environment.__exit__(kind, error, trace)

    def _around_comments(self, handle: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return self._control.around_comments(handle, self._timing.settle / 2)

    def _start(self, name: str) -> None:
        url = f"postgresql://precis@127.0.0.1:{self._proxies[name].port}/{self._database}"
        module = (STEPPING_NODE, self._control.url)
        self._nodes[name] = self._environment.start_node(name, url, *self._timing.options(), module=module)

    def run_round(self, step: Step, fault: NodeFault) -> Round:
        """Add a post, let the fault happen at a step of its reply, and wait until the reply is recorded."""
        self._wait_until(lambda: self._leader() is not None and self._live_nodes() == len(NODES))
        leader = self._leader()
        self._control.arm(step, lambda pid: self._let_happen(fault, pid))
        links = self._environment.article_urls()
        post = self.account.add_post(f"Post {len(self._posts)}", links[len(self._posts) % len(links)])
        self._posts.append(post)
        reached = self._control.wait_until_reached(TIMEOUT_SECONDS)
        assert reached is not None, f"{step} is not reached:\n{self._logs()}"
        if fault in TAKEN_OVER:
            self._wait_until(lambda: self._leader() not in {None, leader})
            if self._random.random() < 0.5:  # wakes after the new leader has sent
                self._wait_until(lambda: self._state(post) == "sent")
            self._end_fault(fault, reached)
        self._wait_until(lambda: self._state(post) == "sent")
        recorded = time.monotonic()
        if fault is NodeFault.KILL:
            self._start(next(name for name in NODES if name not in self._nodes))
        else:
            self._control.wait_until_ended(reached.pid, TIMEOUT_SECONDS)
        return Round(step, fault, post, recorded - reached.at)

    def wait_until_quiet(self) -> None:
        """Wait until every node is back and no post is unfinished, so that no comment can come later."""
        self._wait_until(lambda: self._leader() is not None and self._live_nodes() == len(NODES))
        self._wait_until(lambda: all(self._state(post) == "sent" for post in self._posts))

    def replies(self) -> dict[str, int]:
        """The number of comments on each post."""
        found = self.account.replies()
        return {post: found[post] for post in self._posts}

    def _let_happen(self, fault: NodeFault, pid: int) -> None:
        match fault:
            case NodeFault.KILL:
                killed = self._nodes.pop(self._name(pid))
                kill(pid)
                killed.process.wait()
            case NodeFault.STOP:
                stop(pid)
            case NodeFault.DROP:
                self._proxies[self._name(pid)].drop_connections()
            case NodeFault.CUT:
                self._proxies[self._name(pid)].refuse(True)
                self._proxies[self._name(pid)].drop_connections()

    def _end_fault(self, fault: NodeFault, reached: Reached) -> None:
        if fault is NodeFault.STOP:
            wake(reached.pid)
        else:
            self._proxies[self._name(reached.pid)].refuse(False)

    def _name(self, pid: int) -> str:
        return next(name for name, node in self._nodes.items() if node.process.pid == pid)

    def _leader(self) -> tuple[str, int] | None:
        found = self._connection.execute(_LEADER, (self.account.account,)).fetchone()
        return None if found is None else (found[0], found[1])

    def _live_nodes(self) -> int:
        live = "heartbeat_at > now() AT TIME ZONE 'UTC' - make_interval(secs => %s) AND stopped_at IS NULL"
        found = self._connection.execute(f"SELECT count(*) FROM nodes WHERE {live}", (self._timing.lease,))
        (count,) = found.fetchone() or (0,)
        return int(count)

    def _state(self, post: str) -> str | None:
        found = self._connection.execute(_STATE, (self.account.account, post)).fetchone()
        return None if found is None else str(found[0])

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not condition():
            for name, node in self._nodes.items():
                assert node.process.poll() is None, f"{name} ended by itself:\n{self._logs()}"
            assert time.monotonic() - started < TIMEOUT_SECONDS, self._logs()
            time.sleep(0.05)

    def _logs(self) -> str:
        return "\n".join(
            f"{name}:\n{node.log_path.read_text()[-3000:]}" for name, node in self._nodes.items()
        )
