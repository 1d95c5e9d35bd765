"""Reddit: an adapter on PRAW that sends every call once."""

from bot.platforms.reddit.adapter import Reddit

Adapter = Reddit

__all__ = ["Adapter", "Reddit"]
