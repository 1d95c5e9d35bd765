"""The platforms that Precis speaks, each by an import string so that only the one in use is loaded."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from bot.platforms.base import Platform

FACTORIES = {
    "lemmy": "bot.platforms.lemmy:Lemmy",
    "reddit": "bot.platforms.reddit:Reddit",
    "piefed": "bot.platforms.piefed:PieFed",
}
"""Kind of account in the config -> `module:factory`."""


def adapter_factory(kind: str) -> Callable[..., Platform]:
    """What makes an adapter of this kind; its parameters are the adapter's own.

    Raises KeyError for a kind that is not in `FACTORIES`.
    """
    module, _, name = FACTORIES[kind].partition(":")
    made: Callable[..., Platform] = getattr(import_module(module), name)
    return made
