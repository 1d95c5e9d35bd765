"""Who may change settings and delete replies.

The platform is asked for the moderators each time, so a former moderator is refused at once. Each
function raises `PlatformError` if the platform cannot be asked.
"""

from __future__ import annotations

from bot.core.messages import Answer
from bot.i18n.translations import Translator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    command_word,
    community_link,
    private_answer,
)
from bot.inbox.commands.parser import Verb
from bot.store import SentReply


def is_moderator(request: CommandRequest, community: str) -> bool:
    """Whether the author of the message moderates a community now."""
    return request.message.author.lower() in request.identity.messaging.moderators(community)


def refuse_non_moderator(request: CommandRequest, community: str, translate: Translator) -> Answer | None:
    """The refusal for an author who does not moderate the community; None for a moderator."""
    if is_moderator(request, community):
        return None
    name = community_link(community)
    show = f"{command_word(Verb.SHOW, translate)} {name}"
    preview = f"{command_word(Verb.TRY, translate)} https://… {name}"
    refusal = translate("not-moderator", community=name)
    return private_answer(translate, f"{refusal} {translate('anyone-can', show=show, preview=preview)}")


def refuse_settings_change(
    request: CommandRequest, community: str, context: CommandContext, translate: Translator
) -> Answer | None:
    """The refusal for a non-moderator, or where the operator does not let moderators change settings."""
    refusal = refuse_non_moderator(request, community, translate)
    if refusal is not None:
        return refusal
    if not context.rule_resolver.bounds.applies_to(community):
        text = translate("moderators-not-allowed", community=community_link(community))
        return private_answer(translate, text)
    return None


def deletion_role(request: CommandRequest, reply: SentReply, context: CommandContext) -> str | None:
    """The role that lets the author delete a reply: "poster" of the link or "moderator"; None for neither."""
    author = request.message.author.lower()
    poster = reply.post.author.lower() if reply.post is not None else None
    if author == poster and context.rule_resolver.effective_rules(reply.community).rules.poster_may_delete:
        return "poster"
    return "moderator" if is_moderator(request, reply.community) else None
