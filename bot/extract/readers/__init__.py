"""The readers, each behind the Protocol of `base`."""

from bot.extract.readers.base import Document, Reader, Reading
from bot.extract.readers.desk import Desk

__all__ = ["Desk", "Document", "Reader", "Reading"]
