"""The supported platforms: a package for each, named like its tables in config.toml.

The package exports its adapter as `Adapter`. Only the packages of platforms in use are imported.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from bot.core.installed_packages import PLATFORMS as ENTRY_POINTS
from bot.core.installed_packages import installed
from bot.platforms.base import Platform

PLATFORMS = tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


def adapter_factory(kind: str) -> Callable[..., Platform]:
    """The class of the adapter of this kind. Its parameters differ between adapters.

    Raises KeyError for a kind that is neither in `PLATFORMS` nor in an installed package.
    """
    package = (
        import_module(f"{__name__}.{kind}") if kind in PLATFORMS else installed(ENTRY_POINTS)[kind].load()
    )
    adapter_class: Callable[..., Platform] = package.Adapter
    return adapter_class
