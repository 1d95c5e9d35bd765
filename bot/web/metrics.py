"""The Prometheus metrics: counts from the database, and the health of the jobs.

Names follow https://prometheus.io/docs/practices/naming/. Counters are computed from rows that are never
deleted, so they survive restarts. Only `precis retry` decreases one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot import __version__
from bot.store import State
from bot.store.backlog import find_backlog
from bot.store.cluster_report import NodeState, cluster_report
from bot.store.statistics import count_outcomes, statistics_since
from bot.store.status_reports import status_report
from bot.web.context import PageContext
from bot.workers.rights import RIGHTS

REFERENCE = "docs/reference/metrics.md"


def render_metrics(context: PageContext) -> tuple[bytes, str]:
    """The text of `/metrics`, and its content type."""
    registry = CollectorRegistry()
    registry.register(_Precis(context))
    ProcessCollector(registry=registry)
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


def collect_metrics(context: PageContext) -> Iterator[Metric]:
    yield InfoMetricFamily("precis_build", "The version of Precis.", {"version": __version__})
    yield from _of_posts(context)
    yield from _of_sources(context)
    yield from _of_jobs(context)
    yield from _of_confinement(context)
    yield from _of_cluster(context)


class _Precis(Collector):
    def __init__(self, context: PageContext) -> None:
        self._context = context

    def describe(self) -> list[Metric]:
        """Empty, so that registering does not read the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        return collect_metrics(self._context)


def _of_posts(context: PageContext) -> Iterator[Metric]:
    replies = CounterMetricFamily("precis_replies", "Replies sent.", labels=("account", "community"))
    skips = CounterMetricFamily(
        "precis_skips", "Posts that got no reply, by skip reason.", labels=("account", "reason")
    )
    dead = CounterMetricFamily(
        "precis_posts_given_up", "Posts that failed after several attempts.", labels=("account",)
    )
    waiting = GaugeMetricFamily(
        "precis_posts_waiting", "Waiting posts, by state.", labels=("account", "state")
    )
    counts = count_outcomes(context.database)
    for (account, community), count in counts.replies.items():
        replies.add_metric((account, community), count)
    for (account, reason), count in counts.skips.items():
        skips.add_metric((account, reason), count)
    for account, count in counts.given_up.items():
        dead.add_metric((account,), count)
    for name in sorted({account for _, account, _ in context.config.accounts()}):
        for state in (State.DISCOVERED, State.READY, State.SENDING):
            waiting.add_metric((name, state.value), counts.waiting.get((name, state.value), 0))
    yield from (replies, skips, dead, waiting)
    yield from _of_times(context)


def _of_times(context: PageContext) -> Iterator[Metric]:
    now = context.clock()
    report, day = (
        status_report(context.database),
        statistics_since(context.database, now - timedelta(hours=24)),
    )
    last = report.last_reply.done_at if report.last_reply else None
    oldest = report.oldest_waiting.discovered_at if report.oldest_waiting else None
    yield _gauge("precis_last_reply_timestamp_seconds", "Time of the last reply.", _unix(last))
    age = None if oldest is None else max((now - oldest).total_seconds(), 0)
    yield _gauge(
        "precis_oldest_waiting_seconds", "Time since the oldest waiting post was discovered.", age or 0
    )
    backlog = find_backlog(context.database, now)
    yield _gauge(
        "precis_backlog_seconds",
        "Time since the oldest post is due that does not wait on purpose.",
        max((now - backlog.oldest_since).total_seconds(), 0) if backlog else 0,
    )
    delay = GaugeMetricFamily(
        "precis_reply_delay_seconds",
        "Time from the publication of a post to its reply, over the last 24 hours.",
        labels=("quantile",),
    )
    for quantile, value in (("0.5", day.to_reply), ("0.9", day.to_reply_slow)):
        if value is not None:
            delay.add_metric((quantile,), value)
    yield delay
    yield _gauge(
        "precis_saved_ratio",
        "Median share of words that replies save, over the last 24 hours.",
        None if day.saved is None else day.saved / 100,
    )


def _of_sources(context: PageContext) -> Iterator[Metric]:
    report = status_report(context.database)
    polled = GaugeMetricFamily(
        "precis_poll_timestamp_seconds", "Time of the last poll of a source.", labels=("source",)
    )
    failing = GaugeMetricFamily(
        "precis_poll_failing", "1 if the last poll of a source failed.", labels=("source",)
    )
    account_failing = GaugeMetricFamily(
        "precis_account_failing", "1 if an account needs attention.", labels=("account",)
    )
    for source in report.sources:
        if source.polled_at:
            polled.add_metric((source.source,), source.polled_at.timestamp())
        failing.add_metric((source.source,), float(source.error is not None))
    for _, account, _ in context.config.accounts():
        account_failing.add_metric((account,), float(account in report.account_errors))
    bans = sum(not each.by_operator for each in report.mutes)
    muted = _gauge("precis_communities_muted", "Communities that have banned the bot.", bans)
    yield from (polled, failing, account_failing, muted)


def _of_jobs(context: PageContext) -> Iterator[Metric]:
    if context.health is None:
        return
    passes = CounterMetricFamily("precis_job_passes", "Completed passes of a job.", labels=("job",))
    failing = GaugeMetricFamily("precis_job_failing", "1 if the last pass of a job failed.", labels=("job",))
    stuck = GaugeMetricFamily("precis_job_stuck", "1 if a job is stuck.", labels=("job",))
    running = GaugeMetricFamily(
        "precis_job_running_seconds", "Time since the current pass of a job began.", labels=("job",)
    )
    for job in context.health.jobs():
        passes.add_metric((job.name,), job.runs)
        failing.add_metric((job.name,), float(job.error is not None))
        stuck.add_metric((job.name,), float(job.problem is not None))
        running.add_metric((job.name,), job.running_for.total_seconds() if job.running_for else 0)
    yield from (passes, failing, stuck, running)


def _of_confinement(context: PageContext) -> Iterator[Metric]:
    applied = context.confinement()
    if applied is None:
        return
    denied = GaugeMetricFamily(
        "precis_confinement_denied",
        "1 if processes that read pages cannot do this, 0 if they can.",
        labels=("right",),
    )
    for right in RIGHTS:
        denied.add_metric((right.name,), float(applied.denies(right)))
    yield denied
    yield _gauge("precis_landlock_abi", "The ABI version of Landlock; 0 if there is none.", applied.landlock)


def _of_cluster(context: PageContext) -> Iterator[Metric]:
    report = cluster_report(context.database)
    if not report.nodes:
        return
    state = GaugeMetricFamily("precis_node_state", "1 for the state of each node.", labels=("node", "state"))
    silent = GaugeMetricFamily(
        "precis_node_heartbeat_age_seconds", "Time since the last heartbeat of a node.", labels=("node",)
    )
    reads = GaugeMetricFamily("precis_node_reads", "Posts that a node processes now.", labels=("node",))
    leader = GaugeMetricFamily(
        "precis_account_leader", "1 for the node that leads an account.", labels=("account", "node")
    )
    epoch = CounterMetricFamily(
        "precis_account_leader_changes", "How often the leader of an account changed.", labels=("account",)
    )
    for each in report.nodes:
        for possible in NodeState:
            state.add_metric((each.node.node, possible.value), float(each.state is possible))
        silent.add_metric((each.node.node,), max(each.node.silent_for.total_seconds(), 0))
        reads.add_metric((each.node.node,), each.node.reads)
    for led in report.leaders:
        if not led.is_free:
            leader.add_metric((led.account, led.holder), 1)
        epoch.add_metric((led.account,), led.epoch)
    yield from (state, silent, reads, leader, epoch)


def _gauge(name: str, help_: str, value: float | None) -> GaugeMetricFamily:
    metric = GaugeMetricFamily(name, help_)
    if value is not None:
        metric.add_metric((), value)
    return metric


def _unix(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()
