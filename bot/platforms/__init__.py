"""The supported platforms. Each is named by an import string, so that only those in use are imported."""

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
    """The class of the adapter of this kind. Its parameters differ between adapters.

    Raises KeyError for a kind that is not in `FACTORIES`.
    """
    module, _, name = FACTORIES[kind].partition(":")
    adapter_class: Callable[..., Platform] = getattr(import_module(module), name)
    return adapter_class
