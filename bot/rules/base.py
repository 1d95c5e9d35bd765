"""The base class of all groups of settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsGroup(BaseModel):
    """Settings on one subject. Frozen; an unknown name is an error."""

    # Built when it is used: nothing uses a single group, and the whole is part of the settings file.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
