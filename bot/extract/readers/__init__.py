"""Extraction libraries, each behind the `Reader` Protocol of `base`."""

from bot.extract.readers.base import CleanPage, Reader, ReaderResult
from bot.extract.readers.cache import FIRST_READER, ReaderCache

__all__ = ["FIRST_READER", "CleanPage", "Reader", "ReaderCache", "ReaderResult"]
