"""The messages of a Lemmy account, over real HTTP. Tests of a server quirk have its number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import force_setattr

from bot.core.errors import Refused, UnknownOutcome
from bot.core.messages import Message, MessageKind
from bot.core.skip_reasons import SkipReason
from bot.platforms.lemmy import messaging_v4
from bot.platforms.lemmy.messaging import LemmyMessaging
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy import Comment
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, only_on


def handle(env: LemmyEnvironment) -> str:
    return f"precis@{env.server.state.host}"


def add_comment(env: LemmyEnvironment, text: str, parent: Comment | None = None) -> Comment:
    """A comment of Alice on a new post, or a reply to another comment."""
    post = parent.post if parent else env.server.state.posts.get(1) or env.post()
    return env.server.state.add_comment(post, env.author, text, parent)


def messaging_of(env: LemmyEnvironment) -> LemmyMessaging:
    return env.adapter().messaging()


def inbox(env: LemmyEnvironment) -> list[Message]:
    found = messaging_of(env).fetch_inbox()
    assert not found.parse_errors
    return list(found.messages)


def test_a_mention_has_its_place_and_author(env: LemmyEnvironment) -> None:
    comment = add_comment(env, f"@{handle(env)} please")
    (message,) = inbox(env)
    assert message.via is MessageKind.MENTION
    assert (message.author, message.text) == (f"alice@{env.server.state.host}", f"@{handle(env)} please")
    assert (message.post_id, message.comment_id, message.parent_id) == ("1", str(comment.id), None)
    assert message.community == f"news@{env.server.state.host}"
    assert not message.author_bot


def test_a_mention_under_an_nsfw_post_is_fetched_although_the_account_hides_the_post(
    env: LemmyEnvironment,
) -> None:
    """As on a real 0.19 and 1.0: the lists of mentions hide no NSFW posts, other lists of comments do."""
    env.bot.show_nsfw = False
    comment = env.server.state.add_comment(env.post(nsfw=True), env.author, f"@{handle(env)} please")
    (message,) = inbox(env)
    assert (message.via, message.comment_id) == (MessageKind.MENTION, str(comment.id))


def test_a_reply_to_the_bot_names_the_comment_it_answers(env: LemmyEnvironment) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, "delete", own)
    (message,) = inbox(env)
    assert (message.via, message.parent_id, message.text) == (MessageKind.REPLY, str(own.id), "delete")


def test_a_private_message_is_fetched(env: LemmyEnvironment) -> None:
    env.server.state.add_private_message(env.author, env.bot, "opt out")
    (message,) = inbox(env)
    assert (message.via, message.text, message.comment_id) == (MessageKind.PRIVATE, "opt out", None)
    assert message.author == f"alice@{env.server.state.host}"


def test_read_messages_are_not_fetched_again(env: LemmyEnvironment) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, "good bot", own)
    add_comment(env, f"@{handle(env)} please")
    env.server.state.add_private_message(env.author, env.bot, "show")
    messaging = messaging_of(env)
    messages = messaging.fetch_inbox().messages
    assert {message.via for message in messages} == {
        MessageKind.MENTION,
        MessageKind.REPLY,
        MessageKind.PRIVATE,
    }
    for message in messages:
        messaging.mark_read(message)
        messaging.mark_read(message)
    assert messaging.fetch_inbox().messages == ()


def test_an_empty_inbox_costs_one_call(env: LemmyEnvironment) -> None:
    messaging = messaging_of(env)
    messaging.fetch_inbox()
    before = len(env.server.requests)
    messaging.fetch_inbox()
    assert len(env.server.requests) == before + 1


def test_messages_of_bots_are_flagged(env: LemmyEnvironment) -> None:
    env.author.bot_account = True
    add_comment(env, f"@{handle(env)} please")
    assert inbox(env)[0].author_bot


@only_on(V4)
def test_a_mention_in_a_post_is_fetched(env: LemmyEnvironment) -> None:
    post = env.post(body=f"@{handle(env)} what is this?")
    (message,) = inbox(env)
    assert (message.via, message.post_id, message.comment_id) == (MessageKind.MENTION, str(post.id), None)


def test_quirk_7_a_mention_in_a_reply_is_a_mention_in_either_list(env: LemmyEnvironment) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, f"@{handle(env)} again please", own)
    (message,) = inbox(env)
    assert (message.via, message.parent_id) == (MessageKind.MENTION, str(own.id))


@pytest.mark.parametrize("punctuation", [".", ":", "-", "_"])
def test_quirk_7_the_server_does_not_notify_of_a_name_followed_by_punctuation(
    env: LemmyEnvironment, punctuation: str
) -> None:
    add_comment(env, f"What does @{handle(env)}{punctuation}")
    assert inbox(env) == []


def test_quirk_7_a_reply_with_the_name_before_a_full_stop_is_a_mention(
    env: LemmyEnvironment,
) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, f"And this, @{handle(env)}.", own)
    assert inbox(env)[0].via is MessageKind.MENTION


@pytest.mark.parametrize("text", ["> @{} please\n\nWhat does this do?", "Write `@{}` for a summary"])
def test_quirk_7_a_quoted_name_is_not_a_mention(env: LemmyEnvironment, text: str) -> None:
    add_comment(env, text.format(handle(env)))
    assert inbox(env)[0].via is MessageKind.REPLY


@only_on(V3)
def test_quirk_7_a_deleted_mention_is_listed_as_gone(env: LemmyEnvironment) -> None:
    add_comment(env, f"@{handle(env)} please").deleted = True
    add_comment(env, f"@{handle(env)} here")
    deleted, visible = inbox(env)
    assert (deleted.gone, visible.gone) == (True, False)


def test_quirk_7_answering_marks_the_mention_as_read(env: LemmyEnvironment) -> None:
    comment = add_comment(env, f"@{handle(env)} please")
    messaging = messaging_of(env)
    messaging.reply_to_comment("1", str(comment.id), "A summary", None)
    assert messaging.fetch_inbox().messages == ()


@only_on(V4)
def test_quirk_9_a_mention_listed_again_after_an_edit_has_the_same_id(env: LemmyEnvironment) -> None:
    comment = add_comment(env, f"@{handle(env)} please")
    messaging = messaging_of(env)
    (first,) = messaging.fetch_inbox().messages
    messaging.mark_read(first)
    env.server.state.notify(comment)  # as the server does after every edit
    (second,) = messaging.fetch_inbox().messages
    assert (second.id, second.receipt == first.receipt) == (first.id, False)


@only_on(V4)
def test_quirk_9_every_edit_of_a_reply_sends_another_notification(env: LemmyEnvironment) -> None:
    """So replies are edited only for a reason."""
    adapter = env.adapter()
    post = env.post()
    reply = adapter.reply(str(post.id), "A summary", None)
    adapter.edit(reply.id, "A better summary")
    assert len(env.server.state.notifications(env.author)) == 2


def test_quirk_13_a_reply_that_a_remote_server_refuses_later_is_still_found(
    env: LemmyEnvironment,
) -> None:
    far = env.server.state.add_community("tech", host="far.example")
    post = env.post(community=far)
    adapter = env.adapter()
    reply = adapter.reply(str(post.id), "A summary", None)
    post.locked = True  # the remote server did this earlier, but reports it only now
    assert [comment.id for comment in adapter.own_comments(str(post.id))] == [reply.id]


def test_an_answer_is_stored_as_reply_to_the_comment(env: LemmyEnvironment) -> None:
    comment = add_comment(env, f"@{handle(env)} please")
    reply = messaging_of(env).reply_to_comment("1", str(comment.id), "A summary", "en")
    (own,) = [each for each in env.server.state.comments() if each.creator is env.bot]
    assert own.path == f"0.{comment.id}.{own.id}"
    assert (reply.id, reply.parent_id) == (str(own.id), str(comment.id))


def test_quirk_3_a_deleted_comment_gets_no_reply(env: LemmyEnvironment) -> None:
    comment = add_comment(env, f"@{handle(env)} please")
    comment.deleted = True
    with pytest.raises(Refused) as refused:
        messaging_of(env).reply_to_comment("1", str(comment.id), "A summary", None)
    assert refused.value.reason is SkipReason.GONE
    with pytest.raises(Refused):
        messaging_of(env).reply_to_comment("1", "999", "A summary", None)
    assert env.calls("POST /comment") == []


def test_quirk_3_a_reply_stored_elsewhere_is_deleted(
    env: LemmyEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = add_comment(env, f"@{handle(env)} please")
    messaging = messaging_of(env)
    real = messaging._calls.write_comment

    def write_after_purge(*reply: Any) -> object:
        del env.server.state._comments[comment.id]
        return real(*reply)

    force_setattr(messaging._calls, "write_comment", write_after_purge)
    with pytest.raises(Refused):
        messaging.reply_to_comment("1", str(comment.id), "A summary", None)
    (own,) = [each for each in env.server.state.comments() if each.creator is env.bot]
    assert own.deleted


def test_only_own_direct_replies_to_the_comment_are_found(env: LemmyEnvironment) -> None:
    state = env.server.state
    comment = add_comment(env, f"@{handle(env)} please")
    state.add_comment(comment.post, env.bot, "Top level")
    other = add_comment(env, "Another one")
    state.add_comment(comment.post, env.bot, "Elsewhere", other)
    state.add_comment(comment.post, env.author, "Not the bot's", comment)
    mine = state.add_comment(comment.post, env.bot, "Here", comment)
    state.add_comment(
        comment.post, env.bot, "Deeper", state.add_comment(comment.post, env.author, "Hm", mine)
    )
    messaging = messaging_of(env)
    assert [found.id for found in messaging.own_replies_to_comment("1", str(comment.id))] == [str(mine.id)]
    mine.deleted = True
    assert [found.gone for found in messaging.own_replies_to_comment("1", str(comment.id))] == [True]


def test_a_sent_private_message_is_found_again(env: LemmyEnvironment) -> None:
    messaging = messaging_of(env)
    started = env.clock.now
    alice = f"alice@{env.server.state.host}"
    assert messaging.find_sent_messages(alice, "This holds.", started) == ()
    written = messaging.send_message(alice, "Settings", "This holds: https://lemmy.example/?utm_source=x")
    (stored,) = env.server.state.private_messages()
    assert (stored.recipient, stored.creator) == (env.author, env.bot)
    stored.content = "This holds: https://lemmy.example/"  # servers remove tracking parameters
    assert messaging.find_sent_messages(
        alice, "This holds: https://lemmy.example/?utm_source=x", started
    ) == (written,)
    assert messaging.find_sent_messages(alice, "Something else", started) == ()
    assert messaging.find_sent_messages(alice, stored.content, started + timedelta(seconds=1)) == ()


def test_a_message_to_an_unknown_person_or_one_who_blocked_the_bot_is_refused(env: LemmyEnvironment) -> None:
    messaging = messaging_of(env)
    with pytest.raises(Refused):
        messaging.send_message("nobody@nowhere.example", "", "Hello")
    env.author.blocked.add(env.bot.id)
    with pytest.raises(Refused):
        messaging.send_message(f"alice@{env.server.state.host}", "", "Hello")
    assert env.server.state.all_private_messages() == []


def test_a_private_message_without_an_answer_has_an_unknown_outcome_and_is_sent_once(
    env: LemmyEnvironment,
) -> None:
    env.server.faults = FaultInjector(calls=("POST /private_message",), script=[Fault.STORE_THEN_DROP])
    with pytest.raises(UnknownOutcome):
        messaging_of(env).send_message(f"alice@{env.server.state.host}", "", "Hello")
    assert len(env.server.state.all_private_messages()) == 1


def test_moderators_and_sidebar_are_current(env: LemmyEnvironment) -> None:
    messaging, name = messaging_of(env), f"news@{env.server.state.host}"
    env.community.description = "precis: sentences 3"
    env.community.moderators.append(env.author)
    page = messaging.settings_page(name)
    assert (page.text, page.moderators_only, page.editor) == ("precis: sentences 3", True, None)
    assert messaging.moderators(name) == {f"alice@{env.server.state.host}"}
    env.community.moderators.clear()
    env.community.description = None
    assert messaging.moderators(name) == frozenset()
    changed = messaging.settings_page(name)
    assert (changed.text, changed.revision == page.revision) == ("", False)


def test_lemmy_has_no_settings_page_to_create_and_no_invitations(env: LemmyEnvironment) -> None:
    messaging = messaging_of(env)
    with pytest.raises(Refused):
        messaging.create_settings_page("news@lemmy.example", "")
    with pytest.raises(Refused):
        messaging.accept_invitation("news@lemmy.example")


def test_one_unreadable_message_does_not_affect_the_others(env: LemmyEnvironment) -> None:
    add_comment(env, f"@{handle(env)} please")
    messaging = messaging_of(env)
    handle_request = env.server.handle

    def with_bad_row(request):  # type: ignore[no-untyped-def]
        answer = handle_request(request)
        if request.path.endswith(("/user/mention", "/notification/list")):
            body = bytes(answer.body).replace(b"[{", b'[{"comment": 5, "notification": 5}, {', 1)
            return type(answer)(answer.status, body, answer.headers)
        return answer

    for call in ("GET /user/mention", "GET /account/notification/list"):
        env.answers[call] = with_bad_row
    found = messaging.fetch_inbox()
    assert (len(found.messages), len(found.parse_errors)) == (1, 1)


@only_on(V4)
def test_a_notification_that_cannot_be_marked_as_read_hides_no_message(
    env: LemmyEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is no message is marked as read while the inbox is fetched."""
    parse_message = messaging_v4._message

    def new_post_or_message(view: Any, account: str, me: str) -> Message | None:
        message = parse_message(view, account, me)
        return None if message is None or message.text == "a new post" else message

    monkeypatch.setattr(messaging_v4, "_message", new_post_or_message)
    for text in ("a new post", "pause"):
        env.server.state.add_private_message(env.author, env.bot, text)
    env.refuse("POST /account/notification/mark_as_read", 400, "unknown")
    messaging = messaging_of(env)
    assert [message.text for message in messaging.fetch_inbox().messages] == ["pause"]
    del env.answers["POST /account/notification/mark_as_read"]
    messaging.fetch_inbox()
    assert len(env.calls("POST /account/notification/mark_as_read")) == 1
