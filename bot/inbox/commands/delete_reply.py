"""`delete`: the poster of the link or a moderator deletes a reply."""

from __future__ import annotations

from bot.core.messages import Answer, MessageKind
from bot.core.post_addresses import parse_post_address
from bot.i18n.translations import Translator
from bot.inbox.commands.authorisation import deletion_role
from bot.inbox.commands.context import CommandContext, CommandRequest, private_answer, translator_for
from bot.inbox.commands.reply_lookup import find_reply
from bot.store import SentReply, State

_KNOWN_ON_PLATFORM = (State.SENDING, State.SENT, State.DELETED)
_COMMENTS = (MessageKind.REPLY, MessageKind.MENTION)


def delete_reply(request: CommandRequest, context: CommandContext) -> Answer | None:
    """A comment gets no answer if it succeeds: the reply disappears."""
    reply = find_reply(request, context)
    if reply is None or reply.state not in _KNOWN_ON_PLATFORM:
        reply = _adopt_reply(request, reply, context) or reply
    community = reply.community if reply else request.community
    translate = translator_for(community, context, request.command.language)
    if reply is None:
        return _explain_not_found(request, translate)
    role = deletion_role(request, reply, context)
    if role is None:
        return private_answer(translate, translate("not-allowed-to-delete"))
    context.sent_replies.withdraw(reply.row, context.clock(), f"The {role} asked for it.")
    return None if request.message.via in _COMMENTS else private_answer(translate, translate("deleted"))


def _explain_not_found(request: CommandRequest, translate: Translator) -> Answer:
    address = parse_post_address(request.command.link or "")
    key = "share-link" if address is not None and address.is_share_link else "reply-not-found"
    return private_answer(translate, translate(key, example=request.example_post))


def _adopt_reply(
    request: CommandRequest, reply: SentReply | None, context: CommandContext
) -> SentReply | None:
    """The reply on the platform. A new database does not know what an earlier one has sent."""
    if reply is not None:
        return None if reply.parent_id else context.adopt_reply(reply.account, reply.post_id)
    message = request.message
    return context.adopt_reply(message.account, message.post_id) if message.post_id else None
