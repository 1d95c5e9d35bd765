"""The inbox, private messages and modmail, as Reddit answers the calls about them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.reddit import message_views, views
from bot.sandbox.reddit.calls import Refusal, Visit, check_text, page_of
from bot.sandbox.reddit.server_state import Conversation, Letter, Redditor


def get_unread(visit: Visit) -> Any:
    unread = [notice for notice in visit.world.notices(visit.viewer) if not notice.read]
    if visit.request.query.get("mark") != "false":
        for notice in unread:
            notice.read = True
    return page_of(visit, [message_views.inbox_item(notice) for notice in unread])


def get_sent(visit: Visit) -> Any:
    own = [letter for letter in visit.world.letters() if letter.author is visit.viewer]
    return page_of(visit, [message_views.letter(each, unread=False) for each in own])


def post_read(visit: Visit) -> Any:
    names = visit.form("id").split(",")
    for notice in visit.world.notices(visit.viewer):
        if message_views.name_of(notice.about) in names:
            notice.read = True
    return {}


def post_compose(visit: Visit) -> Any:
    to, subject, text = visit.form("to"), visit.form("subject"), visit.form("text")
    if not subject:
        raise Refusal(errors=(("NO_SUBJECT", "please enter a subject", "subject"),))
    check_text(text)
    world = visit.world
    if to.startswith(("#", "/r/")):
        place = world.subreddits.get(to.removeprefix("#").removeprefix("/r/").lower())
        if place is None:
            raise Refusal(errors=(("SUBREDDIT_NOEXIST", "that subreddit doesn't exist", "to"),))
        world.add_letter(visit.viewer, subject, text, to_place=place, shown_from=visit.shown_from)
        return views.errors()
    person = world.redditors.get(to.lower())
    if person is None or person.deleted:
        raise Refusal(errors=(("USER_DOESNT_EXIST", "that user doesn't exist", "to"),))
    if visit.viewer in person.blocked:
        raise Refusal(errors=(("NOT_WHITELISTED_BY_USER_MESSAGE", "you cannot message that user", "to"),))
    world.add_letter(visit.viewer, subject, text, to=person, shown_from=visit.shown_from)
    return views.errors()


def answer_letter(visit: Visit, letter: Letter) -> Any:
    """By `/api/comment/`: to whoever wrote it, or to the moderators in whose name it came."""
    check_text(visit.form("text"))
    subject = letter.subject if letter.subject.startswith("re: ") else f"re: {letter.subject}"
    to = {"to_place": letter.from_place} if letter.from_place else {"to": letter.author}
    made = visit.world.add_letter(
        visit.viewer, subject, visit.form("text"), parent=letter, shown_from=visit.shown_from, **to
    )
    return views.things(message_views.letter(made, unread=False))


def get_conversations(visit: Visit) -> Any:
    wanted = visit.request.query.get("entity", "").lower().split(",")
    mine = [talk for talk in visit.world.conversations.values() if visit.viewer in talk.place.moderators]
    shown = [talk for talk in mine if talk.place.name.lower() in wanted]
    return {
        "conversations": {talk.id: message_views.conversation(talk, visit.viewer) for talk in shown},
        "messages": {
            talk.messages[-1].id: message_views.mod_message(talk.messages[-1], talk) for talk in shown
        },
        "conversationIds": [talk.id for talk in shown],
        "viewerId": f"t2_{visit.viewer.id}",
    }


def get_conversation(visit: Visit) -> Any:
    return _whole(_conversation(visit), visit.viewer)


def post_in_conversation(visit: Visit) -> Any:
    talk = _conversation(visit)
    check_text(visit.form("body"))
    letter = visit.world.say_in(talk, visit.viewer, visit.form("body"))
    letter.shown_from = visit.shown_from
    return _whole(talk, visit.viewer)


def post_conversations_read(visit: Visit) -> Any:
    for number in visit.form("conversationIds").split(","):
        talk = visit.world.conversations.get(number)
        if talk is not None:
            talk.read_to[visit.viewer.id] = len(talk.messages)
    return {}


def _conversation(visit: Visit) -> Conversation:
    talk = visit.world.conversations.get(visit.parts[0])
    if talk is None:
        raise Refusal(404)
    if visit.viewer not in talk.place.moderators:
        raise Refusal(403)
    return talk


def _whole(talk: Conversation, viewer: Redditor) -> Any:
    return {
        "conversation": message_views.conversation(talk, viewer),
        "messages": {letter.id: message_views.mod_message(letter, talk) for letter in talk.messages},
        "modActions": {},
    }
