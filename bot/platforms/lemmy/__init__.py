"""Lemmy: the adapter, and the API versions that it supports."""

from bot.platforms.lemmy.adapter import Lemmy

Adapter = Lemmy

__all__ = ["Adapter", "Lemmy"]
