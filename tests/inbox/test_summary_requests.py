"""Mentions on every platform: each gets one summary, or a link to an existing one."""

from __future__ import annotations

import re
from typing import Any, NoReturn

import pytest

from bot.config.settings import InboxSettings
from bot.core.errors import PlatformError, Refused, UnknownOutcome
from bot.core.models import NotArticle
from bot.core.skip_reasons import SkipReason
from bot.platforms.piefed import PieFed
from bot.rules import CommunityRules
from tests.inbox.servers import SENTENCE, Daemon, PlatformServer, RedditServer, too_short

LINK, OTHER = "https://paper.example/boats", "https://paper.example/harbour"
POINTER = r"You asked me for a summary under http\S+\. I have already summarised this: http\S+"
PLAIN = SENTENCE.rstrip(".")


def test_a_mention_under_a_link_post_gets_one_summary_below_it(
    server: PlatformServer, daemon: Daemon
) -> None:
    post = server.add_post(LINK)
    comment = server.add_comment(post, "{bot} please")
    for minutes in (0, 10, 10):
        daemon.run_all_jobs(minutes)
    (reply,) = server.bot_comments()
    assert PLAIN in reply.text
    assert reply.parent_id == str(comment.id)
    assert daemon.fetched == [LINK]
    assert server.bot_messages() == []


def test_a_mention_with_a_link_gets_a_summary_of_that_link(server: PlatformServer, daemon: Daemon) -> None:
    comment = server.add_comment(server.add_post(None), f"{{bot}} what about [this]({OTHER})?")
    daemon.run_all_jobs()
    assert [(PLAIN in reply.text, reply.parent_id) for reply in server.bot_comments()] == [
        (True, str(comment.id))
    ]
    assert daemon.fetched == [OTHER]


def test_a_second_request_gets_a_link_to_the_first_reply(server: PlatformServer, daemon: Daemon) -> None:
    post = server.add_post(LINK)
    first, second = server.add_comment(post, "{bot} please"), server.add_comment(post, "{bot} and for me?")
    for minutes in (0, 10, 10):
        daemon.run_all_jobs(minutes)
    (summary,) = server.bot_comments()
    (pointer,) = server.bot_messages()
    assert summary.parent_id == str(first.id)
    assert re.fullmatch(POINTER, pointer)
    assert second.id != first.id
    assert daemon.fetched == [LINK]


@pytest.mark.parametrize("allowed", [False, True])
def test_a_request_under_an_nsfw_post_that_the_account_hides_gets_one_answer(
    server: PlatformServer, allowed: bool
) -> None:
    """Lemmy does not show the account its own replies there, and would not at a later attempt either."""
    if isinstance(server, RedditServer):
        pytest.skip("accounts on Reddit see every post")
    daemon = Daemon(server, rules=CommunityRules(nsfw=allowed))
    server.add_comment(server.add_post(LINK, nsfw=True), "{bot} please")
    daemon.run_all_jobs()
    daemon.close()
    if allowed and isinstance(daemon.platform, PieFed):  # it shows the account its own comments
        assert [PLAIN in comment.text for comment in server.bot_comments()] == [True]
        return
    assert server.bot_comments() == []
    (answer,) = server.bot_messages()
    assert f"I cannot write one: {SkipReason.NSFW.sentence}" in answer


@pytest.mark.parametrize("of_request", [False, True])
def test_a_reply_under_a_post_that_became_hidden_is_found_in_the_database(
    server: PlatformServer, of_request: bool
) -> None:
    if isinstance(server, RedditServer):
        pytest.skip("accounts on Reddit see every post")
    daemon = Daemon(server, rules=CommunityRules(nsfw=True))
    post = server.add_post(LINK)
    if of_request:
        server.add_comment(post, "{bot} please")
    else:
        post.published = server.clock.now
        daemon.poll()
    daemon.run_all_jobs()
    assert len(server.bot_comments()) == 1
    post.nsfw = True
    server.add_comment(post, "{bot} and for me?")
    daemon.run_all_jobs(minutes=10)
    daemon.close()
    assert len(server.bot_comments()) == 1
    (pointer,) = server.bot_messages()
    assert re.fullmatch(POINTER, pointer)


def test_an_existing_reply_is_found_before_the_page_is_fetched(
    server: PlatformServer, daemon: Daemon
) -> None:
    post = server.add_post(LINK)
    server.add_bot_comment(post, "A summary from before the database was lost")
    server.add_comment(post, "{bot} please")
    daemon.run_all_jobs()
    assert len(server.bot_comments()) == 1
    (pointer,) = server.bot_messages()
    assert re.fullmatch(POINTER, pointer)
    assert daemon.fetched == []


def test_links_to_existing_replies_take_no_slot_from_a_summary_that_waits(
    server: PlatformServer, daemon: Daemon
) -> None:
    """PieFed allows three comments in a minute."""
    for number in range(5):
        post = server.add_post(f"{LINK}/{number}")
        server.add_bot_comment(post, "A summary")
        server.add_comment(post, "{bot} please")
    waiting = server.add_comment(server.add_post(OTHER), "{bot} please")
    daemon.run_all_jobs()
    below = [comment.parent_id for comment in server.bot_comments()]
    for _ in range(3):
        daemon.run_all_jobs(minutes=10)
    assert below == [None] * 5 + [str(waiting.id)]
    assert len(set(server.bot_messages())) == len(server.bot_messages()) == 5


def test_another_link_under_the_same_post_gets_its_own_summary(
    server: PlatformServer, daemon: Daemon
) -> None:
    post = server.add_post(LINK)
    server.add_bot_comment(post, "A summary of the post's link")
    server.add_comment(post, f"{{bot}} and what says {OTHER}?")
    daemon.run_all_jobs()
    assert daemon.fetched == [OTHER]
    assert len(server.bot_comments()) == 2


@pytest.mark.parametrize("watched", [True, False])
def test_in_other_communities_it_answers_in_private_by_default(
    server: PlatformServer, daemon: Daemon, watched: bool
) -> None:
    comment = server.add_comment(server.add_post(LINK, watched=watched), "{bot} please")
    daemon.run_all_jobs()
    if watched:
        assert ([comment.parent_id for comment in server.bot_comments()], server.bot_messages()) == (
            [str(comment.id)],
            [],
        )
        return
    assert server.bot_comments() == []
    (message,) = server.bot_messages()
    assert PLAIN in message
    assert SkipReason.ELSEWHERE.sentence in message


def test_in_other_communities_it_replies_publicly_if_the_config_allows(server: PlatformServer) -> None:
    daemon = Daemon(server, settings=InboxSettings(elsewhere=True))
    comment = server.add_comment(server.add_post(LINK, watched=False), "{bot} please")
    daemon.run_all_jobs()
    assert [comment.parent_id for comment in server.bot_comments()] == [str(comment.id)]
    daemon.close()


def test_under_a_locked_post_the_summary_is_sent_in_private(server: PlatformServer, daemon: Daemon) -> None:
    post = server.add_post(LINK)
    server.add_comment(post, "{bot} please")
    server.lock_post(post)
    daemon.run_all_jobs()
    assert server.bot_comments() == []
    (message,) = server.bot_messages()
    assert PLAIN in message
    assert SkipReason.LOCKED.sentence in message


def test_a_post_locked_during_processing_gets_the_summary_in_private(
    server: PlatformServer, daemon: Daemon
) -> None:
    post = server.add_post(LINK)
    server.add_comment(post, "{bot} please")
    daemon.check_inbox()
    daemon.process_posts()
    server.lock_post(post)
    daemon.send_replies()
    daemon.check_inbox()
    assert server.bot_comments() == []
    assert [PLAIN in message for message in server.bot_messages()] == [True]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"block_domains": ("paper.example",)}, SkipReason.DOMAIN_BLOCKED),
        ({"min_article_words": 5000}, SkipReason.TOO_SHORT),
    ],
)
def test_a_link_that_is_excluded_while_its_reply_waits_gets_the_reason_without_the_text(
    server: PlatformServer, daemon: Daemon, settings: dict[str, Any], reason: SkipReason
) -> None:
    server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.check_inbox()
    daemon.process_posts()
    daemon.rules = CommunityRules(**settings)
    daemon.run_all_jobs(1)
    assert server.bot_comments() == []
    (message,) = server.bot_messages()
    assert reason.sentence in message
    assert PLAIN not in message


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (UnknownOutcome("500"), "The server never gave a clear answer to the reply."),
        (Refused(SkipReason.REFUSED, "not this one"), "The platform refused the reply."),
    ],
)
def test_a_request_whose_reply_cannot_be_sent_gets_the_summary_in_private_with_the_true_reason(
    server: PlatformServer,
    daemon: Daemon,
    monkeypatch: pytest.MonkeyPatch,
    error: PlatformError,
    sentence: str,
) -> None:
    def fail(*about: object, **options: object) -> NoReturn:
        raise error

    monkeypatch.setattr(type(daemon.messaging), "reply_to_comment", fail)
    server.add_comment(server.add_post(LINK), "{bot} please")
    for _ in range(40):
        daemon.run_all_jobs(minutes=3)
    assert server.bot_comments() == []
    (message,) = server.bot_messages()
    assert sentence in message
    assert PLAIN in message
    assert "could not be read" not in message


def test_where_the_bot_is_banned_the_summary_is_sent_in_private(
    server: PlatformServer, daemon: Daemon
) -> None:
    server.add_comment(server.add_post(LINK), "{bot} please")
    server.ban_bot()
    daemon.run_all_jobs()
    assert server.bot_comments() == []
    assert [PLAIN in message for message in server.bot_messages()] == [True]


def test_where_the_bot_is_disabled_the_summary_is_sent_in_private(server: PlatformServer) -> None:
    daemon = Daemon(server, rules=CommunityRules(enabled=False))
    server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.run_all_jobs()
    assert (server.bot_comments(), len(server.bot_messages())) == ([], 1)
    daemon.close()


def test_a_request_without_a_summary_is_answered_with_the_reason(
    server: PlatformServer, daemon: Daemon
) -> None:
    daemon.page_results[LINK] = too_short()
    server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.run_all_jobs()
    assert server.bot_comments() == []
    (message,) = server.bot_messages()
    assert SkipReason.TOO_SHORT.sentence in message


def test_a_paywall_is_reported_without_its_text(server: PlatformServer, daemon: Daemon) -> None:
    daemon.page_results[LINK] = NotArticle(SkipReason.WALL, text="Secret words")
    server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.run_all_jobs()
    (message,) = server.bot_messages()
    assert SkipReason.WALL.sentence in message
    assert "Secret" not in message


def test_a_removed_reply_is_not_posted_again(server: PlatformServer, daemon: Daemon) -> None:
    if isinstance(server, RedditServer):
        pytest.skip("Reddit hides a removal from the author")
    post = server.add_post(LINK)
    server.add_bot_comment(post, "A summary").removed = True
    server.add_comment(post, "{bot} please")
    daemon.run_all_jobs()
    assert len(server.bot_comments()) == 1
    assert [PLAIN in message for message in server.bot_messages()] == [True]


def test_a_mention_under_a_post_with_a_pending_reply_waits_for_that_reply(
    server: PlatformServer, daemon: Daemon
) -> None:
    post = server.add_post(LINK)
    post.published = server.clock.now
    daemon.poll()
    server.add_comment(post, "{bot} please")
    for minutes in (0, 10):
        daemon.run_all_jobs(minutes)
    (reply,) = server.bot_comments()
    assert (reply.parent_id, PLAIN in reply.text) == (None, True)
    (pointer,) = server.bot_messages()
    assert re.fullmatch(POINTER, pointer)
    assert daemon.fetched == [LINK]


def test_a_post_polled_after_a_request_gets_no_second_summary(server: PlatformServer, daemon: Daemon) -> None:
    post = server.add_post(LINK)
    post.published = server.clock.now
    server.add_comment(post, "{bot} please")
    daemon.check_inbox()
    daemon.poll()
    daemon.run_all_jobs()
    assert len(server.bot_comments()) == 1


def test_a_skipped_post_is_processed_again_on_request(server: PlatformServer, daemon: Daemon) -> None:
    post = server.add_post(LINK)
    post.published = server.clock.now
    daemon.page_results[LINK] = too_short()
    daemon.poll()
    daemon.process_posts()
    del daemon.page_results[LINK]
    comment = server.add_comment(post, "{bot} please")
    daemon.run_all_jobs(1)
    assert [comment.parent_id for comment in server.bot_comments()] == [str(comment.id)]


def test_a_deleted_mention_is_not_answered(server: PlatformServer, daemon: Daemon) -> None:
    server.add_comment(server.add_post(LINK), "{bot} please").deleted = True
    daemon.run_all_jobs()
    assert (server.bot_comments(), server.bot_messages(), daemon.fetched) == ([], [], [])


def test_a_mention_deleted_during_processing_gets_no_answer(server: PlatformServer, daemon: Daemon) -> None:
    comment = server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.check_inbox()
    daemon.process_posts()
    comment.deleted = True
    daemon.send_replies()
    daemon.check_inbox()
    assert (server.bot_comments(), server.bot_messages()) == ([], [])


def test_a_month_old_mention_is_not_answered(server: PlatformServer, daemon: Daemon) -> None:
    server.add_comment(server.add_post(LINK), "{bot} please")
    daemon.run_all_jobs(minutes=60 * 24 * 30)
    assert (server.bot_comments(), server.bot_messages()) == ([], [])


def test_a_bot_is_not_answered(server: PlatformServer, daemon: Daemon) -> None:
    server.mark_alice_as_bot()
    server.add_comment(server.add_post(LINK), "{bot} please")
    server.send_private_message("show")
    daemon.run_all_jobs()
    assert (server.bot_comments(), server.bot_messages(), daemon.fetched) == ([], [], [])


def test_answers_per_person_and_day_are_limited(server: PlatformServer) -> None:
    daemon = Daemon(server, settings=InboxSettings(per_person=2))
    for number in range(4):
        server.add_comment(server.add_post(f"{LINK}/{number}"), "{bot} please")
    daemon.run_all_jobs()
    assert len(server.bot_comments()) == 2
    server.add_comment(server.add_post(f"{LINK}/later"), "{bot} please")
    daemon.run_all_jobs(minutes=60 * 25)
    assert len(server.bot_comments()) == 3
    daemon.close()


def test_a_mention_without_a_link_goes_to_the_handler(server: PlatformServer, daemon: Daemon) -> None:
    server.add_comment(server.add_post(None), "{bot} who are you?")
    daemon.run_all_jobs()
    assert [message.text.endswith("who are you?") for message in daemon.handler.handled] == [True]  # type: ignore[attr-defined]
    assert server.bot_comments() == []


def test_a_command_in_a_mention_is_handled_even_if_there_is_a_link(
    server: PlatformServer, daemon: Daemon
) -> None:
    comment = server.add_comment(server.add_post(LINK), "{bot} delete")
    daemon.run_all_jobs()
    assert [(reply.text, reply.parent_id) for reply in server.bot_comments()] == [("Done.", str(comment.id))]
    assert daemon.fetched == []
