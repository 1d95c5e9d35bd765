"""Real daemons on one PostgreSQL, against the sandbox: a leader is killed, paused, drained and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.core.database_location import PostgresUrl
from bot.sandbox.environment import FEDIVERSE_ACCOUNT, SandboxEnvironment, stop_daemon
from bot.sandbox.faults import Fault
from bot.store import Database, State
from bot.store.account_leaders import AccountLeaders
from bot.store.cluster_nodes import ClusterNodes
from bot.store.cluster_report import ClusterReport, NodeState, cluster_report
from bot.store.post_lookup import all_posts
from tests import postgresql
from tests.conftest import START
from tests.quick_daemon import QUICK_DAEMON

pytestmark = pytest.mark.postgresql

TIMEOUT = 150.0
LEASE, SETTLE = 3.0, 1.2

Process = subprocess.Popen[bytes]


class TwoNodes:
    """The sandbox, the database, and the processes of its nodes."""

    def __init__(self, sandbox: SandboxEnvironment, url: PostgresUrl) -> None:
        self.sandbox = sandbox
        self.url = url
        self.database = Database(url, None)
        self.processes: dict[str, Process] = {}

    def start(self, node: str, *roles: str, change: tuple[str, str] = ("", "")) -> Process:
        """Start a node; `change` is a text to replace in its config, and what with."""
        config = self.sandbox.write_node_config(node, self.url.address, roles)
        config.write_text(config.read_text().replace(*change))
        options = ("--settle", str(SETTLE), "--lease", str(LEASE))
        self.processes[node] = self.sandbox.start_daemon(*options, module=QUICK_DAEMON, config=config)
        return self.processes[node]

    def until(self, done: Callable[[], object]) -> None:
        """Wait until the nodes have done something."""
        began, log = time.monotonic(), self.sandbox.log_path
        while not done():
            assert time.monotonic() - began < TIMEOUT, log.read_text()[-4000:]
            running = next(each for each in self.processes.values() if each.returncode is None)
            with suppress(subprocess.TimeoutExpired):
                running.wait(0.1)

    def leader(self, account: str = FEDIVERSE_ACCOUNT) -> str | None:
        """The node that leads an account; None if none does."""
        found = {each.account: each for each in AccountLeaders(self.database).list_all()}.get(account)
        return None if found is None or found.is_free else found.holder

    def report(self) -> ClusterReport:
        return cluster_report(self.database)

    def add_posts(self, count: int) -> None:
        links = self.sandbox.article_urls()
        for number in range(count):
            before = len(self.sandbox.lemmy.state.posts)
            self.sandbox.lemmy.state.add_post(
                self.sandbox.communities[0], self.sandbox.alice, f"Post {before}", links[number % len(links)]
            )

    def states(self) -> list[State]:
        return [post.state for post in all_posts(self.database)]

    def all_sent(self) -> bool:
        return self.states() == [State.SENT] * len(self.sandbox.lemmy.state.posts)

    def replies(self) -> Counter[str]:
        return Counter(reply.post_id for reply in self.sandbox.replies())

    def one_reply_each(self) -> bool:
        return self.replies() == Counter(map(str, range(1, len(self.sandbox.lemmy.state.posts) + 1)))

    def close(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.database.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoNodes]:
    if postgresql.shared_cluster() is None:
        pytest.skip("PostgreSQL is not installed")
    url = postgresql.new_database(f"two_nodes_{os.getpid()}")
    postgresql.empty_tables(url, START)
    with SandboxEnvironment(tmp_path / "sandbox") as sandbox, closing(TwoNodes(sandbox, url)) as nodes:
        yield nodes


def test_the_other_node_takes_over_from_a_leader_that_is_killed_in_a_send(two: TwoNodes) -> None:
    """The comment exists, but its sender died before it knew. The other node finds it."""
    two.start("a")
    two.until(lambda: two.leader() == "a")
    two.start("b", "account", "read")
    two.until(lambda: len(two.report().nodes) == 2)
    two.sandbox.lemmy.faults.plan(None, Fault.STORE_THEN_DROP)
    two.add_posts(4)
    two.until(lambda: State.SENDING in two.states() and two.replies())
    (leader,) = [two.leader() or "a"]
    two.processes[leader].kill()
    two.until(two.all_sent)
    assert two.one_reply_each()
    assert two.leader() not in (leader, None)
    assert stop_daemon(two.processes["b" if leader == "a" else "a"]) == 0


def test_a_leader_that_wakes_up_after_a_takeover_sends_nothing_twice(two: TwoNodes) -> None:
    two.start("a", "account", "read")
    two.until(lambda: two.leader() == "a")
    two.add_posts(3)
    two.until(lambda: State.READY in two.states() or two.replies())
    two.processes["a"].send_signal(signal.SIGSTOP)
    two.start("b")
    two.until(two.all_sent)
    two.processes["a"].send_signal(signal.SIGCONT)
    two.until(lambda: "does not lead the account any more" in two.sandbox.log_path.read_text())
    two.add_posts(2)
    two.until(two.all_sent)
    assert two.one_reply_each()
    for process in two.processes.values():
        assert stop_daemon(process) == 0


def test_a_drained_node_becomes_empty_and_loses_nothing(two: TwoNodes) -> None:
    two.start("a")
    two.until(lambda: two.leader() == "a")
    two.start("b")
    two.add_posts(4)
    two.until(lambda: len(two.report().nodes) == 2 and two.states())
    ClusterNodes(two.database).drain("a", draining=True)
    two.until(lambda: two.report().nodes[0].state is NodeState.EMPTY)
    assert stop_daemon(two.processes["a"]) == 0
    two.until(lambda: two.all_sent() and two.leader() == "b")
    assert two.one_reply_each()
    assert two.report().nodes[0].state is NodeState.STOPPED


def test_a_node_that_only_reads_has_no_token_and_the_leader_reads_no_pages(two: TwoNodes) -> None:
    reader = two.start("reader", "read", change=('password = "sandbox"\n', ""))
    two.start("leader", "account")
    two.add_posts(3)
    two.until(two.all_sent)
    assert two.one_reply_each()
    (leader, reader_report) = two.report().nodes
    assert (leader.leads, reader_report.leads) == ((FEDIVERSE_ACCOUNT,), ())
    assert stop_daemon(two.processes["leader"]) == 0
    assert two.leader() is None
    assert stop_daemon(reader) == 0


def test_a_second_node_of_the_same_name_is_refused(two: TwoNodes) -> None:
    two.start("a")
    two.until(lambda: two.leader() == "a")
    second = two.start("other", change=('node = "other"', 'node = "a"'))
    two.until(lambda: second.poll() is not None)
    assert "Another node with the name a is running" in two.sandbox.log_path.read_text()
    assert two.leader() == "a"
