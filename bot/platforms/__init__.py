"""The supported platforms: a package for each, named like its tables in config.toml.

The package exports its adapter as `Adapter`. Only the packages of platforms in use are imported.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from bot.platforms.base import Platform

PLATFORMS = tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


def adapter_factory(kind: str) -> Callable[..., Platform]:
    """The class of the adapter of this kind. Its parameters differ between adapters.

    Raises KeyError for a kind that is not in `PLATFORMS`.
    """
    if kind not in PLATFORMS:
        raise KeyError(kind)
    adapter_class: Callable[..., Platform] = import_module(f"{__name__}.{kind}").Adapter
    return adapter_class
