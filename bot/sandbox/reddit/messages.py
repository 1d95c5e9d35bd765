"""API calls for the inbox, private messages and modmail, answered as Reddit answers them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.reddit import message_views, views
from bot.sandbox.reddit.request_context import ApiError, RequestContext, check_text, page_of
from bot.sandbox.reddit.server_state import Conversation, PrivateMessage, Redditor


def get_unread(context: RequestContext) -> Any:
    unread = [each for each in context.state.notifications(context.viewer) if not each.read]
    if context.request.query.get("mark") != "false":
        for notification in unread:
            notification.read = True
    return page_of(context, [message_views.inbox_item(notification) for notification in unread])


def get_sent(context: RequestContext) -> Any:
    own = [message for message in context.state.private_messages() if message.author is context.viewer]
    return page_of(context, [message_views.private_message(each, unread=False) for each in own])


def post_read_message(context: RequestContext) -> Any:
    names = context.form("id").split(",")
    for notification in context.state.notifications(context.viewer):
        if message_views.fullname_of(notification.item) in names:
            notification.read = True
    return {}


def post_compose(context: RequestContext) -> Any:
    to, subject, text = context.form("to"), context.form("subject"), context.form("text")
    if not subject:
        raise ApiError(errors=(("NO_SUBJECT", "please enter a subject", "subject"),))
    check_text(text)
    state, visible_from = context.state, context.visible_from
    if to.startswith(("#", "/r/")):
        subreddit = state.subreddits.get(to.removeprefix("#").removeprefix("/r/").lower())
        if subreddit is None:
            raise ApiError(errors=(("SUBREDDIT_NOEXIST", "that subreddit doesn't exist", "to"),))
        state.add_private_message(
            context.viewer, subject, text, to_subreddit=subreddit, visible_from=visible_from
        )
        return views.errors()
    person = state.redditors.get(to.lower())
    if person is None or person.deleted:
        raise ApiError(errors=(("USER_DOESNT_EXIST", "that user doesn't exist", "to"),))
    if context.viewer in person.blocked:
        raise ApiError(errors=(("NOT_WHITELISTED_BY_USER_MESSAGE", "you cannot message that user", "to"),))
    state.add_private_message(context.viewer, subject, text, to=person, visible_from=visible_from)
    return views.errors()


def answer_private_message(context: RequestContext, message: PrivateMessage) -> Any:
    """Called for `/api/comment/`. Answers the author, or the moderators of the subreddit that sent it."""
    check_text(context.form("text"))
    subject = message.subject if message.subject.startswith("re: ") else f"re: {message.subject}"
    to = {"to_subreddit": message.from_subreddit} if message.from_subreddit else {"to": message.author}
    answer = context.state.add_private_message(
        context.viewer, subject, context.form("text"), parent=message, visible_from=context.visible_from, **to
    )
    return views.things(message_views.private_message(answer, unread=False))


def get_conversations(context: RequestContext) -> Any:
    names, viewer = context.request.query.get("entity", "").lower().split(","), context.viewer
    shown = [
        each
        for each in context.state.conversations.values()
        if viewer in each.subreddit.moderators and each.subreddit.name.lower() in names
    ]
    newest = [(each.messages[-1], each) for each in shown]
    return {
        "conversations": {each.id: message_views.conversation(each, viewer) for each in shown},
        "messages": {message.id: message_views.modmail_message(message, each) for message, each in newest},
        "conversationIds": [each.id for each in shown],
        "viewerId": f"t2_{context.viewer.id}",
    }


def get_conversation(context: RequestContext) -> Any:
    return _conversation_response(_find_conversation(context), context.viewer)


def post_in_conversation(context: RequestContext) -> Any:
    conversation = _find_conversation(context)
    check_text(context.form("body"))
    message = context.state.add_modmail_message(conversation, context.viewer, context.form("body"))
    message.visible_from = context.visible_from
    return _conversation_response(conversation, context.viewer)


def post_conversations_read(context: RequestContext) -> Any:
    for number in context.form("conversationIds").split(","):
        conversation = context.state.conversations.get(number)
        if conversation is not None:
            conversation.read_counts[context.viewer.id] = len(conversation.messages)
    return {}


def _find_conversation(context: RequestContext) -> Conversation:
    conversation = context.state.conversations.get(context.path_parts[0])
    if conversation is None:
        raise ApiError(404)
    if context.viewer not in conversation.subreddit.moderators:
        raise ApiError(403)
    return conversation


def _conversation_response(conversation: Conversation, viewer: Redditor) -> Any:
    return {
        "conversation": message_views.conversation(conversation, viewer),
        "messages": {
            message.id: message_views.modmail_message(message, conversation)
            for message in conversation.messages
        },
        "modActions": {},
    }
