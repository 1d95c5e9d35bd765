"""PieFed's notifications and private messages over real HTTP. `test_quirk_N` tests a quirk by its number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import Refused, RetryLater, UnknownOutcome
from bot.core.messages import Message, MessageKind
from bot.core.skip_reasons import SkipReason
from bot.platforms.piefed import message_schemas
from bot.platforms.piefed.messaging import PieFedMessaging
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy import Comment
from tests.platforms.piefed import test_adapter
from tests.platforms.piefed.test_adapter import PieFedEnvironment

env = test_adapter.env


@pytest.fixture
def messaging(env: PieFedEnvironment) -> PieFedMessaging:
    return env.adapter().messaging()


def bot_handle(env: PieFedEnvironment) -> str:
    return f"precis@{env.server.state.host}"


def add_comment(env: PieFedEnvironment, text: str, parent: Comment | None = None) -> Comment:
    post = parent.post if parent else env.server.state.posts.get(1) or env.post()
    return env.server.state.add_comment(post, env.author, text, parent)


def inbox(messaging: PieFedMessaging) -> list[Message]:
    found = messaging.fetch_inbox()
    assert not found.parse_errors
    return list(found.messages)


def test_a_mention_has_its_post_comment_and_author(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    comment = add_comment(env, f"@{bot_handle(env)} please.")
    (message,) = inbox(messaging)
    host = env.server.state.host
    assert (message.via, message.author) == (MessageKind.MENTION, f"alice@{host}")
    assert (message.post_id, message.comment_id, message.parent_id) == ("1", str(comment.id), None)
    assert message.community == f"news@{host}"


def test_replies_and_private_messages_are_in_the_inbox(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, "delete", own)
    env.server.state.add_private_message(env.author, env.bot, "opt out")
    reply, message = sorted(inbox(messaging), key=lambda message: message.via)[::-1]
    assert (reply.via, reply.parent_id, reply.text) == (MessageKind.REPLY, str(own.id), "delete")
    assert (message.via, message.text) == (MessageKind.PRIVATE, "opt out")


def test_read_messages_do_not_come_again(env: PieFedEnvironment, messaging: PieFedMessaging) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, "good bot", own)
    add_comment(env, f"@{bot_handle(env)} please")
    env.server.state.add_private_message(env.author, env.bot, "show")
    messages = inbox(messaging)
    assert len(messages) == 3
    for message in messages:
        messaging.mark_read(message)
        messaging.mark_read(message)
    before = len(env.server.requests)
    assert inbox(messaging) == []
    assert len(env.server.requests) == before + 1


def test_quirk_7_a_mention_in_a_reply_is_a_mention(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    own = env.server.state.add_comment(env.post(), env.bot, "A summary")
    add_comment(env, f"And this, @{bot_handle(env)}?", own)
    (message,) = inbox(messaging)
    assert (message.via, message.parent_id) == (MessageKind.MENTION, str(own.id))


def test_quirk_7_a_mention_in_a_post_is_found(env: PieFedEnvironment, messaging: PieFedMessaging) -> None:
    post = env.post(body=f"@{bot_handle(env)} what is this?")
    (message,) = inbox(messaging)
    assert (message.via, message.post_id, message.comment_id) == (MessageKind.MENTION, str(post.id), None)


def test_quirk_7_marking_as_read_leaves_ids_with_the_same_beginning_unread(
    env: PieFedEnvironment,
    messaging: PieFedMessaging,
) -> None:
    for number in range(12):
        add_comment(env, f"@{bot_handle(env)} please, for the {number}th time")
    first, *others = inbox(messaging)
    messaging.mark_read(first)
    assert [message.id for message in inbox(messaging)] == [message.id for message in others]
    assert {"/api/alpha/comment/mark_as_read"}.isdisjoint(seen.path for seen in env.server.requests)


def test_quirk_7_an_empty_page_is_not_the_last_one(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    """The real server filters notifications after it has cut the pages."""
    add_comment(env, f"@{bot_handle(env)} please")
    saved = env.server.handle

    def first_page_empty(request):  # type: ignore[no-untyped-def]
        if request.path.endswith("/user/notifications"):
            page = request.query.get("page")
            if page == "1":
                answer = saved(request)
                body = {"items": [], "next_page": "2", "status": "Unread", "counts": {}, "username": "precis"}
                return answer.from_json(body)
            request.query["page"] = "1"
        return saved(request)

    env.server._server._http.respond = first_page_empty
    assert len(inbox(messaging)) == 1


def test_quirk_4_a_removed_comment_gets_no_reply(env: PieFedEnvironment, messaging: PieFedMessaging) -> None:
    comment = add_comment(env, f"@{bot_handle(env)} please")
    comment.removed = True
    for number in (str(comment.id), "999"):
        with pytest.raises(Refused) as refused:
            messaging.reply_to_comment("1", number, "A summary", None)
        assert refused.value.reason is SkipReason.GONE
    assert env.calls("POST /comment") == []


def test_a_reply_is_written_below_the_comment_and_found_there(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    comment = add_comment(env, f"@{bot_handle(env)} please")
    env.server.state.add_comment(comment.post, env.bot, "At the top")
    created = messaging.reply_to_comment("1", str(comment.id), "A summary", "en")
    assert [found.id for found in messaging.own_replies_to_comment("1", str(comment.id))] == [created.id]
    assert created.parent_id == str(comment.id)
    assert inbox(messaging) == []


def test_a_private_message_is_sent_and_found_again(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    began, alice = env.clock.now, f"alice@{env.server.state.host}"
    assert messaging.find_sent_messages(alice, "New settings.", began) == ()
    written = messaging.send_message(alice, "", "New settings.")
    assert messaging.find_sent_messages(alice, "New settings.", began) == (written,)
    assert messaging.find_sent_messages(alice, "Something else.", began) == ()
    assert messaging.find_sent_messages(alice, "New settings.", began + timedelta(seconds=1)) == ()


def test_a_new_account_sends_no_private_messages_for_24_hours(env: PieFedEnvironment) -> None:
    env.bot.published = env.clock.now
    messaging = env.adapter().messaging()
    with pytest.raises(RetryLater) as later:
        messaging.send_message(f"alice@{env.server.state.host}", "", "Hello")
    assert later.value.retry_at == env.bot.published + timedelta(hours=24)


def test_a_private_message_without_a_clear_response_is_sent_once(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    env.server.faults = FaultInjector(calls=("POST /private_message",), script=[Fault.STORE_THEN_FAIL])
    with pytest.raises(UnknownOutcome):
        messaging.send_message(f"alice@{env.server.state.host}", "", "Hello")
    assert len(env.server.state.all_private_messages()) == 1


def test_moderators_and_description_are_fetched_at_each_call(
    env: PieFedEnvironment, messaging: PieFedMessaging
) -> None:
    name = f"news@{env.server.state.host}"
    env.community.description = "precis: sentences 3"
    env.community.moderators.append(env.author)
    page = messaging.settings_page(name)
    assert (page.text, page.moderators_only) == ("precis: sentences 3", True)
    assert messaging.moderators(name) == {f"alice@{env.server.state.host}"}
    env.community.moderators.clear()
    env.community.description = "precis: sentences 4"
    assert messaging.moderators(name) == frozenset()
    assert messaging.settings_page(name).revision != page.revision


def test_a_notification_that_cannot_be_marked_as_read_hides_no_message(
    env: PieFedEnvironment, messaging: PieFedMessaging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is no message is marked as read while the inbox is fetched."""
    parse_message = message_schemas.message_of

    def other_or_message(row: Any, viewer: Any) -> Message | str:
        message = parse_message(row, viewer)
        return "notification 1" if isinstance(message, Message) and "new post" in message.text else message

    def fails(receipt: str) -> None:
        raise UnknownOutcome(f"cannot mark {receipt}")

    monkeypatch.setattr(message_schemas, "message_of", other_or_message)
    for text in ("new post", "pause"):
        add_comment(env, f"@{bot_handle(env)} {text}")
    with monkeypatch.context() as patch:
        patch.setattr(messaging, "_mark_receipt", fails)
        (message,) = inbox(messaging)
    assert message.text.endswith("pause")
    inbox(messaging)
    assert len(env.calls("PUT /user/notification_state")) == 1
