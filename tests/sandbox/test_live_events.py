"""The events of the demo without a daemon: what did not happen is not shown as right."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from bot.core.models import PollResult, Source
from bot.sandbox.demo_report import count_finished, print_events
from bot.sandbox.environment import FEDIVERSE_ACCOUNT, SandboxEnvironment
from bot.sandbox.live_events import EXTRA_COMMUNITIES, EventOutcome, LiveEvents
from bot.sandbox.live_events.base import EventContext
from bot.sandbox.live_events.outage import DatabaseOutage
from bot.sandbox.loopback_server import Request
from bot.sandbox.server_software import ServerSoftware
from bot.store import Database, PostQueue, State
from bot.store.post_lookup import all_posts
from tests.conftest import Clock, a_post


@pytest.mark.parametrize("software", ServerSoftware)
def test_without_a_daemon_no_event_is_as_it_should_be(software: ServerSoftware, tmp_path: Path) -> None:
    environment = SandboxEnvironment(tmp_path, software=software, communities=("news", *EXTRA_COMMUNITIES))
    with environment:
        events = LiveEvents(environment, first_run=True)
        for _ in range(3):
            events.step([])
        outcomes = events.outcomes([])
        assert not events.finished([])
    assert len(outcomes) >= 10
    assert [each.event for each in outcomes if each.as_expected] == []


@pytest.mark.parametrize("software", ServerSoftware)
def test_a_later_run_has_the_posts_of_the_first_and_no_messages(
    software: ServerSoftware, tmp_path: Path
) -> None:
    environment = SandboxEnvironment(tmp_path, software=software, communities=("news", *EXTRA_COMMUNITIES))
    with environment:
        LiveEvents(environment, first_run=False)
        titles = [post.name for post in environment.fediverse.state.posts.values()]
        assert titles[-3:] == [
            "A post after the ban was lifted",
            "A first post before an outage",
            "A second post before an outage",
        ]
        assert environment.fediverse.state.all_comments() == []
        assert environment.fediverse.state.all_private_messages() == []


@pytest.mark.parametrize("met_the_outage", [0, 1])
@pytest.mark.parametrize("software", ServerSoftware)
def test_the_post_whose_reply_waits_in_the_outage_becomes_nsfw(
    software: ServerSoftware, met_the_outage: int, tmp_path: Path, database: Database, clock: Clock
) -> None:
    """Which of the two posts is read first depends on the machine."""
    environment = SandboxEnvironment(tmp_path, software=software)
    with environment:
        server = environment.fediverse
        event = DatabaseOutage(EventContext(environment), clock())
        server.state.add_comment(next(iter(server.state.posts.values())), environment.bot, "A reply.")
        event.begin()
        waiting = list(server.state.posts.values())[-2:]
        for post in (waiting[met_the_outage], waiting[1 - met_the_outage]):
            body = json.dumps({"post_id": post.id}).encode()
            server.requests.append(Request("POST", "/api/comment", {}, Message(), body, "127.0.0.1"))
        server.outage.begin(timedelta(minutes=1))
        posts = PollResult(tuple(a_post(post.id, account=FEDIVERSE_ACCOUNT) for post in waiting), "1")
        PostQueue(database).discover(Source(FEDIVERSE_ACCOUNT, "news"), posts, clock())
        event.step(all_posts(database))
        assert [post.nsfw for post in waiting] == [bool(met_the_outage), not met_the_outage]


@pytest.mark.parametrize("second", [True, False])
def test_an_event_that_is_not_as_it_should_be_fails_the_demo(second: bool) -> None:
    printed = io.StringIO()
    console = Console(file=printed, width=100)
    outcomes = [EventOutcome("One.", "1 reply", True), EventOutcome("Two.", "no reply", second)]
    assert print_events(outcomes, console) is second
    assert ("wrong" in printed.getvalue()) is not second


def test_a_post_is_finished_when_all_its_rows_are(database: Database, clock: Clock) -> None:
    """A request for a summary has a row of its own."""
    PostQueue(database).discover(Source("home", "news"), PollResult((a_post(),), "1"), clock())
    (row,) = all_posts(database)
    done = replace(row, state=State.SKIPPED)
    assert [count_finished(rows) for rows in ([], [row], [done], [done, row], [done, done])] == [
        0,
        0,
        1,
        0,
        1,
    ]
