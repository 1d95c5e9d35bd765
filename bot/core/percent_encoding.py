"""One form for the percent-encodings of a text (RFC 3986, 2.1 and 6.2.2)."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from itertools import product

from bot.core.lazy_patterns import lazy_pattern

UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
"""Characters whose escapes mean the same as themselves (RFC 3986, 2.3)."""

_ESCAPE = lazy_pattern(r"%[0-9a-f]{2}", re.IGNORECASE)
_INVISIBLE = lazy_pattern(r"[^\x21-\x7e]+")
_ESCAPES = tuple(f"%{octet:02X}" for octet in range(256))
_HEX_DIGITS = "0123456789abcdefABCDEF"


class EscapeForm:
    """Decodes the escapes of some characters, and writes all others in upper case.

    What is not visible ASCII is escaped as UTF-8.
    """

    def __init__(self, decoded: AbstractSet[str] = UNRESERVED) -> None:
        self._written = {
            escape: _written(escape, decoded)
            for escape in map("%{0[0]}{0[1]}".format, product(_HEX_DIGITS, repeat=2))
        }

    def of(self, text: str) -> str:
        """`text` in this form. It stays as it is if it has the form already."""
        if "%" in text:
            text = _ESCAPE.sub(lambda found: self._written[found.group()], text)
        return _INVISIBLE.sub(_escaped, text)


def _written(escape: str, decoded: AbstractSet[str]) -> str:
    character = chr(int(escape[1:], 16))
    return character if character in decoded else escape.upper()


def _escaped(found: re.Match[str]) -> str:
    return "".join(map(_ESCAPES.__getitem__, found[0].encode(errors="surrogatepass")))
