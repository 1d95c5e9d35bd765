"""Imports the daemon's libraries without what these load and the daemon does not use. Import it first.

- asyncio: SQLAlchemy, APScheduler, tenacity and filelock offer a second interface for it, as do httpcore2 and
  anyio, its library for that.
- Entry points: APScheduler reads the metadata of all installed packages to find plugins.
"""

# ruff: noqa: F401 (these imports are for their effect)
from __future__ import annotations

import inspect

import bot.operations.log  # loads structlog, which stamina uses
import bot.operations.pydantic_import
from bot.core.empty_modules import deferred_module, empty_module, no_entry_points, unavailable_module

with deferred_module("asyncio", "iscoroutine"):
    import filelock
    import sqlalchemy.dialects.sqlite
    import stamina
with empty_module("asyncio", iscoroutinefunction=inspect.iscoroutinefunction), no_entry_points():
    import apscheduler.schedulers.background
with unavailable_module("anyio"):
    import httpcore2
