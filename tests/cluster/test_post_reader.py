"""Posts that a node without tokens processes, after the leader of their account has read them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from msgspec.structs import replace

from bot.cluster.post_reader import LEASE, PostReader
from bot.cluster.read_tasks import ReadTasks
from bot.core.errors import RefetchRequired, Refused, StoreError, Unreachable
from bot.core.models import Article, Dialect, Digest, Page, PollResult, Post, Source, Summary
from bot.core.skip_reasons import SkipReason
from bot.pipeline.refetch import PostRefetcher
from bot.pipeline.services import PipelineServices
from bot.rules import CommunityRules
from bot.store import Database, MutedCommunities, PostQueue, State
from bot.store.manual_actions import requeue_post
from bot.store.post_lookup import all_posts
from bot.store.post_reports import PostReport
from bot.store.read_claims import ReadClaims
from tests.cluster.test_read_tasks import remove_tasks, waiting
from tests.conftest import Clock, a_post

SOURCE = Source("home", "news@lemmy.example")
FOUND = Digest(
    Article("Boats", "One sentence. Another one.", "en", 0.9, word_count=900),
    Summary(("The mayor counted 45 boats.",), article_words=900, summary_words=90, method="luhn"),
)


class ReaderAndLeader:
    """A node that reads, and the part of the leader that reads posts again."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.rules = CommunityRules()
        self.queue = PostQueue(database, ReadTasks())
        self.fetch_post: Callable[[str], Post] = lambda post_id: a_post(int(post_id))
        claims = ReadClaims(database)
        self.reader = PostReader(
            claims,
            PipelineServices(
                queue=self.queue,
                muted_communities=MutedCommunities(database),
                fetch=lambda url: Page(url, b"<p>"),
                digest=lambda page, length, method, **_: FOUND,
                rules_for=lambda community: self.rules,
                dialect_of=lambda account: Dialect.LEMMY,
                source_url="https://precis.example",
                clock=clock,
                retries=(),
                fetch_post=_refuse,
            ),
        )
        self.refetcher = PostRefetcher(
            "home", lambda post_id: self.fetch_post(post_id), claims, self.queue, ReadTasks(), clock
        )

    def discover(self, post: Post) -> None:
        self.queue.discover(SOURCE, PollResult((post,), "c"), self.clock())
        self.clock.advance(60)

    def read(self) -> PostReport:
        """What became of the only post after all of its tasks."""
        rows = [int(row) for row in waiting(self.database)]
        remove_tasks(self.database)
        for row in rows:
            self.reader.read(row)
        (post,) = all_posts(self.database)
        return post


def _refuse(post: Post) -> Post:
    raise RefetchRequired


@pytest.fixture
def nodes(database: Database, clock: Clock) -> ReaderAndLeader:
    return ReaderAndLeader(database, clock)


def test_a_usual_post_needs_no_leader(nodes: ReaderAndLeader) -> None:
    nodes.discover(a_post(1))
    assert nodes.read().state is State.READY
    assert not nodes.refetcher.refetch_next()


def test_a_post_is_processed_soon_after_its_outcome_could_not_be_recorded(
    nodes: ReaderAndLeader, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = StoreError("The database cannot be reached.", "Start it.", temporary=True)
    nodes.discover(a_post(1))
    with monkeypatch.context() as failing:
        failing.setattr(nodes.queue, "make_ready", Mock(side_effect=error))
        assert nodes.read().state is State.DISCOVERED
        failing.setattr(Database, "write_statement", Mock(side_effect=error))
        with pytest.raises(StoreError):
            nodes.reader.release_unrecorded()
    assert ReadTasks().add_missing(nodes.database, nodes.clock()) == 0
    nodes.reader.release_unrecorded()
    assert ReadTasks().add_missing(nodes.database, nodes.clock()) == 1
    assert nodes.read().state is State.READY


def test_a_claim_that_another_node_has_by_now_is_not_released(
    nodes: ReaderAndLeader, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes.discover(a_post(1))
    error = StoreError("The database cannot be reached.", "Start it.", temporary=True)
    with monkeypatch.context() as failing:
        failing.setattr(ReadClaims, "claim", Mock(side_effect=error))
        nodes.read()
    nodes.clock.advance(1)
    (post,) = all_posts(nodes.database)
    claims = ReadClaims(nodes.database)
    assert claims.claim(post.row, nodes.clock(), LEASE) is not None
    nodes.reader.release_unrecorded()
    assert claims.claim(post.row, nodes.clock(), LEASE) is None


def test_a_score_is_judged_by_the_version_that_the_leader_has_read(nodes: ReaderAndLeader) -> None:
    nodes.rules = CommunityRules(min_score=5)
    nodes.discover(a_post(1, score=1))
    nodes.fetch_post = lambda post_id: a_post(1, score=1)
    assert nodes.read().state is State.DISCOVERED
    assert waiting(nodes.database) == []
    assert nodes.refetcher.refetch_next()
    post = nodes.read()
    assert (post.state, post.error) == (State.DISCOVERED, "waiting for a score of 5")
    nodes.fetch_post = lambda post_id: a_post(1, score=7)
    nodes.clock.advance(600)
    nodes.read()
    assert nodes.refetcher.refetch_next()
    assert nodes.read().state is State.READY


def test_a_post_gets_the_link_that_its_server_added_later(nodes: ReaderAndLeader) -> None:
    late = a_post(1, url="", link_awaited_since=nodes.clock())
    nodes.discover(late)
    nodes.read()
    nodes.fetch_post = lambda post_id: a_post(1)
    assert nodes.refetcher.refetch_next()
    assert nodes.read().state is State.READY


def test_a_post_without_a_link_waits_as_long_as_on_a_single_machine(nodes: ReaderAndLeader) -> None:
    late = a_post(1, url="", link_awaited_since=nodes.clock())
    nodes.discover(late)
    nodes.fetch_post = lambda post_id: replace(late, link_awaited_since=None)
    nodes.read()
    assert nodes.refetcher.refetch_next()
    post = nodes.read()
    assert (post.state, post.due_at) == (State.DISCOVERED, nodes.clock() + timedelta(minutes=4))
    nodes.clock.advance(240)
    nodes.read()
    assert nodes.refetcher.refetch_next()
    post = nodes.read()
    assert (post.state, post.reason) == (State.SKIPPED, SkipReason.NO_LINK)


def test_a_post_that_the_operator_retries_is_read_again_first(nodes: ReaderAndLeader) -> None:
    nodes.discover(a_post(1))
    nodes.queue.mark_dead(all_posts(nodes.database)[0].row, "x", nodes.clock())
    remove_tasks(nodes.database)
    assert requeue_post(nodes.database, all_posts(nodes.database)[0].row, nodes.clock())
    assert ReadTasks().add_missing(nodes.database, nodes.clock()) == 0
    nodes.fetch_post = lambda post_id: a_post(1, title="A new title")
    assert nodes.refetcher.refetch_next()
    post = nodes.read()
    assert (post.state, post.title) == (State.READY, "A new title")


def test_a_server_that_does_not_answer_is_asked_again_later(nodes: ReaderAndLeader) -> None:
    nodes.discover(a_post(1))
    requeue_post(nodes.database, all_posts(nodes.database)[0].row, nodes.clock())

    def fail(post_id: str) -> Post:
        raise Unreachable("it is down")

    nodes.fetch_post = fail
    assert not nodes.refetcher.refetch_next()
    assert not nodes.refetcher.refetch_next()
    nodes.clock.advance(60)

    def refuse(post_id: str) -> Post:
        raise Refused(SkipReason.GONE, "deleted")

    nodes.fetch_post = refuse
    assert nodes.refetcher.refetch_next()
    (post,) = all_posts(nodes.database)
    assert (post.state, post.reason) == (State.SKIPPED, SkipReason.GONE)
