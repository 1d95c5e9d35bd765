"""What a change of settings changed, in as few lines as a phone shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.core.models import Dialect
from bot.i18n.translations import Translator
from bot.inbox.commands.context import CommandContext, command_word, community_link
from bot.inbox.commands.parser import Verb
from bot.render import clean
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules
from bot.rules.setting_kinds import is_list
from bot.rules.validation import to_yaml
from bot.store import SettingsChange

_REDDIT_ONLY = ("distinguished", "sticky")
_FLAIRS = ("allow_flairs", "block_flairs")
MAX_VALUE_LENGTH = 60
"""Characters of one value in an answer."""
MAX_SHOWN = 3
"""Settings that are named although nothing changed."""
MAX_CHANGES = 12
"""Changed settings in one answer."""


def describe_change(
    latest: SettingsChange,
    before: SettingsChange | None,
    account: str,
    context: CommandContext,
    translate: Translator,
    *,
    named: tuple[str, ...],
    replaces: bool,
) -> Iterator[str]:
    """The paragraphs of the answer: old and new values, what went back, and what did not change.

    `named` are the settings in the text; `replaces` tells that it replaced all earlier ones. Raises
    `PlatformError` if the platform must be asked and cannot be.
    """
    resolver = context.rule_resolver
    community = community_link(latest.community)
    old = resolver.rules_with(latest.community, (before.settings if before else None) or {})
    new = resolver.rules_with(latest.community, latest.settings or {})
    written = latest.settings or {}
    differing = [name for name in CommunityRules.model_fields if _value(old, name) != _value(new, name)]
    changed = [name for name in differing if name in written]
    back = [name for name in differing if name not in written]
    if not differing:
        values = ", ".join(f"`{name}: {shown_value(_value(new, name))}`" for name in named[:MAX_SHOWN])
        text = translate("settings-unchanged", community=community)
        yield f"{text} {values}".strip()
    if changed:
        yield from _paragraphs(
            translate("settings-changed", community=community),
            [_step(name, old, new) for name in changed],
            translate,
        )
    if back:
        steps = [_step(name, old, new) + _set_by(before, name, context, translate) for name in back]
        yield from _paragraphs(translate("settings-back", community=community), steps, translate)
    tail: list[str] = []
    if before is not None and before.source is not latest.source:
        other = _source_text(before, translate)
        if replaces:
            tail.append(translate("settings-replaced", other=other))
        elif before.source.is_page:
            tail.append(translate("settings-until-page", other=other))
    if differing:
        show = f"{command_word(Verb.SHOW, translate)} {community}"
        tail.append(translate("settings-rest", show=show))
    tail += warnings(latest.community, account, named, context, translate)
    if tail:
        yield " ".join(tail)


def warnings(
    community: str, account: str, names: Iterable[str], context: CommandContext, translate: Translator
) -> Iterator[str]:
    """What keeps some settings from having an effect, in one sentence each."""
    rules = context.rule_resolver.effective_rules(community).rules
    dialect = context.identity_of(account).dialect
    for name in names:
        if not getattr(rules, name):
            continue
        if name == "nsfw" and context.hides_nsfw(account):
            yield translate("nsfw-hidden")
        elif name in _REDDIT_ONLY and dialect is not Dialect.REDDIT:
            yield translate("reddit-only", key=name)
        elif name in _FLAIRS and dialect is Dialect.LEMMY:
            yield translate("no-flairs", key=name)
    if not context.is_watched(account, community):
        yield translate("not-watched", community=community_link(community))


def describe_source(
    latest: SettingsChange, replaced: SettingsChange | None, translate: Translator
) -> tuple[str, ...]:
    """Where and when the moderators' settings were written, and which older source they replace."""
    date = f"{latest.changed_at:%Y-%m-%d %H:%M}"
    if latest.source.is_operator:
        text = translate("settings-from-operator", date=date)
    else:
        text = translate("settings-from", source=_source_text(latest, translate), date=date)
    if replaced is None or replaced.source is latest.source:
        return (text,)
    other = _source_text(replaced, translate)
    return (f"{text} {translate('settings-replaced', other=other)}",)


def _source_text(change: SettingsChange, translate: Translator) -> str:
    return translate("origin-operator" if change.source.is_operator else f"source-{change.source.value}")


def shown_value(value: object, length: int = MAX_VALUE_LENGTH) -> str:
    """A value to put between backticks."""
    text = clean(to_yaml(value)).replace("`", "'")
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _paragraphs(lead: str, steps: list[str], translate: Translator) -> Iterator[str]:
    if len(steps) == 1:
        yield f"{lead} {steps[0]}"
        return
    yield lead
    more = [translate("settings-more", count=len(steps) - MAX_CHANGES)] if len(steps) > MAX_CHANGES else []
    yield "\n".join(f"- {step}" for step in (*steps[:MAX_CHANGES], *more))


def _step(name: str, old: EffectiveRules, new: EffectiveRules) -> str:
    before, after = _value(old, name), _value(new, name)
    if is_list(name) and before and after:
        added, removed = (
            [each for each in after if each not in before],
            [each for each in before if each not in after],
        )
        parts = [f"{sign}{shown_value(items)}" for sign, items in (("+ ", added), ("− ", removed)) if items]
        return f"`{name}`: " + ", ".join(f"`{part}`" for part in parts)
    return f"`{name}: {shown_value(before)}` → `{shown_value(after)}`"


def _value(effective: EffectiveRules, name: str) -> Any:
    return getattr(effective.rules, name)


def _set_by(before: SettingsChange | None, name: str, context: CommandContext, translate: Translator) -> str:
    """Who had set a setting that went back, and when."""
    if before is None:
        return ""
    found = context.rule_resolver.settings_log.author_of(before, name)
    if found is None or not found.author:
        return ""
    author = clean(found.author).replace("`", "'")
    return f" ({translate('set-by', author=f'`{author}`', date=f'{found.changed_at:%Y-%m-%d}')})"


def settings_that_differ(effective: EffectiveRules) -> Mapping[str, Any]:
    """The settings whose value is not the default, in the order of the docs."""
    fields = CommunityRules.model_fields
    return {
        name: _value(effective, name) for name in fields if _value(effective, name) != fields[name].default
    }
