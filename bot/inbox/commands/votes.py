"""`good bot` and `bad bot`: votes that are counted and never answered."""

from __future__ import annotations

from bot.inbox.commands.context import CommandContext, CommandRequest
from bot.inbox.commands.reply_lookup import find_reply
from bot.pipeline.site_matching import domain
from bot.store import Vote


def good_bot(request: CommandRequest, context: CommandContext) -> None:
    _count_vote(request, context, is_good=True)


def bad_bot(request: CommandRequest, context: CommandContext) -> None:
    _count_vote(request, context, is_good=False)


def _count_vote(request: CommandRequest, context: CommandContext, *, is_good: bool) -> None:
    message = request.message
    reply = find_reply(request, context)
    community = reply.community if reply else message.community
    if community is None:
        return
    site = domain(reply.post.url) if reply and reply.post else ""
    context.feedback.add_vote(Vote(message.account, message.id, community, site, is_good, message.sent))
