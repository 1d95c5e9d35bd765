"""Reddit's side of beginning: an invitation to become a moderator, and the first wiki page."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.errors import Refused
from bot.core.messages import Answer, Message
from bot.inbox.commands.context import (
    BotIdentity,
    CommandContext,
    CommandRequest,
    community_link,
    is_moderator,
    make_answer,
    request_translator,
    translator_for,
)
from bot.rules import SETTINGS_GROUPS
from bot.rules.layers import EffectiveRules
from bot.rules.validation import to_yaml


def accept(message: Message, office: CommandContext) -> Answer | None:
    """Accept an invitation where the operator allows it, and say how to begin."""
    community = message.community
    if community is None or not office.may_accept_invitation(community):
        return None
    persona = office.identity_of(message.account)
    try:
        persona.messaging.accept_invitation(community)
    except Refused:
        if not _is_in(persona, community):  # withdrawn; else it was accepted a moment ago
            return None
    say = translator_for(community, office, None)
    return make_answer(say, say("welcome", community=community_link(community)), private=True)


def _is_in(persona: BotIdentity, community: str) -> bool:
    return bool(persona.names & persona.messaging.moderators(community))


def start_settings_page(request: CommandRequest, office: CommandContext) -> Answer:
    """ "start": write the wiki page with every setting in it, once, when a moderator asks."""
    community = request.community
    say = request_translator(request, office)
    if community is None:
        return make_answer(say, say("which-community", example="start r/news"), private=True)
    if not is_moderator(request, community):
        return make_answer(say, say("not-moderator", community=community_link(community)), private=True)
    text = settings_page_template(office.rule_resolver.effective_rules(community))
    correspondence = request.identity.messaging
    try:
        correspondence.create_settings_page(community, text)
    except Refused:
        page = correspondence.settings_page(community)
        if page is None:
            return make_answer(say, say("no-page", community=community_link(community)), private=True)
        if page.text.strip() != text.strip():  # else it was written a moment ago
            return make_answer(say, say("page-there", community=community_link(community)), private=True)
    return make_answer(say, say("page-written", community=community_link(community)), private=True)


def settings_page_template(held: EffectiveRules) -> str:
    """Every setting with its help and the value that holds, all switched off by a #."""
    return "\n".join(_lines(held)) + "\n"


def _lines(held: EffectiveRules) -> Iterator[str]:
    yield "# The settings of Precis for this community. Take the # away from a line to change it."
    for group in SETTINGS_GROUPS:
        yield f"\n# --- {(group.__doc__ or '').splitlines()[0]}"
        for name, field in group.model_fields.items():
            yield f"\n# {field.description}"
            yield f"#{name}: {to_yaml(getattr(held.rules, name))}"
