"""The metrics, and that the alerts and the dashboard use only metrics that exist."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import yaml
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from bot.core.models import PollResult, Source
from bot.store import PostQueue, State
from bot.store.post_search import PostFilter, count_posts
from bot.web.context import PageContext
from bot.web.metrics import render_metrics
from bot.workers.rights import Confinement
from tests.conftest import START, a_post
from tests.web.conftest import served

DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = re.compile(r"\b(?:precis|process)_[a-z_]+\b")
LIBRARY_METRICS = {"process_resident_memory_bytes", "process_open_fds"}


def samples(context: PageContext) -> dict[str, float]:
    """The sum of each metric over its labels."""
    text = render_metrics(context)[0].decode()
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return sums


def test_counts_match_the_database(full_context: PageContext) -> None:
    found = samples(full_context)
    assert found["precis_replies_total"] == count_posts(full_context.database, PostFilter(state=State.SENT))
    assert found["precis_skips_total"] == count_posts(full_context.database, PostFilter(state=State.SKIPPED))
    assert found["precis_posts_given_up_total"] == count_posts(
        full_context.database, PostFilter(state=State.DEAD)
    )
    assert found["precis_posts_waiting"] == count_posts(
        full_context.database, PostFilter(state=State.DISCOVERED)
    )
    assert found["precis_account_failing"] == found["precis_poll_failing"] == 1
    assert found["precis_last_reply_timestamp_seconds"] < START.timestamp()
    assert 0 < found["precis_saved_ratio"] < 1
    assert found["process_resident_memory_bytes"] > 1e6


def test_metrics_of_jobs(context: PageContext) -> None:
    assert context.health is not None
    context.health.register("work", timedelta(seconds=1), timedelta(seconds=300))
    context.health.started("work")
    context.health.finished("work", "boom")
    found = samples(context)
    assert (found["precis_job_passes_total"], found["precis_job_failing"], found["precis_job_stuck"]) == (
        1,
        1,
        0,
    )


def test_metrics_of_an_empty_database(context: PageContext) -> None:
    found = samples(context)
    assert found["precis_posts_waiting"] == found["precis_oldest_waiting_seconds"] == 0
    assert "precis_last_reply_timestamp_seconds" not in found
    assert "precis_reply_delay_seconds" not in found


def test_a_post_that_waits_on_purpose_is_not_in_the_backlog(context: PageContext) -> None:
    queue, now = PostQueue(context.database), context.clock()
    source, begin = Source("main", "news@lemmy.example"), now - timedelta(hours=5)
    queue.discover(source, PollResult((a_post(1),), "c"), begin)
    assert samples(context)["precis_backlog_seconds"] == timedelta(hours=5).total_seconds()
    queue.retry(1, "waiting until the quiet hours end", now + timedelta(hours=1), planned=True)
    found = samples(context)
    assert found["precis_backlog_seconds"] == 0
    assert found["precis_oldest_waiting_seconds"] == timedelta(hours=5).total_seconds()


def test_the_alert_of_the_backlog_ignores_posts_that_wait_on_purpose() -> None:
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    (rule,) = (rule for group in groups for rule in group["rules"] if rule["alert"] == "PrecisBacklog")
    assert NAME.findall(rule["expr"]) == ["precis_backlog_seconds"]


def test_the_response_has_the_prometheus_format(full_context: PageContext) -> None:
    with served(full_context) as client:
        answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert list(text_string_to_metric_families(answer.text))


def names(context: PageContext) -> set[str]:
    assert context.health is not None
    context.health.register("work", timedelta(seconds=1), timedelta(seconds=300))
    text = render_metrics(context)[0].decode()
    families = {family.name for family in text_string_to_metric_families(text)}
    return families | {f"{name}_total" for name in families}


def test_alerts_use_metrics_that_exist(full_context: PageContext) -> None:
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    known = names(full_context)
    asked = {name for rule in rules for name in NAME.findall(rule["expr"])}
    assert asked <= known
    assert len(rules) >= 8
    assert all(rule["annotations"]["action"] and rule["annotations"]["summary"] for rule in rules)


def expressions() -> list[str]:
    """All expressions of the alerts and the dashboard."""
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    board = json.loads((DEPLOY / "dashboard.json").read_text(encoding="utf-8"))
    targets = [target for panel in board["panels"] for target in panel["targets"]]
    return [one["expr"] for one in (*rules, *targets)]


def test_rate_and_increase_are_used_for_all_counters_and_nothing_else() -> None:
    """A gauge that decreases would look like a counter that was reset."""
    grown = {name for expr in expressions() for name in re.findall(r"(?:rate|increase)\((\w+)", expr)}
    used = {name for expr in expressions() for name in NAME.findall(expr)}
    assert grown == {name for name in used if name.endswith("_total")}


def test_the_dashboard_uses_metrics_that_exist(full_context: PageContext) -> None:
    board = json.loads((DEPLOY / "dashboard.json").read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in NAME.findall(target["expr"])
    }
    assert asked - LIBRARY_METRICS <= names(full_context)
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_reference_names_every_metric(full_context: PageContext) -> None:
    page = (DEPLOY.parent / "docs/reference/metrics.md").read_text(encoding="utf-8")
    text = render_metrics(full_context)[0].decode()
    families = [
        family.name for family in text_string_to_metric_families(text) if family.name.startswith("precis")
    ]
    assert [name for name in families if f"`{name}" not in page] == []


def test_what_processes_that_read_pages_can_do_is_a_metric(context: PageContext) -> None:
    assert "precis_landlock_abi" not in samples(context)
    limited = replace(context, confinement=lambda: Confinement(landlock=2))
    lines = render_metrics(limited)[0].decode().splitlines()
    assert 'precis_confinement_denied{right="read_files"} 1.0' in lines
    assert 'precis_confinement_denied{right="truncate_files"} 0.0' in lines
    assert "precis_landlock_abi 2.0" in lines
