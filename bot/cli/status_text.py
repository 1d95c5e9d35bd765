"""What `precis status` prints: tables and lines for people, or one JSON object."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct
from rich.console import RenderableType
from rich.table import Table

from bot.cli.post_json import post_object
from bot.cli.terminal import escaped, folding_table, json_value
from bot.config import Config
from bot.notices.condition_kinds import Condition
from bot.store import SettingsChangeKind, State
from bot.store.active_pauses import Pauses
from bot.store.cluster_report import ClusterReport, NodeReport
from bot.store.post_reports import PostReport
from bot.store.status_reports import StatusReport

STATUS_WORDS = {SettingsChangeKind.PAUSE: "paused", SettingsChangeKind.LEAVE: "left"}
"""The status of a community in JSON; `active` if it has none of these."""


class Status(Struct, frozen=True):
    """What the database says, what of it needs attention, and what is paused."""

    report: StatusReport
    conditions: tuple[Condition, ...]
    pauses: Pauses
    cluster: ClusterReport


def status_parts(status: Status, settings: Config, now: datetime) -> Iterator[RenderableType]:
    """The tables and lines, in the order in which they are printed."""
    report = status.report
    yield _states_table(report)
    if report.reasons:
        reasons = folding_table("skipped because", "posts")
        for reason, count in report.reasons.items():
            reasons.add_row(reason.sentence, str(count))
        yield reasons
    yield _sources_table(report, settings, now)
    if status.cluster.nodes:
        yield _nodes_table(status.cluster)
    if report.plans:
        plans = folding_table("account", "community", "next reply", title="Waiting replies")
        for plan in report.plans:
            plans.add_row(escaped(plan.account), escaped(plan.community), plan.sentence(now))
        yield plans
    for condition in status.conditions:
        yield f"[red]{escaped(condition.subject)}:[/] {escaped(condition.sentence)}"
    yield from _pause_lines(status.pauses, now)
    yield f"Last reply: {_last_reply_text(report.last_reply, now)}"
    yield f"Oldest waiting: {_waiting_text(report.oldest_waiting, now)}"


def status_object(status: Status, settings: Config, now: datetime) -> dict[str, Any]:
    """The report as JSON values (docs/reference/json.md)."""
    report, pauses = status.report, status.pauses
    polled = {each.source: each for each in report.sources}
    last, oldest = report.last_reply, report.oldest_waiting
    return {
        "states": {state.value: report.states.get(state, 0) for state in State},
        "skipped": {reason.value: count for reason, count in report.reasons.items()},
        "sources": [
            {
                "account": source.account,
                "community": source.community,
                "polled_at": json_value(polled[source.key].polled_at) if source.key in polled else None,
                "error": polled[source.key].error if source.key in polled else None,
            }
            for source in settings.sources()
        ],
        "waiting_replies": [
            _values(plan, "account", "community", "waiting", "next_at") for plan in report.plans
        ],
        "nodes": [_node_object(each) for each in status.cluster.nodes],
        "leaders": [
            {
                "account": each.account,
                "node": None if each.is_free else each.holder,
                "epoch": each.epoch,
                "until": json_value(each.until),
            }
            for each in status.cluster.leaders
        ],
        "needs_attention": [_values(each, "kind", "subject", "sentence") for each in status.conditions],
        "account_errors": [
            {"account": account, "error": error} for account, error in report.account_errors.items()
        ],
        "failed_deletions": [
            _values(failed, "account", "count", "next_at", "comment_url", "attempts", "error")
            for failed in report.failed_deletions
        ],
        "muted": [_values(muted, "account", "community", "detail", "muted_at") for muted in report.mutes],
        "paused_accounts": [
            {"account": account, "paused_at": json_value(since)} for account, since in pauses.accounts.items()
        ],
        "paused_communities": [
            {
                "community": change.community,
                "status": STATUS_WORDS[change.kind],
                "since": json_value(change.changed_at),
            }
            for change in pauses.communities
        ],
        "last_reply": None if last is None else post_object(last, now),
        "oldest_waiting": None if oldest is None else post_object(oldest, now),
    }


def _values(record: object, *names: str) -> dict[str, object]:
    return {name: json_value(getattr(record, name)) for name in names}


def _states_table(report: StatusReport) -> Table:
    states = folding_table("state", "posts", title="Posts")
    for state in State:
        states.add_row(state.value, str(report.states.get(state, 0)))
    return states


def _sources_table(report: StatusReport, settings: Config, now: datetime) -> Table:
    polled = {each.source: each for each in report.sources}
    sources = folding_table("source", "last poll", "error", title="Sources")
    for source in settings.sources():
        found = polled.get(source.key)
        when = ago(found.polled_at, now) if found and found.polled_at else "never"
        sources.add_row(escaped(source.key), when, escaped(found.error or "") if found else "")
    return sources


def _nodes_table(cluster: ClusterReport) -> Table:
    nodes = folding_table("node", "state", "roles", "leads", "reads", "last heartbeat", title="Nodes")
    for each in cluster.nodes:
        node = each.node
        leads = [*each.leads, *(["duties of the cluster"] if each.has_duties else [])]
        nodes.add_row(
            escaped(node.node),
            each.state.value,
            escaped(" ".join(node.roles)),
            escaped(", ".join(leads)),
            str(node.reads),
            f"{max(int(node.silent_for.total_seconds()), 0)} s ago",
        )
    return nodes


def _node_object(report: NodeReport) -> dict[str, Any]:
    node = report.node
    return {
        "node": node.node,
        "state": report.state.value,
        "roles": list(node.roles),
        "leads": list(report.leads),
        "has_duties": report.has_duties,
        "reads": node.reads,
        "host": node.host,
        "pid": node.pid,
        "version": node.version,
        "started_at": json_value(node.started_at),
        "heartbeat_at": json_value(node.heartbeat_at),
        "draining_at": json_value(node.draining_at),
    }


def _pause_lines(pauses: Pauses, now: datetime) -> Iterator[str]:
    for account, since in pauses.accounts.items():
        yield (
            f"[yellow]The account {escaped(account)} is paused[/] ({ago(since, now)}). "
            f"To end the pause: precis resume {escaped(account)}"
        )
    for change in pauses.communities:
        word = "has left" if change.kind is SettingsChangeKind.LEAVE else "is paused in"
        yield (
            f"[yellow]Precis {word} {escaped(change.community)}[/] ({ago(change.changed_at, now)}). "
            f"To end that: precis resume {escaped(change.community)}"
        )


def _last_reply_text(post: PostReport | None, now: datetime) -> str:
    if post is None or post.done_at is None:
        return "none yet"
    return f"{ago(post.done_at, now)}, {escaped(post.comment_url or '')}"


def _waiting_text(post: PostReport | None, now: datetime) -> str:
    if post is None:
        return "nothing"
    return f"{ago(post.discovered_at, now)}, {escaped(post.permalink)}: {escaped(post.sentence(now))}"


def ago(time: datetime, now: datetime) -> str:
    seconds = max(int((now - time).total_seconds()), 0)
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {name}{'s' if count > 1 else ''} ago"
    return f"{seconds} second{'s' if seconds != 1 else ''} ago"
