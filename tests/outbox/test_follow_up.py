"""Replies that stand there: deleted, marked, looked at and edited, through every answer of a platform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.core.errors import (
    FetchError,
    PlatformError,
    Refused,
    RetryLater,
    UnknownOutcome,
    Unreachable,
    WorkerError,
)
from bot.core.models import Comment, PollResult, Post, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.outbox.follow_up import FollowUp
from bot.rules import CommunityRules
from bot.store import Database, OutgoingReplies, PostQueue, SentReplies
from bot.store.status_reports import all_posts
from tests.conftest import Clock, a_post

BEFORE = "Boats.\n\n---\n\nThe article contains **900** words."


class FakePlatform:
    account = "home"

    def __init__(self) -> None:
        self.answers: list[PlatformError | None] = []
        self.calls: list[tuple[object, ...]] = []
        self.votes: dict[str, int] = {}

    def _call(self, *call: object) -> None:
        self.calls.append(call)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer

    def delete(self, comment_id: str) -> None:
        self._call("delete", comment_id)

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        self._call("mark", comment_id, sticky)

    def edit(self, comment_id: str, markdown: str) -> None:
        self._call("edit", comment_id, markdown)

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        self._call("scores", *comment_ids)
        return self.votes


class Scene:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.platform = FakePlatform()
        self.rules = CommunityRules()
        self.fresh: Reply | Skipped | Exception = Reply(BEFORE, "en", 900, 90, 90)
        self.replies = SentReplies(database)
        queue, drafts = PostQueue(database), OutgoingReplies(database)
        queue.discover(Source("home", None), PollResult((a_post(1),), "-"), clock())
        (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
        queue.make_ready(task.row, Reply(BEFORE, "en", 900, 90, 90), clock(), clock())
        drafts.mark_sent(task.row, Comment("c1", "1", "https://lemmy.example/comment/1", clock()), clock())
        self.row = task.row

    def compose(self, post: Post, rules: CommunityRules) -> Reply | Skipped:
        if isinstance(self.fresh, Exception):
            raise self.fresh
        return self.fresh

    def run(self, minutes: float = 0) -> list[tuple[object, ...]]:
        """What was called after some time, in as many steps as there are."""
        self.clock.advance(minutes * 60)
        before = len(self.platform.calls)
        care = FollowUp(self.platform, self.replies, lambda community: self.rules, self.compose, self.clock)  # type: ignore[arg-type]
        while care.process_next():
            pass
        return self.platform.calls[before:]

    @property
    def state(self) -> str:
        (report,) = all_posts(self.database)
        return report.state


@pytest.fixture
def scene(database: Database, clock: Clock) -> Scene:
    return Scene(database, clock)


def test_an_unwanted_reply_is_deleted_once(scene: Scene) -> None:
    scene.replies.withdraw(scene.row, scene.clock(), "The poster asked for it.")
    assert scene.run() == [("delete", "c1")]
    assert scene.run(60 * 80) == []
    assert scene.state == "deleted"


@pytest.mark.parametrize("answer", [UnknownOutcome("no answer"), Unreachable("down")])
def test_an_unclear_delete_is_tried_until_it_is_clear(scene: Scene, answer: PlatformError) -> None:
    scene.replies.withdraw(scene.row, scene.clock(), "")
    scene.platform.answers = [answer, answer]
    assert [len(scene.run(minutes)) for minutes in (0, 0.5, 0.5, 1, 1)] == [1, 0, 1, 1, 0]
    assert scene.state == "deleted"


def test_a_limit_is_waited_out(scene: Scene) -> None:
    scene.replies.withdraw(scene.row, scene.clock(), "")
    scene.platform.answers = [RetryLater(scene.clock() + timedelta(minutes=30), "slow down")]
    assert [len(scene.run(minutes)) for minutes in (0, 29, 1)] == [1, 0, 1]


def test_what_may_not_be_deleted_stays_and_says_why(scene: Scene) -> None:
    scene.replies.withdraw(scene.row, scene.clock(), "")
    scene.platform.answers = [Refused(SkipReason.BANNED, "banned from news")]
    scene.run()
    assert scene.run(10) == []
    assert scene.state == "sent"


@pytest.mark.parametrize("sticky", [True, False])
def test_a_reply_is_marked_once_where_the_rules_say_so(scene: Scene, sticky: bool) -> None:
    scene.rules = CommunityRules(distinguished=True, sticky=sticky)
    scene.platform.answers = [Unreachable("down")]
    assert scene.run() == [("mark", "c1", sticky)]
    assert scene.run(1) == [("mark", "c1", sticky)]
    assert scene.run(1) == []


def test_who_is_no_moderator_does_not_ask_again(scene: Scene) -> None:
    scene.rules = CommunityRules(sticky=True)
    scene.platform.answers = [Refused(SkipReason.REFUSED, "no moderator")]
    scene.run()
    assert scene.run(1) == []


def test_a_reply_is_looked_at_four_times(scene: Scene) -> None:
    looks = [minute for minute in range(0, 80 * 60, 30) if scene.run(0 if minute == 0 else 30)]
    assert looks == [60, 6 * 60, 24 * 60, 72 * 60]


def test_below_the_score_of_the_rules_it_is_deleted(scene: Scene) -> None:
    scene.platform.votes = {"c1": -5}
    scene.run(61)
    assert scene.state == "sent"
    scene.platform.votes = {"c1": -6}
    scene.run(300)
    assert scene.state == "deleted"
    (report,) = all_posts(scene.database)
    assert "fell to -6, below -5" in report.sentence(scene.clock())


def test_a_score_that_cannot_be_seen_deletes_nothing(scene: Scene) -> None:
    scene.platform.answers = [Unreachable("down")]
    scene.run(61)
    assert scene.run(10) == [("scores", "c1")]
    assert scene.state == "sent"


def test_a_reply_follows_its_article_once(scene: Scene) -> None:
    scene.rules = CommunityRules(edit_on_change=True)
    scene.fresh = Reply("Ships.\n\n---\n\nFooter", "en", 900, 90, 90)
    scene.platform.answers = [None, UnknownOutcome("no answer")]
    assert [call[0] for call in scene.run(61)] == ["scores", "edit"]
    assert [call[0] for call in scene.run(10)] == ["scores", "edit"]
    scene.fresh = Reply("Barges.\n\n---\n\nFooter", "en", 900, 90, 90)
    assert [call[0] for call in scene.run(60 * 6)] == ["scores"]


@pytest.mark.parametrize(
    "fresh",
    [
        Reply("Boats.\n\n---\n\nThe article contains **901** words.", "en", 901, 90, 90),
        Skipped(SkipReason.WALL),
        FetchError(SkipReason.NOT_FOUND, "404", permanent=True),
        WorkerError("crashed"),
    ],
)
def test_what_says_nothing_new_edits_nothing(scene: Scene, fresh: Reply | Skipped | Exception) -> None:
    scene.rules = CommunityRules(edit_on_change=True)
    scene.fresh = fresh
    assert [call[0] for call in scene.run(61)] == ["scores"]
