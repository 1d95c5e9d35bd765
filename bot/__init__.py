"""Precis: a bot that replies to link posts with a summary of the linked article.

As a library, it exports the names of `bot.library`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.library import NoSummary, PageSummary, summarize_html, summarize_url

__all__ = ["NoSummary", "PageSummary", "__version__", "summarize_html", "summarize_url"]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    """Load the library when it is used first: commands that do not read pages start without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("bot.library"), name)
