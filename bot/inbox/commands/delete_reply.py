"""`delete`: the poster of the link or a moderator deletes a reply."""

from __future__ import annotations

from bot.core.deletion_causes import DeletionCause
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
    known = find_reply(request, context)
    reply = _find_on_platform(request, known, context) or known
    community = reply.community if reply else request.community
    translate = translator_for(community, context, request.command.languages)
    if reply is None:
        return _explain_not_found(request, translate)
    role = deletion_role(request, reply, context)
    if role is None:
        return private_answer(translate, translate("not-allowed-to-delete"))
    context.sent_replies.withdraw(reply.row, context.clock(), DeletionCause(role).sentence)
    return None if request.message.via in _COMMENTS else private_answer(translate, translate("deleted"))


def _explain_not_found(request: CommandRequest, translate: Translator) -> Answer:
    address = parse_post_address(request.command.link or "")
    key = "share-link" if address is not None and address.is_share_link else "reply-not-found"
    return private_answer(translate, translate(key, example=request.example_post))


def _find_on_platform(
    request: CommandRequest, known: SentReply | None, context: CommandContext
) -> SentReply | None:
    """The reply on the platform. A new database does not know what an earlier one has sent.

    `known` is from the database. The message may answer another reply of the bot under the same post.
    """
    message, link = request.message, request.command.link
    is_sent = known is not None and known.state in _KNOWN_ON_PLATFORM
    if link:
        return None if is_sent else context.adopt_at(message.account, link)
    if message.parent_id and (known is None or known.comment_id != message.parent_id):
        answered = context.adopt_comment(message.account, message.parent_id)
        if answered is not None:
            return answered
    if is_sent:
        return None
    post_id = message.post_id if known is None else known.post_id
    return context.adopt_reply(message.account, post_id) if post_id else None
