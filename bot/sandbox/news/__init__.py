"""A small news site for the sandbox. Its people and places are invented."""

from bot.sandbox.news.site import NewsSite
from bot.sandbox.news.stories import Story

__all__ = ["NewsSite", "Story"]
