"""Lemmy: an adapter, and the versions of the API that it speaks."""

from bot.platforms.lemmy.adapter import Lemmy

__all__ = ["Lemmy"]
