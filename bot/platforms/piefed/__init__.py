"""PieFed: an adapter of its own, for its API only looks like Lemmy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.platforms.piefed.adapter import PieFed

    Adapter = PieFed

__all__ = ["Adapter", "PieFed"]


def __getattr__(name: str) -> Any:
    """Load the adapter when it is used: its modules are imported without it too."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot.platforms.piefed.adapter import PieFed

    return PieFed
