"""The encodings that a response declares: in its header, and in the head of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from bot.extract.web_encodings import WebEncoding, find_encoding

_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta[\s/]([^>]{0,1000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([-\w:.]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([-\w:.]+)""", re.IGNORECASE)
_HEAD_SIZE = 8192


def declared_encodings(content: bytes, content_type: str) -> Iterator[WebEncoding]:
    """The encodings of the header, then of the XML declaration and the meta elements; none twice."""
    seen = set()
    for encoding in (_from_header(content_type), *_from_head(content[:_HEAD_SIZE])):
        if encoding is not None and encoding not in seen:
            seen.add(encoding)
            yield encoding


def _from_header(content_type: str) -> WebEncoding | None:
    message = Message()
    message["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    return find_encoding(str(message.get_param("charset") or ""))


def _from_head(head: bytes) -> Iterator[WebEncoding | None]:
    head = _COMMENT.sub(b"", head)
    declaration = _XML_ENCODING.search(head)
    if declaration:
        yield _readable_as_ascii(declaration[1])
    for meta in _META.finditer(head):
        attributes = {
            found[1].lower(): found[2] or found[3] or found[4] or b""
            for found in _ATTRIBUTE.finditer(meta[1])
        }
        if b"charset" in attributes:
            yield _readable_as_ascii(attributes[b"charset"])
        elif attributes.get(b"http-equiv", b"").strip().lower() == b"content-type":
            found = _CHARSET.search(attributes.get(b"content", b""))
            yield _readable_as_ascii(found[1]) if found else None


def _readable_as_ascii(label: bytes) -> WebEncoding | None:
    """The encoding of a label that could be read as ASCII, so that the page is not in UTF-16."""
    encoding = find_encoding(label.decode("ascii", "replace"))
    if encoding is not None and encoding.name.startswith("utf-16"):
        return find_encoding("utf-8")
    if encoding is not None and encoding.name == "x-user-defined":
        return find_encoding("windows-1252")
    return encoding
