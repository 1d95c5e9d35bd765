"""Decode a page to text, with the encoding that fits its bytes.

The order is that of the HTML standard (https://html.spec.whatwg.org/multipage/parsing.html,
"determining the character encoding"): byte order mark, header, the page's own head, then detection. There
are two exceptions. Bytes that are UTF-8 are decoded as UTF-8, even if the header names another encoding. A
declared encoding that gives mojibake is passed over if another one fits.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from resiliparse.parse.encoding import detect_encoding

from bot.extract.declared_encoding import declared_encodings
from bot.extract.mojibake import decoding_faults
from bot.extract.web_encodings import WebEncoding, find_encoding

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))
_UTF_16 = ((b"<\0", "utf-16le"), (b"\0<", "utf-16be"))
_CONTROL = bytes([*range(9), 11, 12, *range(14, 32), 127])
_NO_CONTROL = dict.fromkeys(_CONTROL)
_NOT_DETECTED = ("euc-kr", "big5")
"""What the detector takes for UTF-8 or windows-1252."""
_JAPANESE_ESCAPE = b"\x1b$B"
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_SAMPLE = 100_000
"""Bytes that are enough to choose an encoding, from the first one that is not ASCII."""
_WESTERN = WebEncoding("windows-1252", "cp1252")
_MIN_VALID_TO_INVALID = 3
"""Continuation bytes of UTF-8 to one invalid byte, where nothing declares UTF-8."""


def decode_html(content: bytes, content_type: str) -> str:
    """The page as text that is valid in an XML tree: no control characters, no surrogates.

    Never raises: invalid bytes become U+FFFD.
    """
    for mark, label in _BOMS:
        if content.startswith(mark):
            return _decode(content[len(mark) :], label)
    for start, label in _UTF_16:
        if content.startswith(start):
            return _decode(content, label)
    if content.isascii():
        return _decode_ascii(content, content_type)
    content = content.translate(None, _CONTROL)
    return _valid(_choose_encoding(content, content_type).decode(content))


def _decode_ascii(content: bytes, content_type: str) -> str:
    """Text of ASCII bytes: some encodings of East Asia switch their alphabets with escape sequences."""
    if _JAPANESE_ESCAPE in content:
        return _decode(content, "iso-2022-jp")
    if any(encoding.name == "replacement" for encoding in declared_encodings(content, content_type)):
        return _decode(content, "replacement")
    return content.translate(None, _CONTROL).decode("ascii")


def _choose_encoding(content: bytes, content_type: str) -> WebEncoding:
    """The first encoding that fits a page with non-ASCII bytes, or the one with the fewest faults."""
    declared = list(declared_encodings(content, content_type))
    if _is_utf_8(content, declared=any(encoding.name == "utf-8" for encoding in declared)):
        return WebEncoding("utf-8", "utf-8")
    first = _NOT_ASCII.search(content)
    sample = content[first.start() if first else 0 :][:_SAMPLE]
    detected = list(_detected_encodings(sample))
    if len(declared) > 1:  # the detector decides between a header and a head that contradict each other
        declared.sort(key=lambda encoding: encoding.family not in {one.family for one in detected})
    faults: dict[WebEncoding, float] = {}
    for encoding in (*declared, *detected, _WESTERN):
        if encoding not in faults:
            faults[encoding] = decoding_faults(encoding.decode(sample))
            if not faults[encoding]:
                return encoding
    return min(faults, key=faults.__getitem__)


def _is_utf_8(content: bytes, *, declared: bool) -> bool:
    """Whether the bytes are UTF-8, except for a few that are broken or cut off at the end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        invalid = content.decode("utf-8", "replace").count("\ufffd") - content.count("\ufffd".encode())
        text = content.decode("utf-8", "ignore")
        continued = len(text.encode()) - len(text)
        return continued >= invalid * (1 if declared else _MIN_VALID_TO_INVALID)
    return True


def _detected_encodings(sample: bytes) -> Iterator[WebEncoding]:
    label = detect_encoding(sample) or ""
    # what is missing in KOI8-R is not letters, so KOI8-U reads both
    labels = {"utf-8": _NOT_DETECTED, "cp1252": (*_NOT_DETECTED, "cp1252"), "koi8-r": ("koi8-u",)}
    for one in labels.get(label, (label,)):
        encoding = find_encoding(one.replace("_", "-"))  # the detector uses Python's names
        if encoding is not None:
            yield encoding


def _decode(content: bytes, label: str) -> str:
    encoding = find_encoding(label)
    assert encoding is not None
    return _valid(encoding.decode(content).translate(_NO_CONTROL))


def _valid(text: str) -> str:
    """Without the characters that a decoder may return but that are invalid in an XML tree."""
    for character in ("\ufffe", "\uffff", "\x1b"):
        text = text.replace(character, "")
    return text
