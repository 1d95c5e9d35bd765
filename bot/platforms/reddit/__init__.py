"""Reddit: an adapter on PRAW that sends every call once."""

from bot.platforms.reddit.adapter import Reddit

__all__ = ["Reddit"]
