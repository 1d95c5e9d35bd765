"""The inbox, private messages and modmail, as Reddit answers the calls about them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.reddit import message_views, views
from bot.sandbox.reddit.calls import ApiError, RequestContext, check_text, page_of
from bot.sandbox.reddit.server_state import Conversation, PrivateMessage, Redditor


def get_unread(visit: RequestContext) -> Any:
    unread = [notice for notice in visit.state.notifications(visit.viewer) if not notice.read]
    if visit.request.query.get("mark") != "false":
        for notice in unread:
            notice.read = True
    return page_of(visit, [message_views.inbox_item(notice) for notice in unread])


def get_sent(visit: RequestContext) -> Any:
    own = [letter for letter in visit.state.private_messages() if letter.author is visit.viewer]
    return page_of(visit, [message_views.private_message(each, unread=False) for each in own])


def post_read(visit: RequestContext) -> Any:
    names = visit.form("id").split(",")
    for notice in visit.state.notifications(visit.viewer):
        if message_views.name_of(notice.item) in names:
            notice.read = True
    return {}


def post_compose(visit: RequestContext) -> Any:
    to, subject, text = visit.form("to"), visit.form("subject"), visit.form("text")
    if not subject:
        raise ApiError(errors=(("NO_SUBJECT", "please enter a subject", "subject"),))
    check_text(text)
    world = visit.state
    if to.startswith(("#", "/r/")):
        place = world.subreddits.get(to.removeprefix("#").removeprefix("/r/").lower())
        if place is None:
            raise ApiError(errors=(("SUBREDDIT_NOEXIST", "that subreddit doesn't exist", "to"),))
        world.add_private_message(visit.viewer, subject, text, to_place=place, shown_from=visit.shown_from)
        return views.errors()
    person = world.redditors.get(to.lower())
    if person is None or person.deleted:
        raise ApiError(errors=(("USER_DOESNT_EXIST", "that user doesn't exist", "to"),))
    if visit.viewer in person.blocked:
        raise ApiError(errors=(("NOT_WHITELISTED_BY_USER_MESSAGE", "you cannot message that user", "to"),))
    world.add_private_message(visit.viewer, subject, text, to=person, shown_from=visit.shown_from)
    return views.errors()


def answer_private_message(visit: RequestContext, letter: PrivateMessage) -> Any:
    """By `/api/comment/`: to whoever wrote it, or to the moderators in whose name it came."""
    check_text(visit.form("text"))
    subject = letter.subject if letter.subject.startswith("re: ") else f"re: {letter.subject}"
    to = {"to_place": letter.from_place} if letter.from_place else {"to": letter.author}
    made = visit.state.add_private_message(
        visit.viewer, subject, visit.form("text"), parent=letter, shown_from=visit.shown_from, **to
    )
    return views.things(message_views.private_message(made, unread=False))


def get_conversations(visit: RequestContext) -> Any:
    wanted = visit.request.query.get("entity", "").lower().split(",")
    mine = [talk for talk in visit.state.conversations.values() if visit.viewer in talk.subreddit.moderators]
    shown = [talk for talk in mine if talk.subreddit.name.lower() in wanted]
    return {
        "conversations": {talk.id: message_views.conversation(talk, visit.viewer) for talk in shown},
        "messages": {
            talk.messages[-1].id: message_views.modmail_message(talk.messages[-1], talk) for talk in shown
        },
        "conversationIds": [talk.id for talk in shown],
        "viewerId": f"t2_{visit.viewer.id}",
    }


def get_conversation(visit: RequestContext) -> Any:
    return _whole(_conversation(visit), visit.viewer)


def post_in_conversation(visit: RequestContext) -> Any:
    talk = _conversation(visit)
    check_text(visit.form("body"))
    letter = visit.state.add_modmail_message(talk, visit.viewer, visit.form("body"))
    letter.shown_from = visit.shown_from
    return _whole(talk, visit.viewer)


def post_conversations_read(visit: RequestContext) -> Any:
    for number in visit.form("conversationIds").split(","):
        talk = visit.state.conversations.get(number)
        if talk is not None:
            talk.read_counts[visit.viewer.id] = len(talk.messages)
    return {}


def _conversation(visit: RequestContext) -> Conversation:
    talk = visit.state.conversations.get(visit.parts[0])
    if talk is None:
        raise ApiError(404)
    if visit.viewer not in talk.subreddit.moderators:
        raise ApiError(403)
    return talk


def _whole(talk: Conversation, viewer: Redditor) -> Any:
    return {
        "conversation": message_views.conversation(talk, viewer),
        "messages": {letter.id: message_views.modmail_message(letter, talk) for letter in talk.messages},
        "modActions": {},
    }
