"""The base class of all tables of config.toml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One table of config.toml."""

    # Built when it is used: the validator of a table is part of that of the whole file, which is built once.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
