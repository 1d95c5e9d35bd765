"""The readers, each behind the Protocol of `base`."""

from bot.extract.readers.base import Document, Reader, Reading
from bot.extract.readers.cache import FIRST, Desk

__all__ = ["FIRST", "Desk", "Document", "Reader", "Reading"]
