"""PieFed saves a new post without its link, and adds the link up to 10 s later. It still gets its reply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import stamina

from bot.core.models import Article, Dialect, Digest, Page, Summary
from bot.core.skip_reasons import SkipReason
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.platforms.piefed import PieFed
from bot.rules import CommunityRules
from bot.sandbox.faults import Fault
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue, State
from bot.store.post_lookup import all_posts
from bot.store.post_reports import PostReport
from tests.conftest import new_location
from tests.platforms.piefed import test_adapter
from tests.platforms.piefed.test_adapter import PieFedEnvironment

env = test_adapter.env

FOUND = Digest(
    Article("Boats", "One sentence. Another one.", "en", 0.9, word_count=900),
    Summary(("The mayor counted 45 boats.",), article_words=900, summary_words=90, method="luhn"),
)


class Daemon:
    """The poller's calls, the pipeline and the outbox of one PieFed account, driven by the test."""

    def __init__(self, env: PieFedEnvironment, database: Database) -> None:
        self.env = env
        self.database = database
        self.adapter: PieFed = env.adapter()
        self.queue = PostQueue(database)
        self.cursor: str | None = None
        self.services = PipelineServices(
            queue=self.queue,
            muted_communities=MutedCommunities(database),
            fetch=lambda url: Page(url, b"<p>"),
            digest=lambda page, length, method, **_: FOUND,
            rules_for=lambda community: CommunityRules(),
            dialect_of=lambda account: Dialect.LEMMY,
            source_url="https://precis.example",
            clock=env.clock,
            retries=(),
            fetch_post=lambda post: self.adapter.fetch_post(post.id),
        )
        self.outbox = ReplyOutbox(
            self.adapter,  # type: ignore[arg-type]
            replies=OutgoingReplies(database),
            queue=self.queue,
            accounts=Accounts(database),
            muted_communities=MutedCommunities(database),
            created_at=database.created_at(),
            check_post=gone_or_locked,
            clock=env.clock,
            timing=SendTiming(),
        )

    def run(self, *, seconds: float) -> None:
        """Poll, process and send every 10 seconds."""
        for _ in range(int(seconds // 10)):
            result = self.adapter.poll(self.env.here, self.cursor, self.env.since())
            self.cursor = result.cursor
            self.queue.discover(self.env.here, result, self.env.clock())
            for claimed in self.queue.claim(self.env.clock(), 10, timedelta(minutes=5)):
                process_post(claimed, self.services)
            while self.outbox.process_next():
                pass
            self.env.clock.advance(seconds=10)

    @property
    def report(self) -> PostReport:
        (report,) = all_posts(self.database)
        return report


@pytest.fixture
def daemon(env: PieFedEnvironment, engine: str, tmp_path: Path) -> Iterator[Daemon]:
    created = env.clock() - timedelta(days=1)
    database = Database(new_location(engine, tmp_path, created), created)
    with stamina.set_testing(True):
        yield Daemon(env, database)
    database.close()


def add_slow_link_post(env: PieFedEnvironment, delay: timedelta) -> None:
    env.server.faults.link_delay = delay
    env.server.faults.plan(Fault.SLOW_LINK)
    env.post(ago=0)


@pytest.mark.parametrize("seconds", [6, 10, 200])
def test_a_post_that_gets_its_link_later_gets_one_reply(
    env: PieFedEnvironment, daemon: Daemon, seconds: int
) -> None:
    add_slow_link_post(env, timedelta(seconds=seconds))
    daemon.run(seconds=400)
    assert daemon.report.state == State.SENT
    assert len(env.server.state.all_comments()) == 1


def test_a_waiting_post_says_what_it_waits_for(env: PieFedEnvironment, daemon: Daemon) -> None:
    add_slow_link_post(env, timedelta(seconds=8))
    daemon.run(seconds=10)
    assert daemon.report.state == State.DISCOVERED
    assert daemon.report.error == "waiting for the link, which the server may add later"


def test_a_discussion_is_read_twice_more_and_then_skipped(env: PieFedEnvironment, daemon: Daemon) -> None:
    env.post(ago=0, url=None)
    daemon.run(seconds=290)
    assert daemon.report.state == State.DISCOVERED
    daemon.run(seconds=400)
    assert (daemon.report.state, daemon.report.reason) == (State.SKIPPED, SkipReason.NO_LINK)
    assert len(env.calls("GET /post")) == 2


def test_a_post_that_is_deleted_while_it_waits_is_skipped_as_deleted(
    env: PieFedEnvironment, daemon: Daemon
) -> None:
    add_slow_link_post(env, timedelta(seconds=60))
    daemon.run(seconds=20)
    next(iter(env.server.state.posts.values())).deleted = True
    daemon.run(seconds=60)
    assert (daemon.report.state, daemon.report.reason) == (State.SKIPPED, SkipReason.GONE)


def test_an_outage_at_the_second_reading_delays_the_reply(env: PieFedEnvironment, daemon: Daemon) -> None:
    add_slow_link_post(env, timedelta(seconds=8))
    daemon.run(seconds=10)
    claimed_at_30_seconds = env.clock.advance(seconds=20)
    env.server.outage.begin(timedelta(seconds=15))
    for claimed in daemon.queue.claim(claimed_at_30_seconds, 1, timedelta(minutes=5)):
        process_post(claimed, daemon.services)
    assert daemon.report.state == State.DISCOVERED
    assert "psycopg2.OperationalError" in (daemon.report.error or "")
    env.clock.advance(seconds=20)
    daemon.run(seconds=120)
    assert daemon.report.state == State.SENT


def test_a_link_that_is_taken_away_before_the_reply_is_sent_is_waited_for_again(
    env: PieFedEnvironment, daemon: Daemon
) -> None:
    post = env.post(ago=0)
    result = daemon.adapter.poll(env.here, None, env.since())
    daemon.queue.discover(env.here, result, env.clock())
    (claimed,) = daemon.queue.claim(env.clock(), 1, timedelta(minutes=5))
    process_post(claimed, daemon.services)
    env.clock.advance(hours=1)
    post.link_visible_from = env.clock() + timedelta(seconds=8)
    while daemon.outbox.process_next():
        pass
    assert daemon.report.state == State.DISCOVERED
    daemon.cursor = result.cursor
    daemon.run(seconds=60)
    assert daemon.report.state == State.SENT


def test_only_a_post_without_a_link_waits_for_one(env: PieFedEnvironment) -> None:
    link, text = env.post("link"), env.post("text", url=None)
    posts = {post.id: post for post in env.adapter().poll(env.here, None, env.since()).posts}
    assert posts[str(link.id)].link_awaited_since is None
    assert posts[str(text.id)].link_awaited_since == env.clock()


def test_an_old_post_without_a_link_does_not_wait_for_one(env: PieFedEnvironment) -> None:
    env.post("text", url=None, ago=61)
    (post,) = env.adapter().poll(env.here, None, env.since()).posts
    assert post.link_awaited_since is None
