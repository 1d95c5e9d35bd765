"""Settings pages on every platform, over real HTTP: wiki pages on Reddit, sidebars on Lemmy and PieFed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.faults import Fault
from tests.inbox.commands.simulation import (
    CommandDaemon,
    CrashTrigger,
    add_fresh_post,
    add_person,
    community_name,
    run_with_restarts,
    send_private_message,
    visible_comments,
)
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer


@pytest.fixture
def mona(server: PlatformServer) -> Any:
    return add_person(server, "mona", moderator=True)


@pytest.fixture
def daemon(server: PlatformServer, mona: Any) -> Iterator[CommandDaemon]:
    if isinstance(server, RedditServer):
        server.news.moderators.append(server.bot)
    daemon = CommandDaemon(server)
    yield daemon
    daemon.close()


def write_settings_page(server: PlatformServer, mona: Any, text: str) -> None:
    if isinstance(server, RedditServer):
        page = server.sandbox.state.add_wiki_revision(server.news, "precis", text, mona)
        page.permlevel = 2
    else:
        assert isinstance(server, LemmyServer)
        server.news.description = f"Be nice.\n\n```precis\n{text}\n```\n"


def longest_page(server: PlatformServer) -> str:
    """Invalid settings of the greatest length that a server accepts.

    A wiki page on Reddit has up to 512 KiB; the sidebar of a community has up to 10,000 characters on Lemmy
    (0.19.20 and 1.0).
    """
    length = 524_000 if isinstance(server, RedditServer) else 9_900
    return "words: 30\n" * (length // 10)


def moderator_messages(server: PlatformServer) -> list[str]:
    """The messages to the moderators."""
    return [text for text in server.bot_messages() if "settings" in text or "wiki page" in text]


def words(daemon: CommandDaemon) -> int:
    return daemon.inbox_services.rule_resolver.rules_for(daemon.server.community).words


def test_a_page_is_applied_and_each_change_is_answered_once(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    write_settings_page(server, mona, "layout: bullets\nwords: 90")
    for _ in range(3):
        daemon.run_all_jobs(61)
    assert words(daemon) == 90
    (message,) = moderator_messages(server)
    assert "`words: 100` → `90`" in message
    add_fresh_post(server)
    daemon.run_all_jobs(1)
    assert visible_comments(server)[0].startswith("- ")


def test_a_mistake_is_reported_with_its_line_and_the_old_settings_stay(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    write_settings_page(server, mona, "words: 80\nlayuot: bullets")
    daemon.run_all_jobs(61)
    assert words(daemon) == 90
    line = 2 if isinstance(server, RedditServer) else 5
    assert f"Line {line}: “layuot” is not a setting. Did you mean `layout`?" in moderator_messages(server)[-1]


LONGEST = "the longest"
TOO_LONG = "words: 30\n" * 250_000
"""Longer than any server accepts."""


@pytest.mark.parametrize(
    "text", ["", "a: &a [x]\nb: [*a]", "words: !!python/name:os.system", LONGEST, TOO_LONG]
)
def test_invalid_pages_break_nothing(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, text: str
) -> None:
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    write_settings_page(server, mona, longest_page(server) if text == LONGEST else text)
    daemon.run_all_jobs(61)
    assert words(daemon) == 90
    add_fresh_post(server)
    daemon.run_all_jobs(1)
    assert len(visible_comments(server)) == 1


def test_a_page_that_is_deleted_or_closed_changes_nothing(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    if isinstance(server, RedditServer):
        server.news.wiki_disabled = True
        daemon.run_all_jobs(61)
        server.news.wiki_disabled = False
        server.sandbox.state.wiki.clear()
    else:
        assert isinstance(server, LemmyServer)
        server.news.description = None
    daemon.run_all_jobs(61)
    assert words(daemon) == 90
    assert len(moderator_messages(server)) == 1


@pytest.mark.parametrize("fault", [Fault.FAIL, Fault.DROP, Fault.RATE_LIMIT])
def test_a_page_that_the_server_fails_to_return_changes_nothing_and_is_read_later(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, fault: Fault
) -> None:
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    write_settings_page(server, mona, "words: 80")
    server.faults.plan(*[fault] * 10)
    daemon.read_pages(61)
    assert server.faults.injected
    assert words(daemon) == 90
    server.faults.stop()
    daemon.run_all_jobs(61)
    assert words(daemon) == 80
    assert len(moderator_messages(server)) == 2


def test_the_newer_of_message_and_page_is_in_effect_and_the_answer_names_it(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    server.clock.advance(minutes=10)
    send_private_message(server, mona, f"settings {community_name(server)}\nwords: 80")
    daemon.run_all_jobs(1)
    assert words(daemon) == 80
    assert "This replaces the older settings from the " in server.bot_messages()[-1]


def test_going_back_to_an_earlier_text_is_a_change_and_is_answered(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    for number, count in enumerate((90, 80, 90, 80, 90), start=1):
        write_settings_page(server, mona, f"words: {count}")
        for _ in range(2):
            daemon.run_all_jobs(61)
        assert words(daemon) == count
        assert len(moderator_messages(server)) == number
        assert f"→ `{count}`" in moderator_messages(server)[-1]


def test_the_same_mistake_made_again_is_answered_again(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    for text in ("words: 9", "words: 90", "words: 9"):
        write_settings_page(server, mona, text)
        for _ in range(2):
            daemon.run_all_jobs(61)
    first, second, third = moderator_messages(server)
    assert "`words` must be a whole number" in first
    assert "`words: 100` → `90`" in second
    assert third == first
    assert words(daemon) == 90


def test_an_edit_elsewhere_in_the_sidebar_does_not_make_its_block_newer_than_a_message(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    if not isinstance(server, LemmyServer):
        pytest.skip("a wiki page has nothing else in it")
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    send_private_message(server, mona, f"settings {community_name(server)}\nwords: 80")
    daemon.run_all_jobs(10)
    told = len(moderator_messages(server))
    block = server.news.description
    for sidebar in (f"Be kind.\n\nNo spam.\n\n{block}", f"{block}\n\nBe kind.", "Be kind.", block):
        server.news.description = sidebar
        daemon.run_all_jobs(61)
        assert words(daemon) == 80
    assert len(moderator_messages(server)) == told


@pytest.mark.parametrize("edited", [False, True])
def test_a_page_that_an_earlier_version_has_read_is_not_read_as_new(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, edited: bool
) -> None:
    """Earlier versions recorded the revision of the whole sidebar."""
    if not isinstance(server, LemmyServer):
        pytest.skip("the revision of a wiki page is the same as before")
    write_settings_page(server, mona, "words: 90")
    daemon.run_all_jobs()
    page = daemon.messaging.settings_page(server.community)
    assert page is not None
    pages = daemon.inbox_services.settings_pages
    pages.record_revision(server.community, page.revision, server.clock())
    told = len(moderator_messages(server))
    if edited:
        server.news.description = f"Be kind.\n\n{server.news.description}"
    daemon.run_all_jobs(61)
    assert len(moderator_messages(server)) == told
    write_settings_page(server, mona, "words: 80")
    daemon.run_all_jobs(61)
    assert (words(daemon), len(moderator_messages(server))) == (80, told + 1)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", [7, 8, 9, 10])
def test_after_a_kill_each_change_of_a_page_is_answered_exactly_once(
    server: PlatformServer, mona: Any, step: int, before: bool
) -> None:
    if isinstance(server, RedditServer):
        server.news.moderators.append(server.bot)
    earlier = CommandDaemon(server)
    for number, count in enumerate((90, 80), start=1):
        write_settings_page(server, mona, f"words: {count}")
        earlier.run_all_jobs(61)
        assert len(moderator_messages(server)) == number
    earlier.close()
    write_settings_page(server, mona, "words: 90")
    crash = CrashTrigger(step, before=before)
    daemon = run_with_restarts(server, (61, 61, 61), crash)
    assert crash.fired
    assert words(daemon) == 90
    assert len(moderator_messages(server)) == 3
    daemon.close()


def test_on_reddit_a_page_that_users_can_edit_needs_a_moderator_as_its_last_editor(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    if not isinstance(server, RedditServer):
        pytest.skip("only moderators can edit sidebars")
    page = server.sandbox.state.add_wiki_revision(server.news, "precis", "words: 20", server.alice)
    page.permlevel = 0
    daemon.run_all_jobs()
    assert words(daemon) == 100
    assert "Please let only moderators edit it." in moderator_messages(server)[-1]


def test_on_reddit_the_settings_page_is_created_once_after_an_invitation(
    server: PlatformServer, mona: Any
) -> None:
    if not isinstance(server, RedditServer):
        pytest.skip("only Reddit has invitations")
    state = server.sandbox.state
    server.news.invited_moderators.append(server.bot)
    state.add_private_message(
        mona, "invitation to moderate /r/news", "gadzooks!", to=server.bot, from_subreddit=server.news
    )
    daemon = CommandDaemon(server)
    daemon.run_all_jobs()
    assert server.bot in server.news.moderators
    assert "start r/news" in server.bot_messages()[-1]
    send_private_message(server, mona, "start r/news")
    daemon.run_all_jobs(1)
    page = state.wiki["news", "precis"]
    assert "#sentences: 4" in page.revisions[-1].text
    assert page.permlevel == 2
    send_private_message(server, mona, "start r/news")
    daemon.run_all_jobs(61)
    assert len(page.revisions) == 1
    daemon.close()
