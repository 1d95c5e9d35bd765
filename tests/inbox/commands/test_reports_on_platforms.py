"""Reports over real HTTP: on request, each week, and after the daemon was killed at any commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.inbox.commands.simulation import (
    CommandDaemon,
    CrashTrigger,
    add_fresh_post,
    add_person,
    comment_below_reply,
    community_name,
    messages_between,
    run_with_restarts,
    send_private_message,
    visible_comments,
)
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer

DAY = 24 * 60
"""In minutes."""


@pytest.fixture
def daemon(server: PlatformServer) -> Iterator[CommandDaemon]:
    daemon = CommandDaemon(server)
    yield daemon
    daemon.close()


@pytest.fixture
def mona(server: PlatformServer) -> Any:
    return add_person(server, "mona", moderator=True)


def messages_to(server: PlatformServer, person: Any) -> list[str]:
    assert isinstance(server, LemmyServer | RedditServer)
    return messages_between(server, server.bot, person)


def test_a_report_has_what_happened(server: PlatformServer, daemon: CommandDaemon, mona: Any) -> None:
    add_fresh_post(server)
    daemon.run_all_jobs()
    comment_below_reply(server, mona, "good bot")
    add_fresh_post(server, link="https://paper.example/photo.jpg")
    daemon.run_all_jobs(1)
    comment_below_reply(server, mona, "delete")
    daemon.run_all_jobs(1)
    assert visible_comments(server) == []
    send_private_message(server, mona, f"report {community_name(server)}")
    daemon.run_all_jobs(1)
    answer = messages_to(server, mona)[-1]
    assert answer.count("\n") + 1 <= 10
    assert "- Replies: 1. Deleted: 1 (by moderators: 1)" in answer
    assert "“good bot”: 1, “bad bot”: 0" in answer
    assert "- Posts without a reply: 1\n- 1 of them: The link is an image" in answer


def test_a_reader_is_refused(server: PlatformServer, daemon: CommandDaemon) -> None:
    bob = add_person(server, "bob")
    for words in ("report {}", "report {} weekly"):
        send_private_message(server, bob, words.format(community_name(server)))
    daemon.run_all_jobs()
    answers = messages_to(server, bob)
    assert len(answers) == 2
    assert all("Only moderators" in answer for answer in answers)
    daemon.run_all_jobs(8 * DAY)
    assert len(messages_to(server, bob)) == 2


def test_a_moderator_gets_a_report_each_week_until_they_stop(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    send_private_message(server, mona, f"report {community_name(server)} weekly")
    daemon.run_all_jobs()
    assert "each week I send you the report" in messages_to(server, mona)[-1]
    counts = []
    for _ in range(15):
        daemon.run_all_jobs(DAY)
        counts.append(len(messages_to(server, mona)))
    assert counts == [1] * 6 + [2] * 7 + [3] * 2
    assert "the last 7 days" in messages_to(server, mona)[-1]
    send_private_message(server, mona, "stop report")
    daemon.run_all_jobs(1)
    daemon.run_all_jobs(8 * DAY)
    assert [text for text in messages_to(server, mona) if "no weekly reports" in text]
    assert len(messages_to(server, mona)) == 4


def test_a_former_moderator_gets_one_last_sentence(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    send_private_message(server, mona, f"report {community_name(server)} weekly")
    daemon.run_all_jobs()
    assert isinstance(server, LemmyServer | RedditServer)
    server.news.moderators.remove(mona)
    for _ in range(3):
        daemon.run_all_jobs(7 * DAY)
    assert len(messages_to(server, mona)) == 2
    assert messages_to(server, mona)[-1].startswith("You get no more weekly reports")


@pytest.mark.parametrize("before", [True, False], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("server", ["lemmy 0.19", "reddit"], indirect=True)
def test_a_kill_at_any_commit_neither_doubles_nor_loses_a_report(
    server: PlatformServer, mona: Any, before: bool
) -> None:
    send_private_message(server, mona, f"report {community_name(server)} weekly")
    run_with_restarts(server, (0,)).close()
    expected = 1
    for at in range(1, 60):
        crash = CrashTrigger(at, before=before)
        run_with_restarts(server, (7 * DAY, 10, 10), crash).close()
        expected += 1
        assert len(messages_to(server, mona)) == expected, at
        if not crash.fired:
            break
    assert not crash.fired
    assert expected > 3
