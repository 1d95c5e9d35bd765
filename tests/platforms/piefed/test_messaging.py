"""How people speak to an account on PieFed, over real HTTP; a trap's test names its number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Refused, RetryLater, UnknownOutcome
from bot.core.messages import Message, MessageKind
from bot.core.skip_reasons import SkipReason
from bot.platforms.piefed.messaging import PieFedMessaging
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy import Comment
from tests.platforms.piefed import test_adapter
from tests.platforms.piefed.test_adapter import PieFedEnvironment

stage = test_adapter.stage


@pytest.fixture
def talk(stage: PieFedEnvironment) -> PieFedMessaging:
    return stage.adapter().messaging()


def handle(stage: PieFedEnvironment) -> str:
    return f"precis@{stage.server.state.host}"


def say(stage: PieFedEnvironment, text: str, parent: Comment | None = None) -> Comment:
    post = parent.post if parent else stage.server.state.posts.get(1) or stage.post()
    return stage.server.state.add_comment(post, stage.author, text, parent)


def inbox(talk: PieFedMessaging) -> list[Message]:
    found = talk.fetch_inbox()
    assert not found.parse_errors
    return list(found.messages)


def test_a_mention_tells_where_it_stands_and_who_made_it(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    comment = say(stage, f"@{handle(stage)} please.")
    (message,) = inbox(talk)
    host = stage.server.state.host
    assert (message.via, message.author) == (MessageKind.MENTION, f"alice@{host}")
    assert (message.post_id, message.comment_id, message.parent_id) == ("1", str(comment.id), None)
    assert message.community == f"news@{host}"


def test_answers_and_private_messages_come_too(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, "delete", own)
    stage.server.state.add_private_message(stage.author, stage.bot, "opt out")
    reply, letter = sorted(inbox(talk), key=lambda message: message.via)[::-1]
    assert (reply.via, reply.parent_id, reply.text) == (MessageKind.REPLY, str(own.id), "delete")
    assert (letter.via, letter.text) == (MessageKind.PRIVATE, "opt out")


def test_what_is_marked_as_read_does_not_come_again(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, "good bot", own)
    say(stage, f"@{handle(stage)} please")
    stage.server.state.add_private_message(stage.author, stage.bot, "show")
    messages = inbox(talk)
    assert len(messages) == 3
    for message in messages:
        talk.mark_read(message)
        talk.mark_read(message)
    before = len(stage.server.requests)
    assert inbox(talk) == []
    assert len(stage.server.requests) == before + 1


def test_trap_7_a_mention_in_a_reply_is_seen_as_one(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, f"And this, @{handle(stage)}?", own)
    (message,) = inbox(talk)
    assert (message.via, message.parent_id) == (MessageKind.MENTION, str(own.id))


def test_trap_7_a_mention_in_a_post_is_seen(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    post = stage.post(body=f"@{handle(stage)} what is this?")
    (message,) = inbox(talk)
    assert (message.via, message.post_id, message.comment_id) == (MessageKind.MENTION, str(post.id), None)


def test_trap_7_marking_one_as_read_leaves_those_whose_number_begins_alike(
    stage: PieFedEnvironment,
    talk: PieFedMessaging,
) -> None:
    for number in range(12):
        say(stage, f"@{handle(stage)} please, for the {number}th time")
    first, *others = inbox(talk)
    talk.mark_read(first)
    assert [message.id for message in inbox(talk)] == [message.id for message in others]
    assert {"/api/alpha/comment/mark_as_read"}.isdisjoint(seen.path for seen in stage.server.requests)


def test_trap_7_a_page_without_anything_is_not_the_last(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    """The real server leaves out what its API does not show after it has cut the pages."""
    say(stage, f"@{handle(stage)} please")
    kept = stage.server.handle

    def first_page_empty(request):  # type: ignore[no-untyped-def]
        if request.path.endswith("/user/notifications"):
            page = request.query.get("page")
            if page == "1":
                answer = kept(request)
                body = {"items": [], "next_page": "2", "status": "Unread", "counts": {}, "username": "precis"}
                return answer.from_json(body)
            request.query["page"] = "1"
        return kept(request)

    stage.server._server._http.respond = first_page_empty
    assert len(inbox(talk)) == 1


def test_trap_4_below_a_comment_that_is_gone_nothing_is_written(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    comment.removed = True
    for number in (str(comment.id), "999"):
        with pytest.raises(Refused) as refused:
            talk.reply_to_comment("1", number, "A summary", None)
        assert refused.value.reason is SkipReason.GONE
    assert stage.calls("POST /comment") == []


def test_an_answer_stands_below_the_comment_and_is_found_there(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    stage.server.state.add_comment(comment.post, stage.bot, "At the top")
    made = talk.reply_to_comment("1", str(comment.id), "A summary", "en")
    assert [found.id for found in talk.own_replies_to_comment("1", str(comment.id))] == [made.id]
    assert made.parent_id == str(comment.id)
    assert inbox(talk) == []


def test_a_private_message_is_written_and_found_again(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    began, alice = stage.clock.now, f"alice@{stage.server.state.host}"
    assert talk.find_sent_messages(alice, "This holds.", began) == ()
    written = talk.send_message(alice, "", "This holds.")
    assert talk.find_sent_messages(alice, "This holds.", began) == (written,)
    assert talk.find_sent_messages(alice, "Something else.", began) == ()
    assert talk.find_sent_messages(alice, "This holds.", began + timedelta(seconds=1)) == ()


def test_an_account_in_its_first_day_waits_with_private_messages(stage: PieFedEnvironment) -> None:
    stage.bot.published = stage.clock.now
    talk = stage.adapter().messaging()
    with pytest.raises(RetryLater) as later:
        talk.send_message(f"alice@{stage.server.state.host}", "", "Hello")
    assert later.value.retry_at == stage.bot.published + timedelta(hours=24)


def test_a_letter_without_a_clear_answer_is_ambiguous_and_sent_once(
    stage: PieFedEnvironment, talk: PieFedMessaging
) -> None:
    stage.server.faults = FaultInjector(calls=("POST /private_message",), script=[Fault.STORE_THEN_FAIL])
    with pytest.raises(UnknownOutcome):
        talk.send_message(f"alice@{stage.server.state.host}", "", "Hello")
    assert len(stage.server.state.all_private_messages()) == 1


def test_moderators_and_sidebar_are_those_of_this_moment(stage: PieFedEnvironment, talk: PieFedMessaging) -> None:
    name = f"news@{stage.server.state.host}"
    stage.community.description = "precis: sentences 3"
    stage.community.moderators.append(stage.author)
    page = talk.settings_page(name)
    assert (page.text, page.moderators_only) == ("precis: sentences 3", True)
    assert talk.moderators(name) == {f"alice@{stage.server.state.host}"}
    stage.community.moderators.clear()
    stage.community.description = "precis: sentences 4"
    assert talk.moderators(name) == frozenset()
    assert talk.settings_page(name).revision != page.revision
