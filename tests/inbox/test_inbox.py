"""Messages on every platform are stored, handled and answered once, also after errors and crashes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from bot.config.settings import InboxSettings
from bot.core.errors import PlatformError, StoreError, Unreachable
from bot.core.messages import InboxPage, Message, Priority
from bot.sandbox.faults import Fault
from bot.store.tables import outgoing_messages, received_messages
from tests.inbox.servers import SENTENCE, Daemon, PlatformServer, RecordingHandler, RedditServer

LINK = "https://paper.example/boats"
PLAIN = SENTENCE.rstrip(".")
STEPS = 14
"""More steps than any exchange here needs."""


def recorder(daemon: Daemon) -> RecordingHandler:
    assert isinstance(daemon.handler, RecordingHandler)
    return daemon.handler


def outcomes(daemon: Daemon) -> list[str]:
    with daemon.database.read_transaction() as connection:
        return [
            row.outcome
            for row in connection.execute(select(received_messages).order_by(received_messages.c.id))
        ]


def step(daemon: Daemon, number: int) -> None:
    """The next single step of a daemon after its first check of the inbox."""
    inbox = daemon.inbox
    if number in (0, STEPS - 1):
        inbox._fetch_messages()
    elif not (inbox._handle_next() or inbox._finish_next_request() or inbox._outbox.process_next()):
        daemon.process_posts()
        daemon.outbox.process_next()


def test_a_private_message_is_answered_in_private(server: PlatformServer, daemon: Daemon) -> None:
    server.send_private_message("please show")
    for minutes in (0, 10, 10):
        daemon.run_all_jobs(minutes)
    assert (server.bot_messages(), server.bot_comments()) == (["Current settings."], [])
    assert len(recorder(daemon).handled) == 1


def test_the_inbox_says_when_it_has_work(server: PlatformServer, daemon: Daemon) -> None:
    clock, inbox = server.clock, daemon.inbox
    assert inbox.next_due_at() <= clock(), "the first check is due"
    inbox.run(lambda: False)
    next_check = inbox.next_due_at()
    assert clock() < next_check <= clock() + timedelta(minutes=2)
    server.send_private_message("please show")
    clock.now = next_check
    inbox._fetch_messages()
    assert inbox.next_due_at() <= clock(), "a message waits"
    assert inbox._handle_next()
    assert inbox.next_due_at() <= clock(), "its answer waits"
    inbox.run(lambda: False)
    assert inbox.next_due_at() > clock()


def test_an_answer_to_a_reply_is_answered_below_it(server: PlatformServer, daemon: Daemon) -> None:
    own = server.add_bot_comment(server.add_post(LINK), "A summary")
    comment = server.add_comment(own.post if hasattr(own, "post") else own.submission, "delete", own)
    for minutes in (0, 10):
        daemon.run_all_jobs(minutes)
    assert [(reply.text, reply.parent_id) for reply in server.bot_comments()[1:]] == [
        ("Done.", str(comment.id))
    ]
    (handled,) = recorder(daemon).handled
    assert handled.parent_id == str(own.id)


def test_a_comment_can_be_answered_in_private(server: PlatformServer, daemon: Daemon) -> None:
    own = server.add_bot_comment(server.add_post(LINK), "A summary")
    server.add_comment(own.post if hasattr(own, "post") else own.submission, "go quietly", own)
    daemon.run_all_jobs()
    assert len(server.bot_comments()) == 1
    (answer,) = server.bot_messages()
    assert answer.endswith("\n\nDone.")


def test_a_message_that_needs_no_answer_gets_none(server: PlatformServer, daemon: Daemon) -> None:
    server.send_private_message("Hello there")
    daemon.run_all_jobs()
    assert (server.bot_messages(), outcomes(daemon)) == ([], ["noted"])


def test_the_text_is_erased_after_the_answer(server: PlatformServer, daemon: Daemon) -> None:
    server.send_private_message("my secret show")
    daemon.run_all_jobs()
    with daemon.database.read_transaction() as connection:
        (message,) = connection.execute(select(received_messages)).all()
        (answer,) = connection.execute(select(outgoing_messages)).all()
    assert (message.content, message.outcome) == (None, "answered")
    assert (answer.markdown, answer.recipient, answer.state) == (None, "", "sent")


def test_authors_are_erased_when_limits_no_longer_need_them(server: PlatformServer, daemon: Daemon) -> None:
    server.send_private_message("show")
    daemon.run_all_jobs()
    inbox = daemon.inbox._messages
    assert inbox.erase_authors(server.clock() - timedelta(days=2)) == 0
    server.clock.now += timedelta(days=3)
    assert inbox.erase_authors(server.clock() - timedelta(days=2)) == 1


def test_a_message_that_cannot_be_marked_as_read_is_not_handled_twice(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(message: Message) -> None:
        raise Unreachable("down")

    server.send_private_message("show")
    with monkeypatch.context() as patch:
        patch.setattr(daemon.messaging, "mark_read", fails)
        daemon.run_all_jobs()
    for minutes in (10, 10):
        daemon.run_all_jobs(minutes)
    assert server.bot_messages() == ["Current settings."]
    assert len(recorder(daemon).handled) == 1


def test_messages_that_cannot_be_marked_as_read_are_logged_once(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are fetched again at each look, which succeeds."""

    def fails(message: Message) -> None:
        raise Unreachable("down")

    server.send_private_message("show")
    with capture_logs() as entries:
        with monkeypatch.context() as patch:
            patch.setattr(daemon.messaging, "mark_read", fails)
            for _ in range(3):
                daemon.run_all_jobs(2)
        for _ in range(2):
            daemon.run_all_jobs(2)
    events = [line["event"] for line in entries if line["event"].startswith(("messages", "inbox"))]
    assert events == ["messages cannot be marked as read", "messages can be marked as read again"]


def test_a_failing_handler_is_called_again_later(server: PlatformServer, daemon: Daemon) -> None:
    recorder(daemon).errors = [Unreachable("the moderators cannot be asked"), RuntimeError("a bug")]
    server.send_private_message("show")
    daemon.run_all_jobs()
    assert server.bot_messages() == []
    for minutes in (1, 5, 5):
        daemon.run_all_jobs(minutes)
    assert server.bot_messages() == ["Current settings."]


def test_a_database_error_does_not_count_as_an_attempt(server: PlatformServer, daemon: Daemon) -> None:
    recorder(daemon).errors = [StoreError("The disk is full.", "Make room.")] * 20
    server.send_private_message("show")
    for _ in range(20):
        with pytest.raises(StoreError), capture_logs() as entries:
            daemon.run_all_jobs(1)
        assert not [line for line in entries if "exc_info" in line]
    daemon.run_all_jobs(1)
    assert (outcomes(daemon), server.bot_messages()) == (["answered"], ["Current settings."])


def test_an_unreachable_inbox_and_its_recovery_are_logged_once_each(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> InboxPage:
        raise Unreachable("down")

    with capture_logs() as entries:
        for _ in range(2):
            with monkeypatch.context() as patch:
                patch.setattr(daemon.messaging, "fetch_inbox", fails)
                for _ in range(3):
                    daemon.inbox._fetch_messages()
            for _ in range(2):
                daemon.inbox._fetch_messages()
    events = [line["event"] for line in entries if "inbox" in line["event"]]
    assert events == ["inbox could not be fetched", "inbox can be fetched again"] * 2


def test_a_bug_in_fetching_does_not_block_the_other_steps(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.send_private_message("show")
    daemon.inbox._fetch_messages()

    def fails() -> InboxPage:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(daemon.messaging, "fetch_inbox", fails)
    server.clock.now += timedelta(minutes=10)
    with capture_logs() as entries:
        for _ in range(3):
            daemon.check_inbox()
    assert len([line for line in entries if "exc_info" in line]) == 1
    assert server.bot_messages() == ["Current settings."]


def test_a_message_whose_priority_cannot_be_told_is_handled_as_others_are(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(message: Message) -> Priority:
        raise ZeroDivisionError("a bug")

    server.send_private_message("show")
    with monkeypatch.context() as patch, capture_logs() as entries:
        patch.setattr(recorder(daemon), "priority", fails)
        daemon.run_all_jobs()
    assert len([line for line in entries if "exc_info" in line]) == 1
    assert server.bot_messages() == ["Current settings."]


def test_a_message_that_always_fails_ends_as_failed(server: PlatformServer, daemon: Daemon) -> None:
    recorder(daemon).errors = [RuntimeError("always")] * 50
    server.send_private_message("show")
    for _ in range(20):
        daemon.run_all_jobs(61)
    assert (outcomes(daemon), server.bot_messages()) == (["failed"], [])


def test_the_limit_per_person_counts_work_before_it_is_done(server: PlatformServer) -> None:
    daemon = Daemon(server, settings=InboxSettings(per_person=2))
    for _ in range(5):
        server.send_private_message("show")
    for minutes in (0, 5, 5):
        daemon.run_all_jobs(minutes)
    assert sorted(outcomes(daemon)) == ["answered", "answered", "limit", "limit", "limit"]
    assert len(recorder(daemon).handled) == 2
    *answers, notice = server.bot_messages()
    assert answers == ["Current settings."] * 2
    assert notice.startswith("You have sent me 2 messages in 24 hours")
    server.clock.now += timedelta(hours=25)
    server.send_private_message("show")
    daemon.run_all_jobs()
    assert len(recorder(daemon).handled) == 3
    daemon.close()


def test_all_pages_of_the_inbox_are_read_and_a_moderator_comes_first(
    server: PlatformServer, daemon: Daemon
) -> None:
    for number in range(110):
        server.send_private_message(f"show {number}")
    server.send_private_message("pause")
    daemon.inbox.run(lambda: bool(recorder(daemon).handled))
    assert [message.text for message in recorder(daemon).handled] == ["pause"]
    for minutes in (0, 2, 2, 2):
        daemon.run_all_jobs(minutes)
    with daemon.database.read_transaction() as connection:
        assert connection.execute(select(func.count()).select_from(received_messages)).scalar_one() == 111
    assert [message.text for message in recorder(daemon).handled[1:3]] == ["show 0", "show 1"]
    assert daemon.messaging.fetch_inbox().messages == ()


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_FAIL, Fault.STORE_THEN_DROP, Fault.FAIL, Fault.DROP])
def test_a_private_message_with_an_unclear_result_exists_once_in_the_end(
    server: PlatformServer, daemon: Daemon, fault: Fault
) -> None:
    server.faults._calls = frozenset({"POST /private_message", "POST /api/comment"})
    server.faults.plan(fault)
    server.send_private_message("show")
    for minutes in (0, 1, 3, 1, 1, 10):
        daemon.run_all_jobs(minutes)
    assert server.bot_messages() == ["Current settings."]


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_DROP, Fault.DROP])
def test_an_answer_below_a_comment_with_an_unclear_result_exists_once_in_the_end(
    server: PlatformServer, daemon: Daemon, fault: Fault
) -> None:
    server.faults.plan(fault)
    server.add_comment(server.add_post(LINK), "{bot} delete")
    for minutes in (0, 1, 3, 1, 1, 10):
        daemon.run_all_jobs(minutes)
    assert [comment.text for comment in server.bot_comments()] == ["Done."]


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_FAIL, Fault.DROP])
def test_a_summary_below_a_comment_with_an_unclear_result_exists_once_in_the_end(
    server: PlatformServer, daemon: Daemon, fault: Fault
) -> None:
    server.faults.plan(fault)
    server.add_comment(server.add_post(LINK), "{bot} please")
    for minutes in (0, 1, 3, 1, 1, 10):
        daemon.run_all_jobs(minutes)
    assert [PLAIN in comment.text for comment in server.bot_comments()] == [True]


@pytest.mark.parametrize("text", ["{bot} please", "{bot} delete"])
def test_a_crash_after_each_step_leaves_one_answer(server: PlatformServer, text: str) -> None:
    comment = server.add_comment(server.add_post(LINK), text)
    daemon = Daemon(server)
    for number in range(STEPS):
        step(daemon, number)
        daemon = daemon.restart()
        server.clock.now += timedelta(minutes=1)
    assert [comment.parent_id for comment in server.bot_comments()] == [str(comment.id)]
    daemon.close()


def test_a_crash_after_each_step_leaves_one_private_message(server: PlatformServer) -> None:
    server.send_private_message("show")
    daemon = Daemon(server)
    for number in range(STEPS):
        step(daemon, number)
        daemon = daemon.restart()
        server.clock.now += timedelta(minutes=1)
    assert server.bot_messages() == ["Current settings."]
    daemon.close()


@pytest.mark.parametrize("stored", [True, False])
def test_a_crash_while_a_private_message_is_sent_is_resolved(server: PlatformServer, stored: bool) -> None:
    """The intent is committed, the request may have been sent, then the process dies."""
    server.send_private_message("show")
    daemon = Daemon(server)

    class Killed(BaseException):
        pass

    real = daemon.messaging.send_message

    def crashing(*arguments: str) -> str:
        if stored:
            real(*arguments)
        raise Killed

    daemon.messaging.send_message = crashing  # type: ignore[method-assign]
    with pytest.raises(Killed):
        daemon.check_inbox()
    daemon = daemon.restart()
    for minutes in (0, 1, 3, 1, 1):
        daemon.run_all_jobs(minutes)
    assert server.bot_messages() == ["Current settings."]
    daemon.close()


def test_after_a_lost_database_nothing_is_answered_twice(server: PlatformServer, daemon: Daemon) -> None:
    """The message is still unread, because the daemon died before it marked it as read."""

    def never(message: Message) -> None:
        raise Unreachable("down")

    comment = server.add_comment(server.add_post(LINK), "{bot} delete")
    daemon.messaging.mark_read = never  # type: ignore[method-assign]
    daemon.run_all_jobs()
    daemon.close()
    server.clock.now += timedelta(seconds=20)
    server.lose_database()
    new_daemon = Daemon(server)
    new_daemon.run_all_jobs()
    for minutes in (1, 10):
        new_daemon.run_all_jobs(minutes)
    assert [comment.parent_id for comment in server.bot_comments()] == [str(comment.id)]
    new_daemon.close()


def test_an_answer_under_a_locked_post_is_sent_in_private(server: PlatformServer, daemon: Daemon) -> None:
    post = server.add_post(LINK)
    server.add_comment(post, "{bot} delete")
    server.lock_post(post)
    daemon.run_all_jobs()
    assert (server.bot_comments(), server.bot_messages()) == ([], ["Done."])


def test_a_failing_inbox_does_not_block_summaries(
    server: PlatformServer, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise PlatformError("odd")

    comment = server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.check_inbox()
    monkeypatch.setattr(daemon.messaging, "fetch_inbox", fails)
    for minutes in (0, 10):
        daemon.run_all_jobs(minutes)
    assert [comment.parent_id for comment in server.bot_comments()] == [str(comment.id)]


def test_an_hour_without_messages_needs_few_requests(server: PlatformServer, daemon: Daemon) -> None:
    daemon.run_all_jobs()
    for _ in range(10):
        daemon.run_all_jobs(10)
    before = server.request_count()
    for _ in range(59 * 6):  # the hourly check of all communities is not part of the inbox
        server.clock.now += timedelta(seconds=10)
        daemon.check_inbox()
    checks = 8
    other_requests = 5 if not isinstance(server, RedditServer) else 2
    assert server.request_count() - before <= checks + other_requests


def test_after_a_message_the_inbox_is_checked_every_minute(server: PlatformServer, daemon: Daemon) -> None:
    for _ in range(10):
        daemon.run_all_jobs(10)
    server.send_private_message("show")
    daemon.run_all_jobs(10)
    server.send_private_message("please show")
    daemon.run_all_jobs(1)
    assert len(server.bot_messages()) == 2
