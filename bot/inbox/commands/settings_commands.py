"""What moderators want changed, and what everybody may know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from bot.core.messages import Answer
from bot.i18n.translations import Translator
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    community_link,
    is_moderator,
    make_answer,
    request_translator,
)
from bot.render import clean
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules
from bot.rules.setting_errors import InvalidSettings
from bot.rules.validation import parse_settings, to_yaml
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource

LONGEST_VALUE = 200
"""Characters of one value in a list of all."""
_STANDING = {
    SettingsChangeKind.PAUSE: "paused",
    SettingsChangeKind.RESUME: "resumed",
    SettingsChangeKind.LEAVE: "left",
}


def change(request: CommandRequest, office: CommandContext) -> Answer:
    """ "settings COMMUNITY" and lines below, from a moderator; without lines it is "show"."""
    community = request.community
    say = request_translator(request, office)
    if community is None or not request.command.body:
        return show(request, office)
    refused = _refused(request, community, office, say)
    if refused is not None:
        return refused
    order = SettingsChange(
        community,
        SettingsChangeKind.SETTINGS,
        SettingsSource.MESSAGE,
        request.message.author,
        request.message.sent,
        request.source_id,
        request.command.body.strip("\n"),
    )
    return make_answer(say, *taken(order, request.command.body, office, say), private=True)


def taken(order: SettingsChange, text: str, office: CommandContext, say: Translator) -> tuple[str, ...]:
    """Take in the settings of a text, or nothing of it; the paragraphs that say which.

    The lines of `text` are numbered as those of what its author sees.
    """
    community = community_link(order.community)
    try:
        settings = parse_settings(text, office.rule_resolver.bounds.limits)
    except InvalidSettings as mistaken:
        said = "\n".join(f"- {problem.to_markdown(say)}" for problem in mistaken.problems)
        return say("settings-refused", count=len(mistaken.problems), community=community), said
    before = office.rule_resolver.settings_log.latest_settings(order.community)
    new = office.rule_resolver.settings_log.add(replace(order, settings=settings))
    holds = office.rule_resolver.settings_log.latest_settings(order.community) or order
    if holds.source != order.source:  # something newer was taken in first
        return *_whence(holds, order, say), *listing(order.community, office, say)
    same = new and before is not None and before.settings == settings
    said = say("settings-same" if same else "settings-changed", community=community)
    return said, *_whence(holds, before, say), *listing(order.community, office, say)


def show(request: CommandRequest, office: CommandContext) -> Answer:
    """What holds in a community and where each value comes from, for anyone."""
    community = request.community
    say = request_translator(request, office)
    if community is None:
        return make_answer(say, say("which-community", example=_example("show", request)), private=True)
    last = office.rule_resolver.settings_log.latest_settings(community)
    theirs = _whence(last, None, say) if last is not None else ()
    return make_answer(say, *listing(community, office, say), *theirs, private=True)


def listing(community: str, office: CommandContext, say: Translator) -> tuple[str, ...]:
    """Every setting with its value and where that comes from, as paragraphs."""
    lines = "\n".join(_lines(office.rule_resolver.effective_rules(community), say))
    return say("settings-hold", community=community_link(community)), lines


def _lines(held: EffectiveRules, say: Translator) -> Iterator[str]:
    for name in CommunityRules.model_fields:
        value = clean(to_yaml(getattr(held.rules, name))).replace("`", "'")
        shown = value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"
        yield f"- `{name}: {shown}` · {say(f'origin-{held.origins[name].value}')}"


def _whence(order: SettingsChange, before: SettingsChange | None, say: Translator) -> tuple[str, ...]:
    """Where the moderators' settings come from, and what they are newer than."""
    said = say("settings-from", place=say(f"place-{order.place.value}"), date=_date(order.at))
    if before is None or before.place is order.place:
        return (said,)
    return (f"{said} {say('settings-newer', other=say(f'place-{before.place.value}'))}",)


def _date(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def stand(request: CommandRequest, office: CommandContext, kind: SettingsChangeKind) -> Answer:
    """ "pause", "resume" and "leave", from a moderator of that place; at once."""
    community = request.community
    say = request_translator(request, office)
    if community is None:
        example = _example(request.command.verb.value, request)
        return make_answer(say, say("which-community", example=example), private=True)
    if not is_moderator(request, community):
        return make_answer(say, say("not-moderator", community=community_link(community)), private=True)
    message = request.message
    order = SettingsChange(
        community, kind, SettingsSource.MESSAGE, message.author, message.sent, request.source_id
    )
    office.rule_resolver.settings_log.add(order)
    return make_answer(say, say(_STANDING[kind], community=community_link(community)), private=True)


def _refused(
    request: CommandRequest, community: str, office: CommandContext, say: Translator
) -> Answer | None:
    """Why somebody may not set anything."""
    if not is_moderator(request, community):
        return make_answer(say, say("not-moderator", community=community_link(community)), private=True)
    if not office.rule_resolver.bounds.applies_to(community):
        return make_answer(say, say("not-open", community=community_link(community)), private=True)
    return None


def _example(verb: str, request: CommandRequest) -> str:
    home = request.identity.host
    return f"{verb} !news@{home}" if home else f"{verb} r/news"
