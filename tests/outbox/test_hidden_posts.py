"""A post that the account does not show: real adapters over HTTP, and accounts that hide NSFW posts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.core.models import Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming
from bot.pipeline.send_policy import check_reply
from bot.platforms import adapter_factory
from bot.rules import CommunityRules
from bot.sandbox.server_software import ServerSoftware
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.post_lookup import all_posts
from tests.conftest import Clock


@pytest.fixture(params=ServerSoftware)
def server(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Any]:
    with request.param.create_server(clock=clock) as server:
        server.state.add_person("precis", password="right", bot_account=True)
        server.software = request.param
        yield server


def waiting_outbox(
    server: Any, database: Database, clock: Clock, rules: CommunityRules
) -> tuple[Any, ReplyOutbox]:
    """The post, and the outbox of its finished reply."""
    world = server.state
    clock.advance(600)  # so that the post is younger than the database
    post = world.add_post(
        world.add_community("news"), world.add_person("alice"), "Post", "https://paper.example/1"
    )
    platform = adapter_factory(server.software.account_kind)(
        account="home",
        base_url=server.url,
        username="precis",
        password="right",
        token_store=Accounts(database),
        user_agent="hidden/1",
        clock=clock,
    )
    queue, source = PostQueue(database), Source("home", f"news@{world.host}")
    queue.discover(source, platform.poll(source, None, clock() - timedelta(hours=1)), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=5))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())

    outbox = ReplyOutbox(
        platform,
        replies=OutgoingReplies(database),
        queue=queue,
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=lambda post, reply: check_reply(post, reply, rules, clock()),
        clock=clock,
        timing=SendTiming(),
    )
    return post, outbox


def test_a_post_that_became_nsfw_while_its_reply_waited_is_skipped(
    server: Any, database: Database, clock: Clock
) -> None:
    post, outbox = waiting_outbox(server, database, clock, CommunityRules())
    post.nsfw = True
    while outbox.process_next():
        pass
    (report,) = all_posts(database)
    assert (report.state, report.reason) == ("skipped", SkipReason.NSFW)
    assert server.state.all_comments() == []


def test_where_nsfw_posts_get_replies_a_post_that_the_account_hides_is_skipped(
    server: Any, database: Database, clock: Clock
) -> None:
    """The account cannot see its own replies there, so it may not send one. PieFed shows them."""
    post, outbox = waiting_outbox(server, database, clock, CommunityRules(nsfw=True))
    post.nsfw = True
    while outbox.process_next():
        pass
    (report,) = all_posts(database)
    if server.software is ServerSoftware.PIEFED:
        assert report.state == "sent"
    else:
        assert (report.state, report.reason) == ("skipped", SkipReason.NSFW)
        assert "the account hides NSFW posts" in (report.error or "")
