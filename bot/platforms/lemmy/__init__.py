"""Lemmy: the adapter, and the API versions that it supports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.platforms.lemmy.adapter import Lemmy

    Adapter = Lemmy

__all__ = ["Adapter", "Lemmy"]


def __getattr__(name: str) -> Any:
    """Load the adapter when it is used: its modules are imported without it too."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot.platforms.lemmy.adapter import Lemmy

    return Lemmy
