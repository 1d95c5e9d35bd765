"""How often PieFed may be called, by kind of call."""

from __future__ import annotations

from collections.abc import Mapping

from bot.platforms.buckets import Limit

LIMITS: Mapping[str, Limit] = {
    "comment": Limit(3, 60),
    "site": Limit(20, 60),
    "login": Limit(20, 3600),
    "private message": Limit(3, 60),
    "other": Limit(600, 60),
}
"""Requests per window in seconds, measured on 1.6.27; PieFed does not document its limits. The server has no
limit on "other" calls; that one is our own."""
