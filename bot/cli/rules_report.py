"""`precis rules`: the settings that apply in a community, and where each comes from."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from enum import Enum
from pathlib import Path

from rich.console import Console

from bot.cli.communities import known_communities, normalized_name, unknown_community
from bot.cli.status_text import STATUS_WORDS
from bot.cli.terminal import escaped, folding_table, print_json
from bot.config import load
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules
from bot.rules.validation import to_yaml
from bot.store import Database, SettingsChangeKind

_STATUS_TEXTS = {
    SettingsChangeKind.PAUSE: "Precis is paused in this community.",
    SettingsChangeKind.LEAVE: "Precis has left this community.",
}


def show_rules(community: str, config: Path, *, as_json: bool = False) -> None:
    """Raises `UserError` for a community that Precis does not know.

    If an account has `everything = true`, posts of any community may come: the settings are printed, with
    a note.
    """
    settings, name = load(config, os.environ), normalized_name(community)
    with closing(Database(settings.bot.database, None)) as database:
        known = known_communities(settings, database)
        resolver = make_rule_resolver(settings, database)
        effective, status = resolver.effective_rules(name), resolver.settings_log.status(name)
    if name not in known:
        if all(source.community for source in settings.sources()):
            raise unknown_community(community, known)
        print(f"Note: Precis has not seen a post of {name} yet.", file=sys.stderr)
    if as_json:
        print_json(
            {"community": name, "status": STATUS_WORDS.get(status, "active"), "settings": _values(effective)}
        )
        return
    table = folding_table("setting", "value", "from", title=escaped(name))
    for setting in CommunityRules.model_fields:
        value = to_yaml(getattr(effective.rules, setting))
        table.add_row(setting, escaped(value), effective.origins[setting].value)
    console = Console(highlight=False, emoji=False)
    console.print(table)
    if status in _STATUS_TEXTS:
        console.print(_STATUS_TEXTS[status])


def _values(effective: EffectiveRules) -> dict[str, object]:
    return {
        setting: {
            "value": _json_value(getattr(effective.rules, setting)),
            "from": effective.origins[setting].value,
        }
        for setting in CommunityRules.model_fields
    }


def _json_value(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, bool | int | float) else str(value)
