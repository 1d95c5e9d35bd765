"""`precis pause`, `resume` and `unmute`: stop and start replies in a community, or of an account."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from bot.cli.choices import suggestion
from bot.cli.communities import known_communities, normalized_name
from bot.config import Config, load
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.store import (
    COMMAND_LINE,
    CommunitySettingsLog,
    Database,
    MutedCommunities,
    SettingsChangeKind,
)
from bot.store.manual_actions import unmute
from bot.store.pauses import pause_account, pause_community, resume_account, resume_community

_ACCOUNT = "account:"
"""Before the name of an account that is also the name of a community."""


class _Target(Struct, frozen=True):
    name: str
    is_account: bool

    @property
    def subject(self) -> str:
        return f"the account {self.name}" if self.is_account else self.name


def pause(name: str, config: Path, clock: Callable[[], datetime] = utc_now) -> None:
    """Raises `UserError` if the name is not that of a community or an account."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        target = _find_target(name, settings, database)
        change = pause_account if target.is_account else pause_community
        changed = change(database, target.name, COMMAND_LINE, clock())
        status = CommunitySettingsLog(database).status(target.name)
    if changed:
        print(f"Paused {target.subject}. Posts that are found from now on get no reply.")
        print(f"To end the pause: precis resume {name}")
    elif status is SettingsChangeKind.LEAVE and not target.is_account:
        print(f"Precis has left {target.subject}, so it does not reply there.")
    else:
        print(f"{_capitalized(target.subject)} is paused already.")


def resume(name: str, config: Path, clock: Callable[[], datetime] = utc_now) -> None:
    """Raises `UserError` if the name is not that of a community or an account."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        target = _find_target(name, settings, database)
        change = resume_account if target.is_account else resume_community
        changed = change(database, target.name, COMMAND_LINE, clock())
        muted = {each.community for each in MutedCommunities(database).list_all()}
    if changed:
        print(f"Resumed {target.subject}. New posts get replies again.")
    else:
        print(f"{_capitalized(target.subject)} is not paused.")
    if not target.is_account and target.name in muted:
        print(f"Replies there are off for another reason (see precis status): precis unmute {target.name}")


def unmute_community(community: str, config: Path) -> None:
    """Turn replies on again in a community that had banned the bot."""
    with closing(Database(load(config, os.environ).bot.database, None)) as database:
        lifted = unmute(database, normalized_name(community), utc_now())
        muted = [each.community for each in MutedCommunities(database).list_all()]
    if not lifted:
        raise UserError(
            f"Replies are not off in {community}.",
            suggestion(community, muted) or "precis status lists the communities where they are.",
        )
    print(f"Replies are on again in {community}.")


def _find_target(name: str, settings: Config, database: Database) -> _Target:
    accounts = {account for _, account, _ in settings.accounts()}
    if name.startswith(_ACCOUNT) and name.removeprefix(_ACCOUNT) in accounts:
        return _Target(name.removeprefix(_ACCOUNT), is_account=True)
    community, known = normalized_name(name), known_communities(settings, database)
    is_account = name in accounts  # `r/NAME` and `!NAME@SERVER` are never accounts
    if is_account and community in known:
        raise UserError(
            f"{name} is the name of an account and of a community.",
            f"Write {_ACCOUNT}{name} for the account, or r/{name} for the community.",
        )
    if is_account:
        return _Target(name, is_account=True)
    if community in known or _may_come(community, settings):
        return _Target(community, is_account=False)
    candidates = sorted(known | accounts)
    raise UserError(
        f"{name} is not a community or an account that Precis knows.",
        suggestion(community, candidates) or f"Precis knows: {', '.join(candidates)}.",
    )


def _may_come(community: str, settings: Config) -> bool:
    """Whether posts of an unknown community may come, because an account has `everything = true`."""
    return "@" in community and any(source.community is None for source in settings.sources())


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:] if text.startswith("the ") else text
