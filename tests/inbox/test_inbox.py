"""Messages on every platform: kept once, handled once, answered once, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.config.settings import InboxSettings
from bot.core.errors import PlatformError, StoreError, Unreachable
from bot.core.messages import InboxPage, Message
from bot.sandbox.faults import Fault
from bot.store.tables import messages, outgoing_messages
from tests.inbox.servers import SENTENCE, Daemon, PlatformServer, RecordingHandler, RedditServer

LINK = "https://paper.example/boats"
PLAIN = SENTENCE.rstrip(".")
STEPS = 14
"""More than any conversation here takes."""


def desk(daemon: Daemon) -> RecordingHandler:
    assert isinstance(daemon.desk, RecordingHandler)
    return daemon.desk


def outcomes(daemon: Daemon) -> list[str]:
    with daemon.database.read_transaction() as connection:
        return [row.outcome for row in connection.execute(select(messages).order_by(messages.c.id))]


def step(daemon: Daemon, number: int) -> None:
    """The one next thing that a daemon would do after its first look, and no more."""
    box = daemon.mailbox
    if number in (0, STEPS - 1):
        box._look()
    elif not (box._handle_next() or box._close_next() or box._letterbox.process_next()):
        daemon.work()
        daemon.outbox.process_next()


def test_a_private_message_is_answered_in_private(town: PlatformServer, daemon: Daemon) -> None:
    town.write("please show")
    for minutes in (0, 10, 10):
        daemon.pass_by(minutes)
    assert (town.letters(), town.said()) == (["This holds."], [])
    assert len(desk(daemon).heard) == 1


def test_an_answer_to_a_reply_is_answered_below_it(town: PlatformServer, daemon: Daemon) -> None:
    own = town.bot_says(town.post(LINK), "A summary")
    comment = town.say(own.post if hasattr(own, "post") else own.submission, "delete", own)
    for minutes in (0, 10):
        daemon.pass_by(minutes)
    assert [(said.text, said.below) for said in town.said()[1:]] == [("Done.", str(comment.id))]
    (heard,) = desk(daemon).heard
    assert heard.parent_id == str(own.id)


def test_an_answer_may_be_given_in_private_to_a_comment(town: PlatformServer, daemon: Daemon) -> None:
    own = town.bot_says(town.post(LINK), "A summary")
    town.say(own.post if hasattr(own, "post") else own.submission, "go quietly", own)
    daemon.pass_by()
    assert (len(town.said()), town.letters()) == (1, ["Done."])


def test_what_needs_no_answer_gets_none(town: PlatformServer, daemon: Daemon) -> None:
    town.write("Hello there")
    daemon.pass_by()
    assert (town.letters(), outcomes(daemon)) == ([], ["heard"])


def test_the_text_is_forgotten_once_it_was_handled_and_answered(town: PlatformServer, daemon: Daemon) -> None:
    town.write("my secret show")
    daemon.pass_by()
    dump = (town.folder / "precis.db").read_bytes() + (town.folder / "precis.db-wal").read_bytes()
    with daemon.database.read_transaction() as connection:
        (message,) = connection.execute(select(messages)).all()
        (letter,) = connection.execute(select(outgoing_messages)).all()
    assert (message.facts, message.outcome) == (None, "answered")
    assert (letter.markdown, letter.person, letter.state) == (None, "", "sent")
    assert dump  # the file is there; SQLite overwrites freed pages in its own time


def test_who_wrote_is_forgotten_when_limits_need_it_no_more(town: PlatformServer, daemon: Daemon) -> None:
    town.write("show")
    daemon.pass_by()
    box = daemon.mailbox._messages
    assert box.erase_authors(town.clock() - timedelta(days=2)) == 0
    town.clock.now += timedelta(days=3)
    assert box.erase_authors(town.clock() - timedelta(days=2)) == 1


def test_a_message_that_cannot_be_marked_as_read_is_not_handled_twice(
    town: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(message: Message) -> None:
        raise Unreachable("down")

    town.write("show")
    with monkeypatch.context() as patch:
        patch.setattr(daemon.speaker, "mark_read", fails)
        daemon.pass_by()
    for minutes in (10, 10):
        daemon.pass_by(minutes)
    assert town.letters() == ["This holds."]
    assert len(desk(daemon).heard) == 1


def test_a_desk_that_cannot_work_now_is_asked_again_later(town: PlatformServer, daemon: Daemon) -> None:
    desk(daemon).fails = [Unreachable("the moderators cannot be asked"), RuntimeError("a slip")]
    town.write("show")
    daemon.pass_by()
    assert town.letters() == []
    for minutes in (1, 5, 5):
        daemon.pass_by(minutes)
    assert town.letters() == ["This holds."]


def test_a_database_that_fails_costs_a_message_no_try(town: PlatformServer, daemon: Daemon) -> None:
    desk(daemon).fails = [StoreError("The disk is full.", "Make room.")] * 20
    town.write("show")
    for _ in range(20):
        with pytest.raises(StoreError), capture_logs() as said:
            daemon.pass_by(1)
        assert not [line for line in said if "exc_info" in line]
    daemon.pass_by(1)
    assert (outcomes(daemon), town.letters()) == (["answered"], ["This holds."])


def test_an_inbox_that_is_out_of_reach_is_told_once_and_so_is_its_coming_back(
    town: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> InboxPage:
        raise Unreachable("down")

    with capture_logs() as said:
        for _ in range(2):
            with monkeypatch.context() as patch:
                patch.setattr(daemon.speaker, "fetch_inbox", fails)
                for _ in range(3):
                    daemon.mailbox._look()
            for _ in range(2):
                daemon.mailbox._look()
    events = [line["event"] for line in said if "inbox" in line["event"]]
    assert events == ["the inbox cannot be read", "the inbox can be read again"] * 2


def test_a_message_that_nobody_can_handle_is_given_up(town: PlatformServer, daemon: Daemon) -> None:
    desk(daemon).fails = [RuntimeError("always")] * 50
    town.write("show")
    for _ in range(20):
        daemon.pass_by(61)
    assert (outcomes(daemon), town.letters()) == (["failed"], [])


def test_the_limit_for_a_person_holds_for_all_that_is_said(town: PlatformServer) -> None:
    daemon = Daemon(town, settings=InboxSettings(per_person=2))
    for _ in range(5):
        town.write("show")
    daemon.pass_by()
    assert sorted(outcomes(daemon)) == ["answered", "answered", "limit", "limit", "limit"]
    assert len(desk(daemon).heard) == 5  # it is done all the same, only not answered
    daemon.close()


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_FAIL, Fault.STORE_THEN_DROP, Fault.FAIL, Fault.DROP])
def test_a_letter_without_a_clear_answer_is_looked_for_and_stands_once_in_the_end(
    town: PlatformServer, daemon: Daemon, fault: Fault
) -> None:
    town.faults._calls = frozenset({"POST /private_message", "POST /api/comment"})
    town.faults.plan(fault)
    town.write("show")
    for minutes in (0, 1, 3, 1, 1, 10):
        daemon.pass_by(minutes)
    assert town.letters() == ["This holds."]


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_DROP, Fault.DROP])
def test_an_answer_below_a_comment_without_a_clear_answer_stands_once_in_the_end(
    town: PlatformServer, daemon: Daemon, fault: Fault
) -> None:
    town.faults.plan(fault)
    town.say(town.post(LINK), "{bot} delete")
    for minutes in (0, 1, 3, 1, 1, 10):
        daemon.pass_by(minutes)
    assert [said.text for said in town.said()] == ["Done."]


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_FAIL, Fault.DROP])
def test_a_summary_below_a_comment_without_a_clear_answer_stands_once_in_the_end(
    town: PlatformServer, daemon: Daemon, fault: Fault
) -> None:
    town.faults.plan(fault)
    town.say(town.post(LINK), "{bot} please")
    for minutes in (0, 1, 3, 1, 1, 10):
        daemon.pass_by(minutes)
    assert [PLAIN in said.text for said in town.said()] == [True]


@pytest.mark.parametrize("text", ["{bot} please", "{bot} delete"])
def test_a_daemon_that_dies_after_every_single_step_says_it_once(town: PlatformServer, text: str) -> None:
    comment = town.say(town.post(LINK), text)
    daemon = Daemon(town)
    for number in range(STEPS):
        step(daemon, number)
        daemon = daemon.reborn()
        town.clock.now += timedelta(minutes=1)
    assert [said.below for said in town.said()] == [str(comment.id)]
    daemon.close()


def test_a_daemon_that_dies_after_every_single_step_writes_one_letter(town: PlatformServer) -> None:
    town.write("show")
    daemon = Daemon(town)
    for number in range(STEPS):
        step(daemon, number)
        daemon = daemon.reborn()
        town.clock.now += timedelta(minutes=1)
    assert town.letters() == ["This holds."]
    daemon.close()


@pytest.mark.parametrize("stored", [True, False])
def test_a_daemon_that_dies_while_a_letter_is_under_way_finds_out(town: PlatformServer, stored: bool) -> None:
    """The intent is committed, the request may have left, and then the process is gone."""
    town.write("show")
    daemon = Daemon(town)

    class Dies(BaseException):
        pass

    real = daemon.speaker.send_message

    def dying(*arguments: str) -> str:
        if stored:
            real(*arguments)
        raise Dies

    daemon.speaker.send_message = dying  # type: ignore[method-assign]
    with pytest.raises(Dies):
        daemon.mail()
    daemon = daemon.reborn()
    for minutes in (0, 1, 3, 1, 1):
        daemon.pass_by(minutes)
    assert town.letters() == ["This holds."]
    daemon.close()


def test_a_lost_database_says_nothing_twice(town: PlatformServer, daemon: Daemon) -> None:
    """The message is unread still, for the daemon died before it could mark it."""

    def never(message: Message) -> None:
        raise Unreachable("down")

    comment = town.say(town.post(LINK), "{bot} delete")
    daemon.speaker.mark_read = never  # type: ignore[method-assign]
    daemon.pass_by()
    daemon.close()
    for file in town.folder.glob("precis.db*"):
        file.unlink()
    town.clock.now += timedelta(seconds=20)
    fresh = Daemon(town)
    fresh.pass_by()
    for minutes in (1, 10):
        fresh.pass_by(minutes)
    assert [said.below for said in town.said()] == [str(comment.id)]
    fresh.close()


def test_an_answer_that_may_not_stand_below_the_comment_goes_out_in_private(
    town: PlatformServer, daemon: Daemon
) -> None:
    post = town.post(LINK)
    town.say(post, "{bot} delete")
    town.forbid(post)
    daemon.pass_by()
    assert (town.said(), town.letters()) == ([], ["Done."])


def test_an_inbox_that_cannot_be_read_holds_up_nothing(
    town: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise PlatformError("odd")

    comment = town.say(town.post(LINK), "{bot} please")
    daemon.mail()
    monkeypatch.setattr(daemon.speaker, "fetch_inbox", fails)
    for minutes in (0, 10):
        daemon.pass_by(minutes)
    assert [said.below for said in town.said()] == [str(comment.id)]


def test_a_quiet_hour_costs_a_few_calls(town: PlatformServer, daemon: Daemon) -> None:
    daemon.pass_by()
    for _ in range(10):
        daemon.pass_by(10)
    before = town.calls()
    for _ in range(59 * 6):  # the hourly look around is not the mailbox's
        town.clock.now += timedelta(seconds=10)
        daemon.mail()
    looks = 8
    rounds = 5 if not isinstance(town, RedditServer) else 2
    assert town.calls() - before <= looks + rounds


def test_after_a_word_it_looks_every_minute_for_a_while(town: PlatformServer, daemon: Daemon) -> None:
    for _ in range(10):
        daemon.pass_by(10)
    town.write("show")
    daemon.pass_by(10)
    town.write("please show")
    daemon.pass_by(1)
    assert len(town.letters()) == 2
