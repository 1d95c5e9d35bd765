"""How often a Lemmy server may be called until it names its own limits, by kind of call."""

from __future__ import annotations

from collections.abc import Mapping

from bot.platforms.buckets import Limit

DEFAULT_LIMITS: Mapping[str, Limit] = {
    "message": Limit(180, 60),
    "post": Limit(6, 600),
    "register": Limit(10, 3600),
    "comment": Limit(6, 600),
    "search": Limit(60, 600),
}
"""Requests per window in seconds: the defaults of Lemmy."""
