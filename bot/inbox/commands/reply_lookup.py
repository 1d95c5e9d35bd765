"""Finds the bot's reply that a message is about."""

from __future__ import annotations

from bot.inbox.commands.context import CommandContext, CommandRequest
from bot.store import SentReply


def find_reply(request: CommandRequest, context: CommandContext) -> SentReply | None:
    """The reply that the command links to, else the reply that was answered, else the one under the post."""
    message, link, replies = request.message, request.command.link, context.sent_replies
    linked = replies.find_at(message.account, link) if link else None
    answered = replies.find(message.account, comment=message.parent_id) if message.parent_id else None
    under_post = replies.find(message.account, post=message.post_id) if message.post_id else None
    return linked or answered or under_post
