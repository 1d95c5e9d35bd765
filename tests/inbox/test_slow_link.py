"""A request under a PieFed post that has no link yet, because the server adds it up to 10 s later."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from bot.sandbox.faults import Fault
from bot.store.tables import received_messages
from tests.inbox.servers import SENTENCE, Daemon, LemmyServer

LINK = "https://paper.example/boats"
PLAIN = SENTENCE.rstrip(".")

pytestmark = pytest.mark.parametrize("server", ["piefed"], indirect=True)


def waiting(daemon: Daemon) -> int:
    """The number of messages that are not handled yet."""
    unhandled = select(func.count()).where(received_messages.c.handled_at.is_(None))
    with daemon.database.read_transaction() as connection:
        return connection.execute(unhandled).scalar_one()


def test_a_request_right_after_the_post_waits_for_its_link(server: LemmyServer, daemon: Daemon) -> None:
    server.faults.plan(Fault.SLOW_LINK)
    post = server.add_post(LINK)
    post.published = server.clock.now
    comment = server.add_comment(post, "{bot} please")
    daemon.run_all_jobs()
    assert server.bot_comments() == []
    daemon.run_all_jobs(minutes=1)
    (reply,) = server.bot_comments()
    assert PLAIN in reply.text
    assert reply.parent_id == str(comment.id)


def test_a_request_under_a_new_discussion_is_answered_once_after_the_wait(
    server: LemmyServer, daemon: Daemon
) -> None:
    post = server.add_post(None)
    post.published = server.clock.now
    server.add_comment(post, "{bot} please")
    daemon.run_all_jobs()
    assert waiting(daemon) == 1
    for _ in range(3):
        daemon.run_all_jobs(minutes=1)
    assert waiting(daemon) == 0


def test_a_request_under_an_old_discussion_does_not_wait(server: LemmyServer, daemon: Daemon) -> None:
    server.add_comment(server.add_post(None), "{bot} please")
    daemon.run_all_jobs()
    assert waiting(daemon) == 0
