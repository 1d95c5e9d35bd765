"""What moderators want changed, and what everybody may know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.core.messages import Answer
from bot.i18n.translations import Wording
from bot.inbox.commands.context import Office, Request, answer, moderates, named, words_of
from bot.render import clean
from bot.rules import CommunityRules
from bot.rules.layers import Held
from bot.rules.setting_errors import Mistaken
from bot.rules.validation import as_yaml, parse
from bot.store import Order, OrderKind, Place

LONGEST_VALUE = 200
"""Characters of one value in a list of all."""
_STANDING = {OrderKind.PAUSE: "paused", OrderKind.RESUME: "resumed", OrderKind.LEAVE: "left"}


def change(request: Request, office: Office) -> Answer:
    """ "settings COMMUNITY" and lines below, from a moderator; without lines it is "show"."""
    community = request.community
    say = words_of(request, office)
    if community is None or not request.command.body:
        return show(request, office)
    refused = _refused(request, community, office, say)
    if refused is not None:
        return refused
    order = Order(
        community,
        OrderKind.SETTINGS,
        Place.MESSAGE,
        request.message.author,
        request.message.sent,
        request.source,
        request.command.body.strip("\n"),
    )
    return answer(say, *taken(order, request.command.body, office, say), private=True)


def taken(order: Order, text: str, office: Office, say: Wording) -> tuple[str, ...]:
    """Take in the settings of a text, or nothing of it; the paragraphs that say which.

    The lines of `text` are numbered as those of what its author sees.
    """
    community = named(order.community)
    try:
        settings = parse(text, office.book.bounds.limits)
    except Mistaken as mistaken:
        said = "\n".join(f"- {problem.said(say)}" for problem in mistaken.problems)
        return say("settings-refused", count=len(mistaken.problems), community=community), said
    before = office.book.orders.settings(order.community)
    new = office.book.orders.add(replace(order, settings=settings))
    holds = office.book.orders.settings(order.community) or order
    if holds.source != order.source:  # something newer was taken in first
        return *_whence(holds, order, say), *listing(order.community, office, say)
    same = new and before is not None and before.settings == settings
    said = say("settings-same" if same else "settings-changed", community=community)
    return said, *_whence(holds, before, say), *listing(order.community, office, say)


def show(request: Request, office: Office) -> Answer:
    """What holds in a community and where each value comes from, for anyone."""
    community = request.community
    say = words_of(request, office)
    if community is None:
        return answer(say, say("which-community", example=_example("show", request)), private=True)
    last = office.book.orders.settings(community)
    theirs = _whence(last, None, say) if last is not None else ()
    return answer(say, *listing(community, office, say), *theirs, private=True)


def listing(community: str, office: Office, say: Wording) -> tuple[str, ...]:
    """Every setting with its value and where that comes from, as paragraphs."""
    lines = "\n".join(_lines(office.book.held(community), say))
    return say("settings-hold", community=named(community)), lines


def _lines(held: Held, say: Wording) -> Iterator[str]:
    for name in CommunityRules.model_fields:
        value = clean(as_yaml(getattr(held.rules, name))).replace("`", "'")
        shown = value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"
        yield f"- `{name}: {shown}` · {say(f'origin-{held.origins[name].value}')}"


def _whence(order: Order, before: Order | None, say: Wording) -> tuple[str, ...]:
    """Where the moderators' settings come from, and what they are newer than."""
    said = say("settings-from", place=say(f"place-{order.place.value}"), date=_date(order.at))
    if before is None or before.place is order.place:
        return (said,)
    return (f"{said} {say('settings-newer', other=say(f'place-{before.place.value}'))}",)


def _date(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def stand(request: Request, office: Office, kind: OrderKind) -> Answer:
    """ "pause", "resume" and "leave", from a moderator of that place; at once."""
    community = request.community
    say = words_of(request, office)
    if community is None:
        example = _example(request.command.verb.value, request)
        return answer(say, say("which-community", example=example), private=True)
    if not moderates(request, community):
        return answer(say, say("not-moderator", community=named(community)), private=True)
    message = request.message
    order = Order(community, kind, Place.MESSAGE, message.author, message.sent, request.source)
    office.book.orders.add(order)
    return answer(say, say(_STANDING[kind], community=named(community)), private=True)


def _refused(request: Request, community: str, office: Office, say: Wording) -> Answer | None:
    """Why somebody may not set anything."""
    if not moderates(request, community):
        return answer(say, say("not-moderator", community=named(community)), private=True)
    if not office.book.bounds.open_to(community):
        return answer(say, say("not-open", community=named(community)), private=True)
    return None


def _example(verb: str, request: Request) -> str:
    home = request.persona.host
    return f"{verb} !news@{home}" if home else f"{verb} r/news"
