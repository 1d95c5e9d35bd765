"""Accepts invitations to become a moderator of a subreddit."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.messages import Answer, Message
from bot.inbox.commands.context import (
    BotIdentity,
    CommandContext,
    community_link,
    private_answer,
    translator_for,
)


def accept_invitation(message: Message, context: CommandContext) -> Answer | None:
    """Accept an invitation that the operator allows, and explain the first steps. None: not accepted."""
    community = message.community
    if community is None or not context.may_accept_invitation(community):
        return None
    identity = context.identity_of(message.account)
    try:
        identity.messaging.accept_invitation(community)
    except Refused:
        if not _is_already_moderator(identity, community):  # the invitation was withdrawn
            return None
    translate = translator_for(community, context)
    return private_answer(translate, translate("welcome", community=community_link(community)))


def _is_already_moderator(identity: BotIdentity, community: str) -> bool:
    """Whether an earlier attempt accepted the invitation."""
    return bool(identity.names & identity.messaging.moderators(community))
