"""What all groups of settings share."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class SettingsGroup(BaseModel):
    """Settings that belong together; frozen, and a name that is no setting is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")
