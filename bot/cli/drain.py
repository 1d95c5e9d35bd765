"""`precis drain`: empties a node of a cluster before maintenance."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.config import load
from bot.core.errors import UserError
from bot.store import Database
from bot.store.cluster_nodes import ClusterNodes
from bot.store.cluster_report import NodeReport, NodeState, cluster_report

POLL_INTERVAL = 1.0
"""Seconds between two looks at the node."""


def drain(
    node: str | None,
    config: Path,
    *,
    off: bool = False,
    wait: bool = True,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Let a node, by default this machine's, take no more work; wait until it has finished.

    Raises `UserError` if there is no such node, or no cluster.
    """
    settings = load(config, os.environ)
    if isinstance(settings.bot.database, Path):
        raise UserError(
            "precis drain is for several machines on one PostgreSQL database.",
            "On a single machine, stop the daemon: it finishes its work first.",
        )
    name = node or settings.cluster.node or socket.gethostname()
    with closing(Database(settings.bot.database, None)) as database:
        if not ClusterNodes(database).drain(name, draining=not off):
            known = ", ".join(report.node.node for report in cluster_report(database).nodes) or "none"
            raise UserError(f"There is no node {name}.", f"Known nodes: {known}.")
        if off:
            print(f"{name} takes work again.")
            return
        print(f"{name} takes no more work.")
        if wait:
            _wait_until_empty(database, name, sleep)


def _wait_until_empty(database: Database, name: str, sleep: Callable[[float], object]) -> None:
    said = ""
    while True:
        report = _find(database, name)
        if report.state is not NodeState.DRAINING:
            break
        now = _progress(report)
        if now != said:
            print(now, flush=True)
        said = now
        sleep(POLL_INTERVAL)
    if report.state is NodeState.EMPTY:
        print(f"{name} is empty. Stop it now, and later run: precis drain --off {name}")
    else:
        print(f"{name} is {report.state.value}, so it has nothing to finish. No notice is sent about it.")


def _find(database: Database, name: str) -> NodeReport:
    return next(each for each in cluster_report(database).nodes if each.node.node == name)


def _progress(report: NodeReport) -> str:
    left = [*report.leads, *(["the cluster's duties"] if report.has_duties else [])]
    parts = [f"it reads {report.node.reads} posts"] if report.node.reads else []
    parts += [f"it still leads {', '.join(left)}"] if left else []
    return f"Waiting: {' and '.join(parts)}."
