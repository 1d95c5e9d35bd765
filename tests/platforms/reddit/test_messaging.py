"""How people speak to an account on Reddit: real PRAW, real HTTP, the sandbox's Reddit."""

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


def mail(stage: RedditEnvironment) -> RedditMessaging:
    return stage.adapter().messaging()


def inbox(stage: RedditEnvironment) -> list[Message]:
    found = mail(stage).fetch_inbox()
    assert not found.parse_errors
    return list(found.messages)


def say(stage: RedditEnvironment, text: str, parent: Comment | None = None) -> Comment:
    submission = parent.submission if parent else stage.post()
    return stage.server.state.add_comment(submission, stage.author, text, parent)


@pytest.mark.parametrize("text", ["u/precis please", "/u/Precis, please", "What says u/PRECIS?"])
def test_a_mention_tells_where_it_stands_and_who_made_it(stage: RedditEnvironment, text: str) -> None:
    comment = say(stage, text)
    (message,) = inbox(stage)
    assert (message.via, message.author, message.community) == (MessageKind.MENTION, "alice", "news")
    assert (message.post_id, message.comment_id) == (comment.submission.id, comment.id)
    assert message.parent_id is None


@pytest.mark.parametrize("text", ["> u/precis please\n\nWhat is that?", "Write `u/precis`"])
def test_a_name_that_is_only_quoted_is_no_request(stage: RedditEnvironment, text: str) -> None:
    say(stage, text)
    assert inbox(stage)[0].via is MessageKind.REPLY


def test_an_answer_to_the_bot_is_a_reply_to_that_comment(stage: RedditEnvironment) -> None:
    own = stage.server.state.add_comment(stage.post(), stage.bot, "A summary")
    say(stage, "delete", own)
    (message,) = inbox(stage)
    assert (message.via, message.parent_id, message.text) == (MessageKind.REPLY, own.id, "delete")


def test_private_messages_modmail_and_invitations_are_told_apart(stage: RedditEnvironment) -> None:
    world, bot = stage.server.state, stage.bot
    world.add_private_message(stage.author, "hello", "opt out", to=bot)
    stage.clock.now += timedelta(seconds=1)
    world.add_private_message(stage.author, "About your bot", "pause", to=bot, from_subreddit=stage.news)
    stage.clock.now += timedelta(seconds=1)
    world.add_private_message(
        stage.author, "invitation to moderate /r/News", "You are invited", to=bot, from_subreddit=stage.news
    )
    letter, modmail, invitation = inbox(stage)
    assert (letter.via, letter.author, letter.subject) == (MessageKind.PRIVATE, "alice", "hello")
    assert (modmail.via, modmail.author, modmail.community) == (MessageKind.MODMAIL, "r/news", "news")
    assert (invitation.via, invitation.community) == (MessageKind.INVITATION, "news")


def test_nobody_can_fake_an_invitation_with_its_words(stage: RedditEnvironment) -> None:
    stage.server.state.add_private_message(
        stage.author, "invitation to moderate /r/news", "Come", to=stage.bot
    )
    assert inbox(stage)[0].via is MessageKind.PRIVATE


def test_what_is_marked_as_read_does_not_come_again_and_quiet_costs_one_call(stage: RedditEnvironment) -> None:
    say(stage, "u/precis please")
    stage.server.state.add_private_message(stage.author, "hello", "show", to=stage.bot)
    talk = mail(stage)
    messages = talk.fetch_inbox().messages
    assert len(messages) == 2
    for message in messages:
        talk.mark_read(message)
        talk.mark_read(message)
    before = len(stage.server.requests)
    assert talk.fetch_inbox().messages == ()
    assert len(stage.server.requests) == before + 1


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
def test_bots_are_known_by_their_names(stage: RedditEnvironment, name: str, is_bot: bool) -> None:
    other = stage.server.state.add_redditor(name)
    stage.server.state.add_comment(stage.post(), other, "u/precis hello")
    assert inbox(stage)[0].author_bot is is_bot


def test_an_answer_stands_below_the_comment_and_is_found_there(stage: RedditEnvironment) -> None:
    world = stage.server.state
    comment = say(stage, "u/precis please")
    post = comment.submission
    world.add_comment(post, stage.bot, "At the top")
    world.add_comment(post, stage.author, "Somebody else's", comment)
    talk = mail(stage)
    assert talk.own_replies_to_comment(post.id, comment.id) == ()
    made = talk.reply_to_comment(post.id, comment.id, "A summary", None)
    assert made.parent_id == comment.id
    assert [found.id for found in talk.own_replies_to_comment(post.id, comment.id)] == [made.id]


def test_below_a_comment_that_is_gone_nothing_is_written(stage: RedditEnvironment) -> None:
    comment = say(stage, "u/precis please")
    comment.deleted = True
    with pytest.raises(Refused) as refused:
        mail(stage).reply_to_comment(comment.submission.id, comment.id, "A summary", None)
    assert refused.value.reason is SkipReason.GONE
    assert stage.own() == []


def test_a_message_is_answered_in_its_thread_and_found_again(stage: RedditEnvironment) -> None:
    stage.server.state.add_private_message(stage.author, "hello", "show", to=stage.bot)
    talk = mail(stage)
    (message,) = talk.fetch_inbox().messages
    began = stage.clock.now
    assert talk.find_sent_messages("alice", "This holds.", began, message.thread) == ()
    written = talk.send_message("alice", "", "This holds.", message.thread)
    assert written
    assert talk.find_sent_messages("alice", "This holds.", began, message.thread) == (written,)
    last = stage.server.state.all_private_messages()[-1]
    assert (last.to, last.subject) == (stage.author, "re: hello")
    assert talk.find_sent_messages("alice", "This holds.", began + timedelta(seconds=2), message.thread) == ()


def test_modmail_is_answered_to_the_moderators_in_whose_name_it_came(stage: RedditEnvironment) -> None:
    stage.server.state.add_private_message(
        stage.author, "Your bot", "pause", to=stage.bot, from_subreddit=stage.news
    )
    talk = mail(stage)
    (message,) = talk.fetch_inbox().messages
    talk.send_message(message.author, "", "Paused.", message.thread)
    assert stage.server.state.all_private_messages()[-1].to_subreddit is stage.news


def test_moderators_are_written_to_as_such_and_the_letter_is_found_again(stage: RedditEnvironment) -> None:
    talk, began = mail(stage), stage.clock.now
    assert talk.send_message("r/news", "The page precis", "This holds now.") == ""
    assert talk.find_sent_messages("r/news", "This holds now.", began)
    assert talk.find_sent_messages("alice", "This holds now.", began) == ()
    (conversation,) = stage.server.state.conversations.values()
    assert (conversation.subreddit, conversation.subject) == (stage.news, "The page precis")


def test_where_the_account_moderates_it_reads_what_it_is_answered_in_modmail(stage: RedditEnvironment) -> None:
    stage.news.moderators += [stage.bot, stage.author]
    talk = mail(stage)
    talk.send_message("r/news", "The page precis", "This holds now.")
    (conversation,) = stage.server.state.conversations.values()
    assert talk.fetch_inbox().messages == ()
    stage.clock.now += timedelta(seconds=60)
    stage.server.state.add_modmail_message(conversation, stage.author, "pause")
    (message,) = talk.fetch_inbox().messages
    assert (message.via, message.author, message.text) == (MessageKind.MODMAIL, "alice", "pause")
    talk.mark_read(message)
    assert talk.fetch_inbox().messages == ()
    began = stage.clock.now
    talk.send_message(message.author, "", "Paused.", message.thread)
    assert [letter.body for letter in conversation.messages] == ["This holds now.", "pause", "Paused."]
    assert talk.find_sent_messages(message.author, "Paused.", began, message.thread)
    assert talk.find_sent_messages(message.author, "This holds now.", began, message.thread) == ()


def test_modmail_that_others_write_each_other_is_not_the_bots_business(stage: RedditEnvironment) -> None:
    stage.news.moderators += [stage.bot, stage.author]
    stage.server.state.add_private_message(stage.author, "Lunch?", "pause", to_subreddit=stage.news)
    assert inbox(stage) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.STORE_THEN_FAIL, UnknownOutcome),
        (Fault.STORE_THEN_DROP, UnknownOutcome),
        (Fault.RATELIMIT_ITEM, RetryLater),
        (Fault.FORBIDDEN, Refused),
    ],
)
def test_a_letter_goes_out_once_whatever_is_answered(
    stage: RedditEnvironment, fault: Fault, error: type[Exception]
) -> None:
    stage.server.faults = FaultInjector(calls=("POST /api/compose",), script=[fault])
    with pytest.raises(error):
        mail(stage).send_message("alice", "Hello", "Text")
    assert len(stage.server.calls("POST /api/compose")) == 1


def test_nobody_is_written_to_who_is_not_there_or_does_not_want_it(stage: RedditEnvironment) -> None:
    talk = mail(stage)
    with pytest.raises(Refused):
        talk.send_message("nobody", "Hello", "Text")
    stage.author.blocked.append(stage.bot)
    with pytest.raises(Refused):
        talk.send_message("alice", "Hello", "Text")
    assert stage.server.state.all_private_messages() == []


def test_moderators_are_those_of_this_moment(stage: RedditEnvironment) -> None:
    talk = mail(stage)
    assert talk.moderators("news") == frozenset()
    stage.news.moderators.append(stage.author)
    assert talk.moderators("news") == {"alice"}


def test_the_wiki_page_with_its_revision_and_its_editor(stage: RedditEnvironment) -> None:
    world, talk = stage.server.state, mail(stage)
    assert talk.settings_page("news") is None
    world.add_wiki_revision(stage.news, "precis", "sentences: 3", stage.author)
    page = talk.settings_page("news")
    assert page is not None
    assert (page.text, page.editor, page.moderators_only) == ("sentences: 3", "alice", False)
    world.add_wiki_revision(stage.news, "precis", "sentences: 4", stage.author)
    again = talk.settings_page("news")
    assert again is not None
    assert again.revision != page.revision


def test_whether_only_moderators_can_edit_the_page_is_known_where_the_account_is_one(stage: RedditEnvironment) -> None:
    stage.news.moderators.append(stage.bot)
    stage.server.state.add_wiki_revision(stage.news, "precis", "x: 1", stage.author).permlevel = 2
    talk = mail(stage)
    for _ in range(2):
        page = talk.settings_page("news")
        assert page is not None
        assert page.moderators_only
    assert len(stage.server.calls("GET /wiki/settings")) == 1


def test_a_page_that_cannot_be_read_is_not_taken_for_none(stage: RedditEnvironment) -> None:
    stage.server.state.add_wiki_revision(stage.news, "precis", "x: 1", stage.author)
    stage.news.wiki_disabled = True
    with pytest.raises(Unreachable):
        mail(stage).settings_page("news")
    stage.answer("GET /r/worldnews/wiki/precis", 500, {})
    with pytest.raises(Unreachable):
        mail(stage).settings_page("worldnews")


@pytest.mark.parametrize(
    "changes",
    [{"revision_by": {"data": True}}, {"revision_by": "x"}, {"content_md": 7}]
    + [{"revision_date": when} for when in (1 << 63, -1, "soon", float("nan"), float("inf"))],
)
def test_a_page_of_another_form_is_not_taken_for_none(stage: RedditEnvironment, changes: dict[str, Any]) -> None:
    page = {"content_md": "x: 1", "revision_id": "r", "revision_date": 1.0, "revision_by": None}
    stage.answer("GET /r/news/wiki/precis", 200, {"kind": "wikipage", "data": page | changes})
    with pytest.raises(Unreachable):
        mail(stage).settings_page("news")
    stage.answer("GET /r/news/wiki/precis", 200, {"kind": "wikipage", "data": page})
    found = mail(stage).settings_page("news")
    assert found is not None
    assert (found.text, found.editor) == ("x: 1", None)


def test_a_first_page_is_written_once_and_for_moderators_only(stage: RedditEnvironment) -> None:
    stage.news.moderators.append(stage.bot)
    talk = mail(stage)
    talk.create_settings_page("news", "# sentences: 4")
    page = talk.settings_page("news")
    assert page is not None
    assert (page.text, page.editor, page.moderators_only) == ("# sentences: 4", "precis", True)
    with pytest.raises(Refused):
        talk.create_settings_page("news", "something else")
    assert len(stage.server.state.wiki["news", "precis"].revisions) == 1


def test_an_invitation_is_accepted_once(stage: RedditEnvironment) -> None:
    stage.news.invited_moderators.append(stage.bot)
    talk = mail(stage)
    talk.accept_invitation("news")
    assert stage.bot in stage.news.moderators
    with pytest.raises(Refused):
        talk.accept_invitation("news")
