"""Detect bodies that are not web pages, by the Content-Type header and then by their first bytes."""

from __future__ import annotations

import json

_HTML = ("text/html", "application/xhtml+xml", "text/plain", "application/octet-stream", "")
_MAGIC_NUMBERS = (
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"PK\x03\x04", "an archive or an office document"),
    (b"\x1f\x8b", "an archive"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a video"),
)
_WINDOW = 4096


def detect_other_type(content: bytes, content_type: str) -> str | None:
    """What a body is instead of a web page, for example "an image"; None for a web page."""
    declared = content_type.split(";")[0].strip().lower()
    if declared not in _HTML:
        return declared
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, name in _MAGIC_NUMBERS:
        if start.startswith(magic):
            return name
    if start[4:8] == b"ftyp":
        return "a video"
    if start[:1] in (b"{", b"["):
        return _json_or_none(start)
    if b"<" not in content[:_WINDOW] and declared != "text/html":
        return "plain text"
    return None


def _json_or_none(content: bytes) -> str | None:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        # a page may start with a stray brace; JSON that was cut off contains no tags
        return None if b"<" in content[:_WINDOW] else "JSON"
    return "JSON"
