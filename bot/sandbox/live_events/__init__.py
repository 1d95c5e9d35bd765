"""What people do and what happens to the Fediverse server while the demo's daemon runs."""

from bot.sandbox.live_events.base import EventOutcome
from bot.sandbox.live_events.live_events import EXTRA_COMMUNITIES, MAX_PER_DAY, LiveEvents

__all__ = ["EXTRA_COMMUNITIES", "MAX_PER_DAY", "EventOutcome", "LiveEvents"]
