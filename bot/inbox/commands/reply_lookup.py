"""Finds the bot's reply that a message is about."""

from __future__ import annotations

from bot.core.post_addresses import parse_post_address
from bot.inbox.commands.context import CommandContext, CommandRequest
from bot.store import SentReply


def find_reply(request: CommandRequest, context: CommandContext) -> SentReply | None:
    """The reply that the command links to, else the reply that was answered, else the one under the post.

    Raises `PlatformError` if the platform must be asked and cannot be.
    """
    message, replies = request.message, context.sent_replies
    linked = _find_linked(request, context)
    answered = replies.find(message.account, comment=message.parent_id) if message.parent_id else None
    under_post = replies.find(message.account, post=message.post_id) if message.post_id else None
    return linked or answered or under_post


def _find_linked(request: CommandRequest, context: CommandContext) -> SentReply | None:
    """The platform is asked about an address that the database does not know, such as a share link."""
    account, link = request.message.account, request.command.link
    if not link:
        return None
    found = context.sent_replies.find_at(account, link)
    if found is not None or parse_post_address(link) is None:
        return found
    resolved = context.resolve_address(account, link)
    return None if resolved is None else context.sent_replies.find_at(account, resolved)
