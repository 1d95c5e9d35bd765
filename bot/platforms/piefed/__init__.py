"""PieFed: an adapter of its own, for its API only looks like Lemmy's."""

from bot.platforms.piefed.adapter import PieFed

Adapter = PieFed

__all__ = ["Adapter", "PieFed"]
