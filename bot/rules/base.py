"""The base class of all groups of settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsGroup(BaseModel):
    """Settings on one subject. Frozen; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
