"""Reddit's inbox, private messages, modmail and wiki: real PRAW over real HTTP to the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.messages import Message, MessageKind
from bot.core.skip_reasons import SkipReason
from bot.platforms.reddit.messaging import RedditMessaging
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.reddit import Comment
from tests.platforms.reddit.conftest import RedditEnvironment


def messaging_of(env: RedditEnvironment) -> RedditMessaging:
    return env.adapter().messaging()


def inbox(env: RedditEnvironment) -> list[Message]:
    found = messaging_of(env).fetch_inbox()
    assert not found.parse_errors
    return list(found.messages)


def add_comment(env: RedditEnvironment, text: str, parent: Comment | None = None) -> Comment:
    submission = parent.submission if parent else env.post()
    return env.server.state.add_comment(submission, env.author, text, parent)


@pytest.mark.parametrize("text", ["u/precis please", "/u/Precis, please", "What says u/PRECIS?"])
def test_a_mention_has_its_post_comment_and_author(env: RedditEnvironment, text: str) -> None:
    comment = add_comment(env, text)
    (message,) = inbox(env)
    assert (message.via, message.author, message.community) == (MessageKind.MENTION, "alice", "news")
    assert (message.post_id, message.comment_id) == (comment.submission.id, comment.id)
    assert message.parent_id is None


@pytest.mark.parametrize("text", ["> u/precis please\n\nWhat is that?", "Write `u/precis`"])
def test_a_quoted_name_is_not_a_mention(env: RedditEnvironment, text: str) -> None:
    add_comment(env, text)
    assert inbox(env)[0].via is MessageKind.REPLY


def test_an_answer_to_the_bot_is_a_reply_to_that_comment(env: RedditEnvironment) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, "delete", own)
    (message,) = inbox(env)
    assert (message.via, message.parent_id, message.text) == (MessageKind.REPLY, own.id, "delete")


def test_private_messages_modmail_and_invitations_are_distinguished(env: RedditEnvironment) -> None:
    state, bot = env.server.state, env.bot
    state.add_private_message(env.author, "hello", "opt out", to=bot)
    env.clock.now += timedelta(seconds=1)
    state.add_private_message(env.author, "About your bot", "pause", to=bot, from_subreddit=env.news)
    env.clock.now += timedelta(seconds=1)
    state.add_private_message(
        env.author, "invitation to moderate /r/News", "You are invited", to=bot, from_subreddit=env.news
    )
    message, modmail, invitation = inbox(env)
    assert (message.via, message.author, message.subject) == (MessageKind.PRIVATE, "alice", "hello")
    assert (modmail.via, modmail.author, modmail.community) == (MessageKind.MODMAIL, "r/news", "news")
    assert (invitation.via, invitation.community) == (MessageKind.INVITATION, "news")


def test_a_private_message_cannot_fake_an_invitation(env: RedditEnvironment) -> None:
    env.server.state.add_private_message(env.author, "invitation to moderate /r/news", "Come", to=env.bot)
    assert inbox(env)[0].via is MessageKind.PRIVATE


def test_read_messages_do_not_come_again_and_an_empty_inbox_costs_one_call(env: RedditEnvironment) -> None:
    add_comment(env, "u/precis please")
    env.server.state.add_private_message(env.author, "hello", "show", to=env.bot)
    messaging = messaging_of(env)
    messages = messaging.fetch_inbox().messages
    assert len(messages) == 2
    for message in messages:
        messaging.mark_read(message)
        messaging.mark_read(message)
    before = len(env.server.requests)
    assert messaging.fetch_inbox().messages == ()
    assert len(env.server.requests) == before + 1


@pytest.mark.parametrize(
    ("name", "is_bot"),
    [
        ("AutoModerator", True),
        ("sneaky_bot", True),
        ("RemindMeBot", True),
        ("Talbot", False),
        ("abbot", False),
    ],
)
def test_bots_are_recognized_by_their_names(env: RedditEnvironment, name: str, is_bot: bool) -> None:
    other = env.server.state.add_redditor(name)
    env.server.state.add_comment(env.post(), other, "u/precis hello")
    assert inbox(env)[0].author_bot is is_bot


def test_a_reply_is_written_below_the_comment_and_found_there(env: RedditEnvironment) -> None:
    state = env.server.state
    comment = add_comment(env, "u/precis please")
    post = comment.submission
    state.add_comment(post, env.bot, "At the top")
    state.add_comment(post, env.author, "Somebody else's", comment)
    messaging = messaging_of(env)
    assert messaging.own_replies_to_comment(post.id, comment.id) == ()
    created = messaging.reply_to_comment(post.id, comment.id, "A summary", None)
    assert created.parent_id == comment.id
    assert [found.id for found in messaging.own_replies_to_comment(post.id, comment.id)] == [created.id]


def test_a_deleted_comment_gets_no_reply(env: RedditEnvironment) -> None:
    comment = add_comment(env, "u/precis please")
    comment.deleted = True
    with pytest.raises(Refused) as refused:
        messaging_of(env).reply_to_comment(comment.submission.id, comment.id, "A summary", None)
    assert refused.value.reason is SkipReason.GONE
    assert env.own() == []


def test_a_message_is_answered_in_its_thread_and_the_answer_is_found(env: RedditEnvironment) -> None:
    env.server.state.add_private_message(env.author, "hello", "show", to=env.bot)
    messaging = messaging_of(env)
    (message,) = messaging.fetch_inbox().messages
    began = env.clock.now
    assert messaging.find_sent_messages("alice", "New settings.", began, message.thread) == ()
    written = messaging.send_message("alice", "", "New settings.", message.thread)
    assert written
    assert messaging.find_sent_messages("alice", "New settings.", began, message.thread) == (written,)
    last = env.server.state.all_private_messages()[-1]
    assert (last.to, last.subject) == (env.author, "re: hello")
    assert (
        messaging.find_sent_messages("alice", "New settings.", began + timedelta(seconds=2), message.thread)
        == ()
    )


def test_an_answer_to_modmail_goes_to_the_subreddits_moderators(env: RedditEnvironment) -> None:
    env.server.state.add_private_message(env.author, "Your bot", "pause", to=env.bot, from_subreddit=env.news)
    messaging = messaging_of(env)
    (message,) = messaging.fetch_inbox().messages
    messaging.send_message(message.author, "", "Paused.", message.thread)
    assert env.server.state.all_private_messages()[-1].to_subreddit is env.news


def test_a_message_to_moderators_is_modmail_and_is_found_again(env: RedditEnvironment) -> None:
    messaging, began = messaging_of(env), env.clock.now
    assert messaging.send_message("r/news", "The page precis", "New settings.") == ""
    assert messaging.find_sent_messages("r/news", "New settings.", began)
    assert messaging.find_sent_messages("alice", "New settings.", began) == ()
    (conversation,) = env.server.state.conversations.values()
    assert (conversation.subreddit, conversation.subject) == (env.news, "The page precis")


def test_an_account_that_moderates_reads_answers_in_modmail(env: RedditEnvironment) -> None:
    env.news.moderators += [env.bot, env.author]
    messaging = messaging_of(env)
    messaging.send_message("r/news", "The page precis", "New settings.")
    (conversation,) = env.server.state.conversations.values()
    assert messaging.fetch_inbox().messages == ()
    env.clock.now += timedelta(seconds=60)
    env.server.state.add_modmail_message(conversation, env.author, "pause")
    (message,) = messaging.fetch_inbox().messages
    assert (message.via, message.author, message.text) == (MessageKind.MODMAIL, "alice", "pause")
    messaging.mark_read(message)
    assert messaging.fetch_inbox().messages == ()
    began = env.clock.now
    messaging.send_message(message.author, "", "Paused.", message.thread)
    assert [message.body for message in conversation.messages] == ["New settings.", "pause", "Paused."]
    assert messaging.find_sent_messages(message.author, "Paused.", began, message.thread)
    assert messaging.find_sent_messages(message.author, "New settings.", began, message.thread) == ()


def test_modmail_between_others_is_ignored(env: RedditEnvironment) -> None:
    env.news.moderators += [env.bot, env.author]
    env.server.state.add_private_message(env.author, "Lunch?", "pause", to_subreddit=env.news)
    assert inbox(env) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.STORE_THEN_FAIL, UnknownOutcome),
        (Fault.STORE_THEN_DROP, UnknownOutcome),
        (Fault.RATELIMIT_ITEM, RetryLater),
        (Fault.FORBIDDEN, Refused),
    ],
)
def test_a_private_message_is_sent_once_whatever_the_response(
    env: RedditEnvironment, fault: Fault, error: type[Exception]
) -> None:
    env.server.faults = FaultInjector(calls=("POST /api/compose",), script=[fault])
    with pytest.raises(error):
        messaging_of(env).send_message("alice", "Hello", "Text")
    assert len(env.server.calls("POST /api/compose")) == 1


def test_messages_to_unknown_users_and_users_who_blocked_the_bot_are_refused(env: RedditEnvironment) -> None:
    messaging = messaging_of(env)
    with pytest.raises(Refused):
        messaging.send_message("nobody", "Hello", "Text")
    env.author.blocked.append(env.bot)
    with pytest.raises(Refused):
        messaging.send_message("alice", "Hello", "Text")
    assert env.server.state.all_private_messages() == []


def test_moderators_are_fetched_at_each_call(env: RedditEnvironment) -> None:
    messaging = messaging_of(env)
    assert messaging.moderators("news") == frozenset()
    env.news.moderators.append(env.author)
    assert messaging.moderators("news") == {"alice"}


def test_the_wiki_page_with_its_revision_and_its_editor(env: RedditEnvironment) -> None:
    state, messaging = env.server.state, messaging_of(env)
    assert messaging.settings_page("news") is None
    state.add_wiki_revision(env.news, "precis", "sentences: 3", env.author)
    page = messaging.settings_page("news")
    assert page is not None
    assert (page.text, page.editor, page.moderators_only) == ("sentences: 3", "alice", False)
    state.add_wiki_revision(env.news, "precis", "sentences: 4", env.author)
    again = messaging.settings_page("news")
    assert again is not None
    assert again.revision != page.revision


def test_moderators_only_is_known_where_the_account_moderates(env: RedditEnvironment) -> None:
    env.news.moderators.append(env.bot)
    env.server.state.add_wiki_revision(env.news, "precis", "x: 1", env.author).permlevel = 2
    messaging = messaging_of(env)
    for _ in range(2):
        page = messaging.settings_page("news")
        assert page is not None
        assert page.moderators_only
    assert len(env.server.calls("GET /wiki/settings")) == 1


def test_an_unreadable_settings_page_does_not_count_as_missing(env: RedditEnvironment) -> None:
    env.server.state.add_wiki_revision(env.news, "precis", "x: 1", env.author)
    env.news.wiki_disabled = True
    with pytest.raises(Unreachable):
        messaging_of(env).settings_page("news")
    env.answer("GET /r/worldnews/wiki/precis", 500, {})
    with pytest.raises(Unreachable):
        messaging_of(env).settings_page("worldnews")


@pytest.mark.parametrize(
    "changes",
    [{"revision_by": {"data": True}}, {"revision_by": "x"}, {"content_md": 7}]
    + [{"revision_date": when} for when in (1 << 63, -1, "soon", float("nan"), float("inf"))],
)
def test_a_malformed_settings_page_does_not_count_as_missing(
    env: RedditEnvironment, changes: dict[str, Any]
) -> None:
    page = {"content_md": "x: 1", "revision_id": "r", "revision_date": 1.0, "revision_by": None}
    env.answer("GET /r/news/wiki/precis", 200, {"kind": "wikipage", "data": page | changes})
    with pytest.raises(Unreachable):
        messaging_of(env).settings_page("news")
    env.answer("GET /r/news/wiki/precis", 200, {"kind": "wikipage", "data": page})
    found = messaging_of(env).settings_page("news")
    assert found is not None
    assert (found.text, found.editor) == ("x: 1", None)


def test_a_settings_page_is_created_once_and_for_moderators_only(env: RedditEnvironment) -> None:
    env.news.moderators.append(env.bot)
    messaging = messaging_of(env)
    messaging.create_settings_page("news", "# sentences: 4")
    page = messaging.settings_page("news")
    assert page is not None
    assert (page.text, page.editor, page.moderators_only) == ("# sentences: 4", "precis", True)
    with pytest.raises(Refused):
        messaging.create_settings_page("news", "something else")
    assert len(env.server.state.wiki["news", "precis"].revisions) == 1


def test_an_invitation_is_accepted_once(env: RedditEnvironment) -> None:
    env.news.invited_moderators.append(env.bot)
    messaging = messaging_of(env)
    messaging.accept_invitation("news")
    assert env.bot in env.news.moderators
    with pytest.raises(Refused):
        messaging.accept_invitation("news")
