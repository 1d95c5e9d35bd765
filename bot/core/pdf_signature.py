"""Recognise a PDF file by its first bytes (ISO 32000-1, 7.5.2, and implementation note 13 of PDF 1.7)."""

from __future__ import annotations

_HEADER = b"%PDF-"
_WINDOW = 1024
"""Readers accept a header anywhere in the first 1024 bytes of a file."""
_MARKUP = b"<"


def is_pdf(content: bytes) -> bool:
    """Whether `content` is a PDF file: only bytes that are not markup may come before its header."""
    start = content[:_WINDOW]
    at = start.find(_HEADER)
    return at >= 0 and _MARKUP not in start[:at]
