"""Sent replies are deleted, distinguished, checked and edited, whatever the platform answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.core.errors import (
    FetchBusy,
    FetchError,
    FetchOffline,
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
from bot.store.post_lookup import all_posts
from bot.store.status_reports import status_report
from tests.conftest import Clock, a_post, on_sqlite

BEFORE = "Boats.\n\n---\n\nThe article contains **900** words."
AFTER = "Ships.\n\n---\n\nThe article contains **900** words."


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

    def fetch_post(self, post_id: str) -> Post:
        return a_post(int(post_id))

    def delete(self, comment_id: str) -> None:
        self._call("delete", comment_id)

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        self._call("distinguish", comment_id, sticky)

    def edit(self, comment_id: str, markdown: str) -> None:
        self._call("edit", comment_id, markdown)

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        self._call("scores", *comment_ids)
        return self.votes


class Scenario:
    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.platform = FakePlatform()
        self.rules = CommunityRules()
        self.new_reply: Reply | Skipped | Exception = Reply(BEFORE, "en", 900, 90, 90)
        self.replies = SentReplies(database)
        self.follow_up = FollowUp(
            self.platform, self.replies, lambda community: self.rules, self.compose, self.clock
        )  # type: ignore[arg-type]
        self.row = self.send_reply(1)

    def send_reply(self, number: int) -> int:
        """A reply to another post: comment `c1`, `c2` and so on. Returns its row."""
        queue, now = PostQueue(self.database), self.clock()
        queue.discover(Source("home", None), PollResult((a_post(number),), "-"), now)
        (claimed,) = queue.claim(now, 1, timedelta(minutes=1))
        queue.make_ready(claimed.row, Reply(BEFORE, "en", 900, 90, 90), now, now)
        comment = Comment(f"c{number}", str(number), f"https://lemmy.example/comment/{number}", now)
        OutgoingReplies(self.database).mark_sent(claimed.row, comment, now)
        return claimed.row

    def compose(self, post: Post, rules: CommunityRules) -> Reply | Skipped:
        if isinstance(self.new_reply, Exception):
            raise self.new_reply
        return self.new_reply

    def run(self, minutes: float = 0) -> list[tuple[object, ...]]:
        """The calls after some time, when nothing more is due."""
        self.clock.advance(minutes * 60)
        before = len(self.platform.calls)
        while self.follow_up.process_next():
            pass
        return self.platform.calls[before:]

    def run_at(self, minutes: Sequence[int]) -> Iterator[tuple[int, list[tuple[object, ...]]]]:
        """Each of these minutes from now on with calls, and its calls."""
        start = self.clock()
        for minute in minutes:
            self.clock.now = start + timedelta(minutes=minute)
            if made := self.run():
                yield minute, made

    @property
    def state(self) -> str:
        (report,) = all_posts(self.database)
        return report.state


@pytest.fixture
def scenario(database: Database, clock: Clock) -> Scenario:
    return Scenario(database, clock)


def test_a_withdrawn_reply_is_deleted_once(scenario: Scenario) -> None:
    scenario.replies.withdraw(scenario.row, scenario.clock(), "The poster asked for it.")
    assert scenario.run() == [("delete", "c1")]
    assert scenario.run(60 * 80) == []
    assert scenario.state == "deleted"


@pytest.mark.parametrize("answer", [UnknownOutcome("no answer"), Unreachable("down")])
def test_an_ambiguous_delete_is_retried_until_the_answer_is_clear(
    scenario: Scenario, answer: PlatformError
) -> None:
    scenario.replies.withdraw(scenario.row, scenario.clock(), "")
    scenario.platform.answers = [answer, answer]
    assert [len(scenario.run(minutes)) for minutes in (0, 0.5, 0.5, 1, 1, 1)] == [1, 0, 1, 0, 1, 0]
    assert scenario.state == "deleted"


def test_a_rate_limit_is_waited_for(scenario: Scenario) -> None:
    scenario.replies.withdraw(scenario.row, scenario.clock(), "")
    scenario.platform.answers = [RetryLater(scenario.clock() + timedelta(minutes=30), "slow down")]
    assert [len(scenario.run(minutes)) for minutes in (0, 29, 1)] == [1, 0, 1]


ODD_TEXT = "400 the moon is full"
TWO_DAYS = (*range(600), *range(601, 48 * 60, 10))
"""Minutes: each one while the pauses grow, then every tenth, on which the retries after six hours fall."""


@on_sqlite  # thousands of transactions
@pytest.mark.parametrize("answer", [UnknownOutcome(ODD_TEXT), Refused(SkipReason.REFUSED, ODD_TEXT)])
def test_a_delete_that_always_fails_is_retried_ever_more_rarely_and_logged_once(
    scenario: Scenario, answer: PlatformError
) -> None:
    scenario.replies.withdraw(scenario.row, scenario.clock(), "Its moderators asked for it.")
    scenario.replies.record_check(scenario.row, None, None)  # nothing else is due
    scenario.platform.answers = [answer] * 1000
    with capture_logs() as logs:
        attempts = [minute for minute, _ in scenario.run_at(TWO_DAYS)]
    assert attempts == [0, 1, 3, 7, 15, 31, 63, 127, 255, *range(511, 48 * 60, 6 * 60)]
    assert [entry["error"] for entry in logs] == [ODD_TEXT]
    scenario.platform.answers = [UnknownOutcome("another text")]
    with capture_logs() as logs:
        scenario.run(6 * 60)
    assert [entry["error"] for entry in logs] == ["another text"]
    assert scenario.run(6 * 60) == [("delete", "c1")]
    (report,) = all_posts(scenario.database)
    assert report.state == "deleted"
    assert report.sentence(scenario.clock()).endswith("Its moderators asked for it.")


def test_a_delete_that_fails_is_shown_until_it_succeeds(scenario: Scenario) -> None:
    scenario.replies.withdraw(scenario.row, scenario.clock(), "Its moderators asked for it.")
    assert status_report(scenario.database).failed_deletions == ()
    scenario.platform.answers = [UnknownOutcome(ODD_TEXT)] * 2
    scenario.run()
    scenario.run(1)
    (failed,) = status_report(scenario.database).failed_deletions
    assert (failed.account, failed.count, failed.attempts) == ("home", 1, 2)
    sentence = failed.sentence(scenario.clock())
    assert ODD_TEXT in sentence
    assert "https://lemmy.example/comment/1" in sentence
    (report,) = all_posts(scenario.database)
    assert f"Failed attempts so far: 2. Last error: {ODD_TEXT}" in report.sentence(scenario.clock())
    scenario.run(2)
    assert status_report(scenario.database).failed_deletions == ()


@pytest.mark.parametrize("sticky", [True, False])
def test_a_reply_is_distinguished_once_if_the_rules_say_so(scenario: Scenario, sticky: bool) -> None:
    scenario.rules = CommunityRules(distinguished=True, sticky=sticky)
    scenario.platform.answers = [Unreachable("down")]
    assert scenario.run() == [("distinguish", "c1", sticky)]
    assert scenario.run(1) == [("distinguish", "c1", sticky)]
    assert scenario.run(1) == []


@on_sqlite  # thousands of transactions
def test_a_reply_that_cannot_be_distinguished_waits_longer_each_time_and_holds_up_no_other(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario.rules = CommunityRules(distinguished=True)
    scenario.send_reply(2)
    scenario.platform.answers = [Unreachable("down")]
    assert scenario.run() == [("distinguish", "c1", False), ("distinguish", "c2", False)]
    scenario.platform.answers = [Unreachable("down")] * 99
    calls = [minute for minute, made in scenario.run_at(TWO_DAYS[1:]) if ("distinguish", "c1", False) in made]
    assert calls[:9] == [1, 3, 7, 15, 31, 63, 127, 255, 511]
    assert {later - earlier for earlier, later in pairwise(calls[8:])} == {6 * 60}
    assert capsys.readouterr().out.count("cannot distinguish") == 1


def test_a_rate_limit_for_distinguishing_is_waited_for(scenario: Scenario) -> None:
    scenario.rules = CommunityRules(distinguished=True)
    scenario.platform.answers = [RetryLater(scenario.clock() + timedelta(minutes=30), "slow down")]
    assert [len(scenario.run(minutes)) for minutes in (0, 29, 1)] == [1, 0, 1]


@on_sqlite  # thousands of transactions
def test_each_action_is_announced_by_its_due_time(scenario: Scenario) -> None:
    """So the daemon looks for work only then."""
    start = scenario.clock()
    scenario.rules = CommunityRules(distinguished=True)
    down = Unreachable("down")
    scenario.platform.answers = [down, down, RetryLater(start + timedelta(hours=1), "slow")]
    unannounced = []
    scenario.run()
    for minutes in range(1, 8 * 60):
        due_at = scenario.follow_up.next_due_at()
        scenario.clock.now = start + timedelta(minutes=minutes)
        if scenario.run() and (due_at is None or due_at > scenario.clock()):
            unannounced.append(minutes)
    assert not unannounced
    assert [call[0] for call in scenario.platform.calls].count("distinguish") == 4
    assert [call[0] for call in scenario.platform.calls].count("scores") == 2


def test_a_clock_that_was_ahead_does_not_hold_up_distinguishing(scenario: Scenario) -> None:
    scenario.rules = CommunityRules(distinguished=True)
    scenario.clock.advance(24 * 3600)
    scenario.platform.answers = [Unreachable("down")]
    assert len(scenario.run()) == 1 + 1  # and a check
    assert ("distinguish", "c1", False) in scenario.run(-24 * 60)


def test_a_refused_distinguish_is_not_retried(scenario: Scenario) -> None:
    scenario.rules = CommunityRules(sticky=True)
    scenario.platform.answers = [Refused(SkipReason.REFUSED, "not a moderator")]
    scenario.run()
    assert scenario.run(1) == []


def test_a_reply_is_checked_four_times(scenario: Scenario) -> None:
    checks = [minute for minute in range(0, 80 * 60, 30) if scenario.run(0 if minute == 0 else 30)]
    assert checks == [60, 6 * 60, 24 * 60, 72 * 60]


def test_a_reply_below_the_minimum_score_is_deleted(scenario: Scenario) -> None:
    scenario.platform.votes = {"c1": -5}
    scenario.run(61)
    assert scenario.state == "sent"
    scenario.platform.votes = {"c1": -6}
    scenario.run(300)
    assert scenario.state == "deleted"
    (report,) = all_posts(scenario.database)
    assert "fell to -6, below -5" in report.sentence(scenario.clock())


def test_an_unknown_score_deletes_nothing(scenario: Scenario) -> None:
    scenario.platform.answers = [Unreachable("down")]
    scenario.run(61)
    assert scenario.run(10) == [("scores", "c1")]
    assert scenario.state == "sent"


def test_a_reply_is_edited_once_when_its_article_changes(scenario: Scenario) -> None:
    scenario.rules = CommunityRules(edit_on_change=True)
    scenario.new_reply = Reply("Ships.\n\n---\n\nFooter", "en", 900, 90, 90)
    scenario.platform.answers = [None, UnknownOutcome("no answer")]
    assert [call[0] for call in scenario.run(61)] == ["scores", "edit"]
    assert [call[0] for call in scenario.run(10)] == ["scores", "edit"]
    scenario.new_reply = Reply("Barges.\n\n---\n\nFooter", "en", 900, 90, 90)
    assert [call[0] for call in scenario.run(60 * 6)] == ["scores"]


@pytest.mark.parametrize(
    "fresh",
    [
        Reply("Boats.\n\n---\n\nThe article contains **901** words.", "en", 901, 90, 90),
        Skipped(SkipReason.WALL),
        FetchError(SkipReason.NOT_FOUND, "404", permanent=True),
        WorkerError("crashed"),
    ],
)
def test_an_unchanged_or_failed_summary_edits_nothing(
    scenario: Scenario, fresh: Reply | Skipped | Exception
) -> None:
    scenario.rules = CommunityRules(edit_on_change=True)
    scenario.new_reply = fresh
    assert [call[0] for call in scenario.run(61)] == ["scores"]


@pytest.mark.parametrize("error", [FetchBusy("paper.example", None), FetchOffline()])
def test_an_article_that_was_not_asked_for_is_checked_again_soon(
    scenario: Scenario, error: Exception
) -> None:
    scenario.rules = CommunityRules(edit_on_change=True)
    scenario.new_reply = error
    assert scenario.run(24 * 60) == [("scores", "c1")]
    scenario.new_reply = Reply(AFTER, "en", 900, 90, 90)
    assert scenario.run(10) == [("scores", "c1"), ("edit", "c1", AFTER)]


def test_an_unexpected_error_in_a_check_is_logged_once_and_holds_up_no_other(scenario: Scenario) -> None:
    scenario.send_reply(2)
    scenario.rules = CommunityRules(edit_on_change=True)
    scenario.new_reply = ZeroDivisionError("a bug")
    with capture_logs() as entries:
        scenario.run(60)
        for _ in range(3):
            assert scenario.run(1) == []
    assert [line["comment"] for line in entries if "exc_info" in line] == ["c1", "c2"]
    scenario.new_reply = Reply(AFTER, "en", 900, 90, 90)
    assert ("edit", "c1", AFTER) in scenario.run(5 * 60)


@pytest.mark.parametrize("action", ["delete", "distinguish", "scores"])
def test_an_unexpected_error_of_a_platform_is_not_repeated_at_once(scenario: Scenario, action: str) -> None:
    if action == "delete":
        scenario.replies.withdraw(scenario.row, scenario.clock(), "")
    scenario.rules = CommunityRules(distinguished=action == "distinguish")
    scenario.platform.answers = [ZeroDivisionError("a bug")]  # type: ignore[list-item]
    with capture_logs() as entries:
        assert [call[0] for call in scenario.run(60 if action == "scores" else 0)] == [action]
    assert [line["event"] for line in entries if "exc_info" in line] == [
        "a call failed with an unexpected error"
    ]
    assert [call[0] for call in scenario.run(10)] == [action]
