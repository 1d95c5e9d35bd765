"""Weekly reports: one each week, whatever happens to the daemon, and none to former moderators."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import (
    CommunityLookupFailed,
    CommunityNotFound,
    PlatformError,
    Refused,
    RetryLater,
    Unreachable,
)
from bot.core.models import Dialect
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import LANGUAGES
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.vocabulary import vocabulary
from bot.inbox.weekly_reports import WeeklyReports
from bot.store import OutgoingMessage
from tests.conftest import START
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

WEEK = timedelta(days=7)
NORA = "nora@lemmy.example"


class Mailbox:
    """Runs the job and takes what it queued, as the outbox does."""

    def __init__(self, harness: CommandHarness) -> None:
        self.harness = harness

    def run(self, later: timedelta = timedelta(0), *, over: bool = False) -> list[OutgoingMessage]:
        """The messages of one run of the job. Each run is like a restart: nothing is kept in memory."""
        self.harness.clock.now += later
        WeeklyReports(self.harness.context, ["home"]).queue_due(lambda: over)
        return self._take()

    def _take(self) -> list[OutgoingMessage]:
        found = []
        outgoing = self.harness.outgoing_messages
        while (message := outgoing.next_due("home", self.harness.clock())) is not None:
            outgoing.mark_dead(message.row, "", self.harness.clock())
            found.append(message)
        return found


@pytest.fixture
def mailbox(harness: CommandHarness) -> Mailbox:
    harness.send(f"report !{NEWS} weekly")
    return Mailbox(harness)


def test_the_first_report_comes_after_a_week_and_says_how_to_stop(
    harness: CommandHarness, mailbox: Mailbox
) -> None:
    assert mailbox.run() == []
    assert mailbox.run(WEEK - timedelta(seconds=1)) == []
    harness.add_sent_reply()
    (message,) = mailbox.run(timedelta(seconds=1))
    assert (message.recipient, message.subject) == (MOD, f"Precis: !{NEWS}")
    assert message.community == NEWS
    assert message.comment_id is None
    lines = message.markdown.splitlines()
    assert lines[0] == f"!{NEWS}, the last 7 days:"
    assert lines[2] == "- Replies: 1. Deleted: 0"
    assert lines[-1] == f"To stop these weekly reports: `stop report !{NEWS}`"
    assert len(lines) <= 10


def test_there_is_one_report_for_each_week_however_often_the_job_runs(mailbox: Mailbox) -> None:
    runs = 4 * 7 * 24 + 1
    found = [mailbox.run(timedelta(hours=1)) for _ in range(runs)]
    assert [len(messages) for messages in found].count(1) == 4
    assert sum(map(len, found)) == 4


def test_after_an_outage_of_weeks_there_is_one_report_and_the_day_of_the_week_stays(
    harness: CommandHarness, mailbox: Mailbox
) -> None:
    start = harness.clock()
    assert len(mailbox.run(3 * WEEK + timedelta(days=2))) == 1
    assert mailbox.run(timedelta(days=5, seconds=-1)) == []
    assert len(mailbox.run(timedelta(seconds=1))) == 1
    assert harness.clock() == start + 4 * WEEK


def test_a_second_subscription_does_not_double_or_delay(harness: CommandHarness, mailbox: Mailbox) -> None:
    harness.clock.now += timedelta(days=6)
    harness.send(f"report !{NEWS} weekly")
    assert len(mailbox.run(timedelta(days=1))) == 1


def test_a_person_who_moderates_no_more_gets_one_last_sentence(
    harness: CommandHarness, mailbox: Mailbox
) -> None:
    harness.add_sent_reply()
    harness.messaging.mods[NEWS] = {NORA}
    (message,) = mailbox.run(WEEK)
    assert message.recipient == MOD
    assert message.markdown.startswith(f"You get no more weekly reports about !{NEWS}")
    assert "Replies" not in message.markdown
    harness.messaging.mods[NEWS] = {MOD}  # also if they come back
    assert [mailbox.run(WEEK) for _ in range(3)] == [[], [], []]


def test_a_community_that_is_gone_or_no_longer_watched_ends_the_reports(
    harness: CommandHarness, mailbox: Mailbox
) -> None:
    harness.messaging.failing = CommunityNotFound("gone")
    (message,) = mailbox.run(WEEK)
    assert message.markdown.startswith("You get no more weekly reports")
    harness.messaging.failing = None
    harness.send(f"report !{NEWS} weekly")
    harness.watched.clear()
    (message,) = mailbox.run(WEEK)
    assert message.markdown.startswith("You get no more weekly reports")
    assert mailbox.run(WEEK) == []


@pytest.mark.parametrize("error", [Unreachable("down"), RetryLater(START, "busy")])
def test_a_report_waits_while_the_server_does_not_say_who_moderates(
    harness: CommandHarness, mailbox: Mailbox, error: Exception
) -> None:
    harness.messaging.failing = error  # type: ignore[assignment]
    assert mailbox.run(WEEK) == []
    assert mailbox.run(timedelta(minutes=10)) == []
    harness.messaging.failing = None
    assert len(mailbox.run(timedelta(minutes=10))) == 1
    assert mailbox.run(timedelta(minutes=10)) == []


def test_a_server_that_is_down_is_asked_once_in_a_run(
    harness: CommandHarness, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.messaging.mods[NEWS].add(NORA)
    harness.send(f"report !{NEWS} weekly", NORA)
    asked: list[str] = []

    def moderators(community: str) -> frozenset[str]:
        asked.append(community)
        raise Unreachable("down")

    monkeypatch.setattr(harness.messaging, "moderators", moderators)
    assert mailbox.run(WEEK) == []
    assert asked == [NEWS]


@pytest.mark.parametrize(
    "error", [CommunityLookupFailed(NEWS, "gone?"), Refused(SkipReason.REFUSED, "private")]
)
def test_one_community_that_cannot_be_looked_up_delays_no_other_report(
    harness: CommandHarness, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, error: PlatformError
) -> None:
    harness.clock.advance(60)
    harness.messaging.mods["tech@lemmy.example"] = {MOD}
    harness.watched.add("tech@lemmy.example")
    harness.send("report !tech@lemmy.example weekly")

    def moderators(community: str) -> frozenset[str]:
        if community == NEWS:
            raise error
        return frozenset({MOD})

    monkeypatch.setattr(harness.messaging, "moderators", moderators)
    (message,) = mailbox.run(WEEK)
    assert message.community == "tech@lemmy.example"


def test_a_run_that_is_over_leaves_the_reports_for_the_next(mailbox: Mailbox) -> None:
    assert mailbox.run(WEEK, over=True) == []
    assert len(mailbox.run()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_the_language_of_the_subscription_and_its_stop_command_works(
    harness: CommandHarness, language: str
) -> None:
    harness.operator_rules = {"language": language}
    harness.send(f"{vocabulary().words[Verb.REPORT_WEEKLY][language]} !{NEWS}")
    mailbox = Mailbox(harness)
    harness.add_sent_reply()
    (message,) = mailbox.run(WEEK)
    assert message.language == language
    stop = message.markdown.splitlines()[-1].split("`")[1]
    assert stop.startswith(vocabulary().words[Verb.STOP_REPORT][language])
    harness.send(stop)
    assert mailbox.run(WEEK) == []


def test_on_reddit_it_is_a_message_to_the_person(harness: CommandHarness) -> None:
    harness.host, harness.messaging.dialect = None, Dialect.REDDIT
    harness.send("report r/news weekly", "mona")
    (message,) = Mailbox(harness).run(WEEK)
    assert (message.recipient, message.subject, message.community) == ("mona", "Precis: r/news", "news")
    assert "`stop report r/news`" in message.markdown
