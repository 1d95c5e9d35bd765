"""Lemmy: the adapter, and the API versions that it supports."""

from bot.platforms.lemmy.adapter import Lemmy

__all__ = ["Lemmy"]
