"""Decode bytes to text: byte order mark, header, the page's own head, then detection.

The order is that of the HTML standard (https://html.spec.whatwg.org/multipage/parsing.html,
"determining the character encoding"), with one exception: non-ASCII bytes that are valid UTF-8 are decoded
as UTF-8, even if the header names another encoding.
"""

from __future__ import annotations

import codecs
import re
from email.message import Message

from resiliparse.parse.encoding import detect_encoding, map_encoding_to_html5

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([-\w:.]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([-\w:.]+)""", re.IGNORECASE)
_HEAD_SIZE = 8192
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])
_NO_CONTROL = dict.fromkeys(_CONTROL)


def decode_html(content: bytes, content_type: str) -> str:
    """The page as text that is valid in an XML tree: no control characters, no surrogates.

    Never raises: invalid bytes become U+FFFD.
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _without_invalid_characters(
                content[len(bom) :].decode(name, "replace").translate(_NO_CONTROL)
            )
    if not _uses_escapes(content, content_type):  # in other encodings these bytes are control characters
        content = content.translate(None, _CONTROL)
    if not content.isascii():
        try:
            return _without_invalid_characters(content.decode())
        except UnicodeDecodeError:
            pass
    for label in (_from_header(content_type), _from_head(content)):
        if label is not None:
            return _without_invalid_characters(content.decode(label, "replace"))
    return _without_invalid_characters(
        content.decode(_codec_name(detect_encoding(content) or "") or "cp1252", "replace")
    )


def _from_header(content_type: str) -> str | None:
    message = Message()
    message["content-type"] = content_type.replace("\r", " ").replace("\n", " ")
    return _codec_name(str(message.get_param("charset") or ""))


def _from_head(content: bytes) -> str | None:
    head = content[:_HEAD_SIZE]
    found = _XML_ENCODING.search(head) or _META_CHARSET.search(head)
    label = _codec_name(found[1].decode("ascii", "replace")) if found else None
    # the label could be read as ASCII, so the page is not in UTF-16
    return "utf-8" if label and label.startswith("utf-16") else label


def _codec_name(label: str) -> str | None:
    """Python's name of the encoding that browsers use for a label; None if there is none."""
    name = map_encoding_to_html5(label.strip(), False) if label else None
    if not name:
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def _uses_escapes(content: bytes, content_type: str) -> bool:
    """Whether the page may be ISO-2022-JP, which switches its alphabets with escape characters."""
    return b"\x1b" in content and (b"2022" in content[:_HEAD_SIZE] or "2022" in content_type)


def _without_invalid_characters(text: str) -> str:
    """Without the characters that a decoder may return but that are invalid in an XML tree."""
    for character in ("\ufffe", "\uffff", "\x1b"):
        text = text.replace(character, "")
    return text
