"""How people speak to an account on Lemmy, over real HTTP; a trap's test names its number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.errors import Refused, UnknownOutcome
from bot.core.messages import Message, MessageKind
from bot.core.skip_reasons import SkipReason
from bot.platforms.lemmy.messaging import LemmyMessaging
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy import Comment
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, only_on


def handle(stage: LemmyEnvironment) -> str:
    return f"precis@{stage.server.state.host}"


def say(stage: LemmyEnvironment, text: str, parent: Comment | None = None) -> Comment:
    """A comment of Alice under a new post, or below another comment."""
    post = parent.post if parent else stage.server.state.posts.get(1) or stage.post()
    return stage.server.state.add_comment(post, stage.author, text, parent)


def mail(stage: LemmyEnvironment) -> LemmyMessaging:
    return stage.adapter().messaging()


def inbox(stage: LemmyEnvironment) -> list[Message]:
    found = mail(stage).fetch_inbox()
    assert not found.parse_errors
    return list(found.messages)


def test_a_mention_tells_where_it_stands_and_who_made_it(stage: LemmyEnvironment) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    (message,) = inbox(stage)
    assert message.via is MessageKind.MENTION
    assert (message.author, message.text) == (f"alice@{stage.server.state.host}", f"@{handle(stage)} please")
    assert (message.post_id, message.comment_id, message.parent_id) == ("1", str(comment.id), None)
    assert message.community == f"news@{stage.server.state.host}"
    assert not message.author_bot


def test_an_answer_to_the_bot_is_a_reply_to_that_comment(stage: LemmyEnvironment) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, "delete", own)
    (message,) = inbox(stage)
    assert (message.via, message.parent_id, message.text) == (MessageKind.REPLY, str(own.id), "delete")


def test_a_private_message_is_one(stage: LemmyEnvironment) -> None:
    stage.server.state.add_private_message(stage.author, stage.bot, "opt out")
    (message,) = inbox(stage)
    assert (message.via, message.text, message.comment_id) == (MessageKind.PRIVATE, "opt out", None)
    assert message.author == f"alice@{stage.server.state.host}"


def test_what_is_marked_as_read_does_not_come_again(stage: LemmyEnvironment) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, "good bot", own)
    say(stage, f"@{handle(stage)} please")
    stage.server.state.add_private_message(stage.author, stage.bot, "show")
    talk = mail(stage)
    messages = talk.fetch_inbox().messages
    assert {message.via for message in messages} == {
        MessageKind.MENTION,
        MessageKind.REPLY,
        MessageKind.PRIVATE,
    }
    for message in messages:
        talk.mark_read(message)
        talk.mark_read(message)
    assert talk.fetch_inbox().messages == ()


def test_an_empty_inbox_costs_one_call(stage: LemmyEnvironment) -> None:
    talk = mail(stage)
    talk.fetch_inbox()
    before = len(stage.server.requests)
    talk.fetch_inbox()
    assert len(stage.server.requests) == before + 1


def test_other_bots_are_told_apart(stage: LemmyEnvironment) -> None:
    stage.author.bot_account = True
    say(stage, f"@{handle(stage)} please")
    assert inbox(stage)[0].author_bot


@only_on(V4)
def test_a_post_may_mention_the_bot(stage: LemmyEnvironment) -> None:
    post = stage.post(body=f"@{handle(stage)} what is this?")
    (message,) = inbox(stage)
    assert (message.via, message.post_id, message.comment_id) == (MessageKind.MENTION, str(post.id), None)


def test_trap_7_a_mention_in_a_reply_is_seen_whichever_list_it_comes_in(stage: LemmyEnvironment) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, f"@{handle(stage)} again please", own)
    (message,) = inbox(stage)
    assert (message.via, message.parent_id) == (MessageKind.MENTION, str(own.id))


@pytest.mark.parametrize("glued", [".", ":", "-", "_"])
def test_trap_7_a_name_with_a_mark_glued_to_it_does_not_reach_the_bot(
    stage: LemmyEnvironment, glued: str
) -> None:
    say(stage, f"What says @{handle(stage)}{glued}")
    assert inbox(stage) == []


def test_trap_7_a_reply_that_names_the_bot_before_a_full_stop_is_a_mention_all_the_same(
    stage: LemmyEnvironment,
) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, f"And this, @{handle(stage)}.", own)
    assert inbox(stage)[0].via is MessageKind.MENTION


@pytest.mark.parametrize("text", ["> @{} please\n\nWhat does this do?", "Write `@{}` for a summary"])
def test_trap_7_a_name_that_is_only_quoted_is_no_request(stage: LemmyEnvironment, text: str) -> None:
    say(stage, text.format(handle(stage)))
    assert inbox(stage)[0].via is MessageKind.REPLY


@only_on(V3)
def test_trap_7_a_deleted_mention_stays_in_the_list_and_is_told_as_gone(stage: LemmyEnvironment) -> None:
    say(stage, f"@{handle(stage)} please").deleted = True
    say(stage, f"@{handle(stage)} here")
    gone, standing = inbox(stage)
    assert (gone.gone, standing.gone) == (True, False)


def test_trap_7_answering_marks_the_mention_as_read(stage: LemmyEnvironment) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    talk = mail(stage)
    talk.reply_to_comment("1", str(comment.id), "A summary", None)
    assert talk.fetch_inbox().messages == ()


@only_on(V4)
def test_trap_9_a_mention_that_comes_again_after_an_edit_is_the_same_message(stage: LemmyEnvironment) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    talk = mail(stage)
    (first,) = talk.fetch_inbox().messages
    talk.mark_read(first)
    stage.server.state.notify(comment)  # as the server does at every edit
    (second,) = talk.fetch_inbox().messages
    assert (second.id, second.receipt == first.receipt) == (first.id, False)


@only_on(V4)
def test_trap_9_every_edit_of_a_reply_notifies_its_reader_again(stage: LemmyEnvironment) -> None:
    """So nothing here edits but for a reason: the sandbox shows what it would cost."""
    adapter = stage.adapter()
    post = stage.post()
    reply = adapter.reply(str(post.id), "A summary", None)
    adapter.edit(reply.id, "A better summary")
    assert len(stage.server.state.notifications(stage.author)) == 2


def test_trap_13_a_reply_that_a_remote_server_may_refuse_later_is_found_and_not_written_again(
    stage: LemmyEnvironment,
) -> None:
    far = stage.server.state.add_community("tech", host="far.example")
    post = stage.post(community=far)
    adapter = stage.adapter()
    reply = adapter.reply(str(post.id), "A summary", None)
    post.locked = True  # what the remote server had done already, and tells only now
    assert [comment.id for comment in adapter.own_comments(str(post.id))] == [reply.id]


def test_an_answer_stands_below_the_comment(stage: LemmyEnvironment) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    made = mail(stage).reply_to_comment("1", str(comment.id), "A summary", "en")
    (own,) = [each for each in stage.server.state.comments() if each.creator is stage.bot]
    assert own.path == f"0.{comment.id}.{own.id}"
    assert (made.id, made.parent_id) == (str(own.id), str(comment.id))


def test_trap_3_below_a_comment_that_is_gone_nothing_is_written(stage: LemmyEnvironment) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    comment.deleted = True
    with pytest.raises(Refused) as refused:
        mail(stage).reply_to_comment("1", str(comment.id), "A summary", None)
    assert refused.value.reason is SkipReason.GONE
    with pytest.raises(Refused):
        mail(stage).reply_to_comment("1", "999", "A summary", None)
    assert stage.calls("POST /comment") == []


def test_trap_3_a_reply_that_landed_elsewhere_is_taken_back(
    stage: LemmyEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = say(stage, f"@{handle(stage)} please")
    talk = mail(stage)
    real = talk._calls.write_comment

    def purged_meanwhile(post_id: str, parent_id: str | None, text: str, language: str | None) -> object:
        del stage.server.state._comments[comment.id]
        return real(post_id, parent_id, text, language)

    object.__setattr__(talk._calls, "write_comment", purged_meanwhile)
    with pytest.raises(Refused):
        talk.reply_to_comment("1", str(comment.id), "A summary", None)
    (own,) = [each for each in stage.server.state.comments() if each.creator is stage.bot]
    assert own.deleted


def test_own_answers_are_found_below_the_comment_and_nowhere_else(stage: LemmyEnvironment) -> None:
    world = stage.server.state
    comment = say(stage, f"@{handle(stage)} please")
    world.add_comment(comment.post, stage.bot, "At the top")
    other = say(stage, "Another one")
    world.add_comment(comment.post, stage.bot, "Elsewhere", other)
    world.add_comment(comment.post, stage.author, "Not the bot's", comment)
    mine = world.add_comment(comment.post, stage.bot, "Here", comment)
    world.add_comment(
        comment.post, stage.bot, "Deeper", world.add_comment(comment.post, stage.author, "Hm", mine)
    )
    talk = mail(stage)
    assert [found.id for found in talk.own_replies_to_comment("1", str(comment.id))] == [str(mine.id)]
    mine.deleted = True
    assert [found.gone for found in talk.own_replies_to_comment("1", str(comment.id))] == [True]


def test_a_private_message_is_written_and_found_again(stage: LemmyEnvironment) -> None:
    talk = mail(stage)
    began = stage.clock.now
    alice = f"alice@{stage.server.state.host}"
    assert talk.find_sent_messages(alice, "This holds.", began) == ()
    written = talk.send_message(alice, "Settings", "This holds: https://lemmy.example/?utm_source=x")
    (letter,) = stage.server.state.private_messages()
    assert (letter.recipient, letter.creator) == (stage.author, stage.bot)
    letter.content = "This holds: https://lemmy.example/"  # servers strip what tracks people
    assert talk.find_sent_messages(alice, "This holds: https://lemmy.example/?utm_source=x", began) == (
        written,
    )
    assert talk.find_sent_messages(alice, "Something else", began) == ()
    assert talk.find_sent_messages(alice, letter.content, began + timedelta(seconds=1)) == ()


def test_nobody_is_written_to_who_is_not_there_or_has_blocked_the_bot(stage: LemmyEnvironment) -> None:
    talk = mail(stage)
    with pytest.raises(Refused):
        talk.send_message("nobody@nowhere.example", "", "Hello")
    stage.author.blocked.add(stage.bot.id)
    with pytest.raises(Refused):
        talk.send_message(f"alice@{stage.server.state.host}", "", "Hello")
    assert stage.server.state.all_private_messages() == []


def test_a_letter_without_a_clear_answer_is_ambiguous_and_sent_once(stage: LemmyEnvironment) -> None:
    stage.server.faults = FaultInjector(calls=("POST /private_message",), script=[Fault.STORE_THEN_DROP])
    with pytest.raises(UnknownOutcome):
        mail(stage).send_message(f"alice@{stage.server.state.host}", "", "Hello")
    assert len(stage.server.state.all_private_messages()) == 1


def test_moderators_and_sidebar_are_those_of_this_moment(stage: LemmyEnvironment) -> None:
    talk, name = mail(stage), f"news@{stage.server.state.host}"
    stage.community.description = "precis: sentences 3"
    stage.community.moderators.append(stage.author)
    page = talk.settings_page(name)
    assert (page.text, page.moderators_only, page.editor) == ("precis: sentences 3", True, None)
    assert talk.moderators(name) == {f"alice@{stage.server.state.host}"}
    stage.community.moderators.clear()
    stage.community.description = None
    assert talk.moderators(name) == frozenset()
    changed = talk.settings_page(name)
    assert (changed.text, changed.revision == page.revision) == ("", False)


def test_lemmy_has_no_pages_to_begin_and_no_invitations(stage: LemmyEnvironment) -> None:
    talk = mail(stage)
    with pytest.raises(Refused):
        talk.create_settings_page("news@lemmy.example", "")
    with pytest.raises(Refused):
        talk.accept_invitation("news@lemmy.example")


def test_one_unreadable_message_does_not_hold_up_the_others(stage: LemmyEnvironment) -> None:
    say(stage, f"@{handle(stage)} please")
    talk = mail(stage)
    kept = stage.server.handle

    def spoiled(request):  # type: ignore[no-untyped-def]
        answer = kept(request)
        if request.path.endswith(("/user/mention", "/notification/list")):
            body = bytes(answer.body).replace(b"[{", b'[{"comment": 5, "notification": 5}, {', 1)
            return type(answer)(answer.status, body, answer.headers)
        return answer

    for call in ("GET /user/mention", "GET /account/notification/list"):
        stage.answers[call] = spoiled
    found = talk.fetch_inbox()
    assert (len(found.messages), len(found.parse_errors)) == (1, 1)
