"""Imports pydantic without `importlib.metadata`.

It uses that only to look for plugins, which Precis disables. With what that loads itself (the parser of
e-mails, temporary files), it takes as long as Python's start.
"""

from __future__ import annotations

import os
from contextlib import suppress

from bot.core.empty_modules import deferred_module

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
with (
    deferred_module("importlib.metadata", "entry_points", of_loaded_package=True),
    suppress(ImportError),  # the module is private, so another version may not have it
):
    import pydantic.plugin._loader  # noqa: F401
