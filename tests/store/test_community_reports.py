"""The figures of a report about a community, and who had its replies deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from bot.core.deletion_causes import DeletionCause
from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import (
    CommunityReport,
    Database,
    Feedback,
    OutgoingReplies,
    PostQueue,
    SentReplies,
    Vote,
    community_report,
)
from bot.store.manual_actions import mark_reply_deleted
from tests.conftest import Clock, a_post

NEWS, OTHER = "news@lemmy.example", "other@lemmy.example"
WEEK = timedelta(days=7)


class Posts:
    """Adds posts with an outcome at the time of the clock."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.queue, self.outgoing = PostQueue(database), OutgoingReplies(database)
        self.replies = SentReplies(database)
        self._number = 0

    def claim(self, community: str) -> int:
        self._number += 1
        post = a_post(self._number, community=community)
        self.queue.discover(Source("home", None), PollResult((post,), "-"), self.clock())
        (claimed,) = self.queue.claim(self.clock(), 1, timedelta(minutes=5))
        return claimed.row

    def send(self, score: int | None = None, community: str = NEWS) -> int:
        row = self.claim(community)
        self.queue.make_ready(row, Reply("Boats.", "en", 900, 90, 90), self.clock(), self.clock())
        self.outgoing.mark_sending(row, self.clock(), self.clock())
        comment = Comment(f"c{row}", str(self._number), "https://lemmy.example/comment/1", self.clock())
        self.outgoing.mark_sent(row, comment, self.clock())
        if score is not None:
            self.replies.record_check(row, score, None)
        return row

    def skip(self, reason: SkipReason, community: str = NEWS) -> None:
        self.queue.skip(self.claim(community), Skipped(reason), self.clock())

    def delete(self, row: int, why: str) -> None:
        self.replies.withdraw(row, self.clock(), why)
        self.replies.mark_deleted(row, self.clock())

    def report(self, community: str = NEWS) -> CommunityReport:
        return community_report(self.database, community, self.clock() - WEEK)


@pytest.fixture
def posts(database: Database, clock: Clock) -> Posts:
    return Posts(database, clock)


def test_a_report_of_a_new_community_is_empty(posts: Posts) -> None:
    report = posts.report()
    assert report.is_empty
    assert report.mean_score is None


def test_replies_and_scores_of_the_week_are_counted(posts: Posts, clock: Clock) -> None:
    posts.send(score=100)
    clock.now += WEEK + timedelta(seconds=1)
    for score in (4, -1, None):
        posts.send(score)
    posts.send(score=50, community=OTHER)
    report = posts.report()
    assert (report.replies, report.scored_replies, report.score) == (3, 2, 3)
    assert report.mean_score == 1.5
    assert posts.report(OTHER).replies == 1


def test_reasons_are_ordered_by_their_number(posts: Posts, clock: Clock) -> None:
    posts.skip(SkipReason.GALLERY)
    clock.now += WEEK + timedelta(seconds=1)
    for reason in (SkipReason.VIDEO, SkipReason.WALL, SkipReason.WALL):
        posts.skip(reason)
    posts.skip(SkipReason.WALL, OTHER)
    assert list(posts.report().skips.items()) == [(SkipReason.WALL, 2), (SkipReason.VIDEO, 1)]


def test_posts_that_were_given_up_have_no_reason(posts: Posts, clock: Clock) -> None:
    posts.queue.mark_dead(posts.claim(NEWS), "down", clock())
    assert posts.report().skips == {None: 1}


def test_votes_of_the_week_are_counted(database: Database, posts: Posts, clock: Clock) -> None:
    def vote(message: str, good: bool, at: datetime, community: str = NEWS) -> None:
        Feedback(database).add_vote(Vote("home", message, community, "paper.example", good, at))

    vote("1", good=True, at=clock())
    vote("2", good=True, at=clock())
    vote("3", good=False, at=clock())
    vote("4", good=True, at=clock() - WEEK - timedelta(seconds=1))
    vote("5", good=True, at=clock(), community=OTHER)
    report = posts.report()
    assert (report.good, report.bad) == (2, 1)


def test_deletions_are_counted_by_their_cause_and_when_they_happened(posts: Posts, clock: Clock) -> None:
    sent_before = posts.send()
    clock.now += WEEK + timedelta(seconds=1)
    for why in (
        "The poster asked for it.",
        "The poster asked for it.",
        "The moderator asked for it.",
        "Its score fell to -6, below -5.",
        "The post was changed. The page is a photo gallery.",
    ):
        posts.delete(posts.send(), why)
    posts.delete(sent_before, "The post was deleted or removed.")
    mark_reply_deleted(posts.database, posts.send(), clock())
    posts.delete(posts.send(), "Something that no release has written.")
    report = posts.report()
    assert next(iter(report.deletions.items())) == (DeletionCause.POSTER, 2)
    assert report.deletions == dict.fromkeys(DeletionCause, 1) | {DeletionCause.POSTER: 2}
    assert report.replies == 7  # not the one that was sent before


def test_a_reply_that_was_deleted_because_its_post_was_changed_counts(posts: Posts, clock: Clock) -> None:
    row = posts.send()
    changed = replace(a_post(1), url="https://paper.example/other")
    posts.replies.restart(row, changed, clock())
    report = posts.report()
    assert report.replies == 1
    assert report.deletions == {DeletionCause.POST_CHANGED: 1}


def test_the_cause_of_a_deletion_stays_that_was_requested_while_the_reply_was_sent(
    posts: Posts, clock: Clock
) -> None:
    row = posts.claim(NEWS)
    posts.queue.make_ready(row, Reply("Boats.", "en", 900, 90, 90), clock(), clock())
    posts.outgoing.mark_sending(row, clock(), clock())
    posts.replies.withdraw(row, clock(), DeletionCause.POSTER.sentence)
    posts.outgoing.mark_sent(row, Comment("c1", "1", "https://lemmy.example/comment/1", clock()), clock())
    posts.replies.mark_deleted(row, clock())
    assert posts.report().deletions == {DeletionCause.POSTER: 1}


def test_a_reply_that_waits_is_not_counted(posts: Posts, clock: Clock) -> None:
    row = posts.claim(NEWS)
    posts.queue.make_ready(row, Reply("Boats.", "en", 900, 90, 90), clock(), clock())
    assert posts.report().is_empty


@pytest.mark.parametrize("cause", DeletionCause)
def test_each_cause_is_found_in_the_text_that_is_stored(cause: DeletionCause) -> None:
    assert DeletionCause.of_text(cause.sentence) is cause
    assert DeletionCause(cause.value) is cause
    assert DeletionCause.of_text(None) is DeletionCause.OTHER
