"""One change of a community's settings, or of whether the bot replies there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct


class SettingsChangeKind(StrEnum):
    SETTINGS = "settings"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"


class SettingsSource(StrEnum):
    """Where the change was written."""

    MESSAGE = "message"
    WIKI = "wiki"
    SIDEBAR = "sidebar"
    WEB_PAGE = "web page"
    COMMAND_LINE = "command line"

    @property
    def is_operator(self) -> bool:
        """Whether the operator made the change; else a moderator."""
        return self in (SettingsSource.WEB_PAGE, SettingsSource.COMMAND_LINE)

    @property
    def is_page(self) -> bool:
        """Whether the change is a page whose next version replaces all settings."""
        return self in (SettingsSource.WIKI, SettingsSource.SIDEBAR)


class SettingsChange(Struct, frozen=True):
    """One change: who made it, where and when."""

    community: str
    kind: SettingsChangeKind
    source: SettingsSource
    author: str | None
    """None for a page, and for the operator."""
    changed_at: datetime
    source_id: str
    """The message or the page revision that contained it. Each one counts once."""
    text: str = ""
    settings: Mapping[str, Any] | None = None
    """The settings in the text, as JSON values."""


def make_change(*, kind: str, source: str, **values: Any) -> SettingsChange:
    """The change of a row of `settings_changes`."""
    return SettingsChange(kind=SettingsChangeKind(kind), source=SettingsSource(source), **values)
