"""What needs the operator's attention: one list for the status page, `precis status` and notices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from bot.config import Config
from bot.notices.condition_kinds import Condition, ConditionKind
from bot.operations.disk_space import DiskSpace, disk_space
from bot.operations.health import Health
from bot.store.backlog import Backlog, find_backlog
from bot.store.cluster_report import ClusterReport, NodeState, cluster_report
from bot.store.software_updates import SoftwareUpdate, software_updates
from bot.store.sqlite_reader import SqliteReader
from bot.store.status_reports import StatusReport, status_report
from bot.store.text_queries import Readable

if TYPE_CHECKING:
    from bot.store import Database

MIN_STALE_TIME = timedelta(minutes=10)
"""Without a daemon in this process: the shortest time without a poll that needs attention."""
BACKLOG_AFTER = timedelta(hours=2)
UPDATE_SHOWN_FOR = timedelta(days=3)


class Observations(Struct, frozen=True):
    """What the conditions are computed from."""

    report: StatusReport
    backlog: Backlog | None
    updates: tuple[SoftwareUpdate, ...]
    disk: DiskSpace | None
    cluster: ClusterReport
    write_error: str | None = None
    """Why the last write to the database failed."""


def observe(
    database: Database | SqliteReader, now: datetime, report: StatusReport | None = None
) -> Observations:
    """Read what the conditions are computed from. Raises `StoreError`.

    `report` is what was read before, if anything.
    """
    error = database.write_error
    return Observations(
        report or status_report(database),
        find_backlog(database, now, BACKLOG_AFTER),
        software_updates(database, now - UPDATE_SHOWN_FOR),
        _space_of(database),
        cluster_report(database),
        None if error is None else f"{error.message} {error.remedy}",
    )


def _space_of(database: Readable) -> DiskSpace | None:
    """None for PostgreSQL, whose disk is another machine's or another program's."""
    if database.path is None:
        return None
    try:
        return disk_space(database.path.parent)
    except OSError:
        return None


def find_conditions(
    config: Config, observed: Observations, now: datetime, health: Health | None
) -> tuple[Condition, ...]:
    """All conditions, the most urgent first. Without `health`, no daemon runs in this process."""
    accounts = {name for _, name, _ in config.accounts()}
    return (
        *_of_the_daemon(config, observed, now, health),
        *_of_nodes(observed.cluster, accounts),
        *_of_accounts(observed, accounts, now),
        *_of_sources(config, observed, now),
        *_of_posts(observed, now),
    )


def _of_the_daemon(
    config: Config, observed: Observations, now: datetime, health: Health | None
) -> Iterator[Condition]:
    if health is None:
        if (sentence := polling_problem(config, observed.report, now)) is not None:
            yield Condition(ConditionKind.NO_POLLS, "", "The daemon", sentence)
    else:
        yield from _of_jobs(health, observed)
    if observed.write_error is not None:
        yield Condition(ConditionKind.DATABASE, "", "The database", observed.write_error)
    if observed.disk is not None and not observed.disk.is_enough:
        sentence = f"The disk of the database is nearly full: {observed.disk}. Free some space."
        yield Condition(ConditionKind.DISK, "", "The disk", sentence)


def _of_jobs(health: Health, observed: Observations) -> Iterator[Condition]:
    for job in health.jobs():
        if job.problem is not None:
            yield Condition(ConditionKind.JOB_STUCK, job.name, "The daemon", job.problem)
        # A database that cannot be written is one problem, not one of each job.
        elif job.error is not None and observed.write_error is None:
            error = _as_sentence(job.error)
            sentence = f"The last run of the job “{job.name}” failed: {error} The log has the details."
            yield Condition(ConditionKind.JOB_FAILING, job.name, "The daemon", sentence)


def _of_nodes(cluster: ClusterReport, accounts: set[str]) -> Iterator[Condition]:
    for report in cluster.nodes:
        node = report.node
        if report.state is NodeState.DEAD and node.draining_at is None:
            sentence = (
                f"No heartbeat for {duration_text(node.silent_for)}. The other nodes do its work. "
                f"Start it again; if it is gone for good: precis drain {node.node}"
            )
            yield Condition(ConditionKind.NODE, node.node, f"Node {node.node}", sentence)
    for leader in cluster.leaders:
        if leader.account in accounts and leader.is_free:
            sentence = (
                f"No node has led it for {duration_text(leader.free_for)}, so nothing is polled or sent for "
                "it. Start a node that has it in its settings, and the role “account”."
            )
            yield Condition(ConditionKind.NO_LEADER, leader.account, f"Account {leader.account}", sentence)


def polling_problem(config: Config, report: StatusReport, now: datetime) -> str | None:
    """A sentence if no source was polled recently, from the database: for a process without a daemon."""
    polled = [each.polled_at for each in report.sources if each.polled_at]
    poll = config.poll
    stale_after = max(3 * max(poll.interval, poll.quiet_interval), MIN_STALE_TIME)
    if polled and now - max(polled) <= stale_after:
        return None
    since = f"for {duration_text(now - max(polled))}" if polled else "yet"
    return f"No source has been polled {since}. Is the daemon running?"


def _of_accounts(observed: Observations, accounts: set[str], now: datetime) -> Iterator[Condition]:
    for name, error in observed.report.account_errors.items():
        if name in accounts:
            yield Condition(ConditionKind.ACCOUNT, name, f"Account {name}", error)
    for failed in observed.report.failed_deletions:
        subject, sentence = f"Account {failed.account}", failed.sentence(now)
        yield Condition(ConditionKind.DELETIONS, failed.account, subject, sentence)
    for update in observed.updates:
        if update.account in accounts:
            sentence = (
                f"The server was updated from {update.before} to {update.after}. "
                "Look at the next replies, and run precis check."
            )
            about = f"{update.account}:{update.before}"  # a later patch changes only `after`
            yield Condition(ConditionKind.SERVER_UPDATE, about, f"Account {update.account}", sentence)


def _of_sources(config: Config, observed: Observations, now: datetime) -> Iterator[Condition]:
    watched = {source.key for source in config.sources()}
    for source in observed.report.sources:
        if source.error and source.source in watched:
            since = f" Last success: {duration_text(now - source.polled_at)} ago." if source.polled_at else ""
            sentence = f"Polls fail: {_as_sentence(source.error)}{since}"
            yield Condition(ConditionKind.POLLS, source.source, source_name(source.source), sentence)
    for muted in observed.report.mutes:
        if muted.by_operator:
            continue
        sentence = (
            f"{_as_sentence(muted.detail)} Replies are off in {muted.community} since "
            f"{muted.muted_at:%Y-%m-%d %H:%M} UTC. "
            f"To turn them on: precis unmute {muted.community}"
        )
        about = f"{muted.account}/{muted.community}"
        yield Condition(ConditionKind.BAN, about, muted.community, sentence)


def _of_posts(observed: Observations, now: datetime) -> Iterator[Condition]:
    backlog = observed.backlog
    if backlog is not None:
        posts = "1 post waits" if backlog.count == 1 else f"{backlog.count} posts wait"
        sentence = (
            f"{posts} for more than {duration_text(BACKLOG_AFTER)}. The oldest has been due for "
            f"{duration_text(now - backlog.oldest_since)}: precis why {backlog.oldest_permalink}"
        )
        yield Condition(ConditionKind.BACKLOG, "", "Posts", sentence)


def source_name(source: str) -> str:
    """The name of a source for people, from its key."""
    account, _, community = source.partition("/")
    return f"Everything that {account} sees" if community == "*" else community


def duration_text(time: timedelta) -> str:
    """A duration in one unit: `5 minutes`, `2 hours`."""
    seconds = max(int(time.total_seconds()), 0)
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _as_sentence(text: str) -> str:
    return text if re.search(r"[.!?]$", text) or not text else f"{text}."
