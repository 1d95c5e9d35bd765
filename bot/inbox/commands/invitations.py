"""Reddit's side of beginning: an invitation to become a moderator, and the first wiki page."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.errors import Refused
from bot.core.messages import Answer, Message
from bot.inbox.commands.context import Office, Persona, Request, answer, moderates, named, words_for, words_of
from bot.rules import GROUPS
from bot.rules.layers import Held
from bot.rules.validation import as_yaml


def accept(message: Message, office: Office) -> Answer | None:
    """Accept an invitation where the operator allows it, and say how to begin."""
    community = message.community
    if community is None or not office.invited(community):
        return None
    persona = office.persona(message.account)
    try:
        persona.correspondence.accept_invitation(community)
    except Refused:
        if not _is_in(persona, community):  # withdrawn; else it was accepted a moment ago
            return None
    say = words_for(community, office, None)
    return answer(say, say("welcome", community=named(community)), private=True)


def _is_in(persona: Persona, community: str) -> bool:
    return bool(persona.names & persona.correspondence.moderators(community))


def begin(request: Request, office: Office) -> Answer:
    """ "start": write the wiki page with every setting in it, once, when a moderator asks."""
    community = request.community
    say = words_of(request, office)
    if community is None:
        return answer(say, say("which-community", example="start r/news"), private=True)
    if not moderates(request, community):
        return answer(say, say("not-moderator", community=named(community)), private=True)
    text = first_page(office.book.held(community))
    correspondence = request.persona.correspondence
    try:
        correspondence.begin_rules_page(community, text)
    except Refused:
        page = correspondence.rules_page(community)
        if page is None:
            return answer(say, say("no-page", community=named(community)), private=True)
        if page.text.strip() != text.strip():  # else it was written a moment ago
            return answer(say, say("page-there", community=named(community)), private=True)
    return answer(say, say("page-written", community=named(community)), private=True)


def first_page(held: Held) -> str:
    """Every setting with its help and the value that holds, all switched off by a #."""
    return "\n".join(_lines(held)) + "\n"


def _lines(held: Held) -> Iterator[str]:
    yield "# The settings of Precis for this community. Take the # away from a line to change it."
    for group in GROUPS:
        yield f"\n# --- {(group.__doc__ or '').splitlines()[0]}"
        for name, field in group.model_fields.items():
            yield f"\n# {field.description}"
            yield f"#{name}: {as_yaml(getattr(held.rules, name))}"
