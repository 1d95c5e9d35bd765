"""Decode bytes as the WHATWG Encoding Standard (https://encoding.spec.whatwg.org/) tells browsers to.

The web's Shift_JIS, EUC-KR, Big5, GBK, EUC-JP and ISO-2022-JP are larger than Python's codecs of these names.
Each label uses the widest codec of Python. An error handler and a table add what that codec lacks. What is
missing: 192 rare characters of Hong Kong in Big5, and U+05BA in windows-1255.
"""

from __future__ import annotations

import codecs
import re

import webencodings
from msgspec import Struct

_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "replacement": "ascii",
    "x-user-defined": "latin-1",
}
"""Where Python has a wider codec than the one that webencodings names, or does not have that one."""

# Bytes that Python's codec decodes to other characters than the standard.
_OTHER_CHARACTERS = {
    "koi8-u": str.maketrans("╝╬", "ўЎ"),
    "shift_jis": str.maketrans("\uf8f0\uf8f1\uf8f2\uf8f3", "\ufffd\ufffd\ufffd\ufffd"),
    "euc-jp": str.maketrans("〜‖−¢£¬", "～∥－￠￡￢"),
    "big5": str.maketrans("•､‾∼♁☉／＼¥¢£", "‧﹑¯～⊕⊙∕﹨￥￠￡"),
    "gb18030": str.maketrans(
        "\ue5e5\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796\ue7c7"
        "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
        "\u3000︐︒︑︓︔︕︖︗︘︙ḿ龴龵龶龷龸龹龺龻",
    ),
    "x-user-defined": {byte: 0xF700 + byte for byte in range(0x80, 0x100)},
}
_OTHER_CHARACTERS["gbk"] = _OTHER_CHARACTERS["gb18030"]

_ESCAPE = re.compile(rb"(\x1b(?:\([BJI]|\$[@B]))")
_ROMAN = str.maketrans("\\~", "¥‾")
_UPPER_HALF = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_MAX_HANDLED_ERRORS = 20_000
"""The error handler is Python code. Text with more errors cannot be read anyway."""


_FAMILIES = {
    "iso-8859-2": "windows-1250",
    "iso-8859-6": "windows-1256",
    "iso-8859-7": "windows-1253",
    "iso-8859-8": "windows-1255",
    "iso-8859-8-i": "windows-1255",
    "koi8-u": "koi8-r",
    "gb18030": "gbk",
}


class WebEncoding(Struct, frozen=True):
    """An encoding of the standard: its name in lower case, and the codec of Python that is nearest to it."""

    name: str
    codec: str

    @property
    def family(self) -> str:
        """The same for encodings that are alike, so that a detector may take one for the other."""
        return _FAMILIES.get(self.name, self.name)

    def decode(self, content: bytes) -> str:
        """The text; never raises: invalid bytes become U+FFFD."""
        if self.name == "replacement":
            return "\ufffd" if content else ""
        if self.name == "iso-2022-jp":
            return _decode_iso_2022_jp(content)
        text = content.decode(self.codec, "replace")
        if "\ufffd" in text and text.count("\ufffd") <= _MAX_HANDLED_ERRORS:
            text = content.decode(self.codec, _ERROR_HANDLER)
        table = _OTHER_CHARACTERS.get(self.name)
        return text.translate(table) if table else text


def find_encoding(label: str) -> WebEncoding | None:
    """The encoding that browsers use for a label such as "latin1"; None if the standard does not have it."""
    found = webencodings.lookup(label)
    if found is None:
        return None
    return WebEncoding(found.name, _CODECS.get(found.name) or found.codec_info.name)


def _decode_iso_2022_jp(content: bytes) -> str:
    """Shift between alphabets at the escape sequences (https://encoding.spec.whatwg.org/#iso-2022-jp)."""
    parts = _ESCAPE.split(content)
    text = [parts[0].decode("ascii", "replace")]
    for escape, segment in zip(parts[1::2], parts[2::2], strict=True):
        if escape.startswith(b"\x1b$"):
            text.append(_EUC_JP.decode(segment.translate(_UPPER_HALF)))
        elif escape == b"\x1b(I":
            text.append(segment.translate(_UPPER_HALF).decode("cp932", "replace"))
        else:
            roman = segment.decode("ascii", "replace")
            text.append(roman.translate(_ROMAN) if escape == b"\x1b(J" else roman)
    return "".join(text)


_EUC_JP = WebEncoding("euc-jp", "euc_jp")


def _decode_invalid(error: UnicodeError) -> tuple[str, int]:
    """What the standard makes of bytes that Python's codec rejects, and where to go on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    content, start = error.object, error.start
    lead, pair = content[start], content[start : start + 2]
    if error.encoding == "charmap" or error.encoding.startswith(("cp125", "cp874")):
        # an unassigned byte from 80 to 9F (hex) is the control character of that number
        return chr(lead) if lead < 0xA0 else "\ufffd", start + 1
    if error.encoding == "gb18030" and lead == 0x80:
        return "€", start + 1
    if error.encoding == "euc_jp" and len(pair) == 2 and min(pair) >= 0xA1:
        return _jis_x_0208(*pair), start + 2
    # the standard reads an ASCII byte after an invalid first byte again
    is_pair = 0x81 <= lead <= 0xFE and len(pair) == 2 and pair[1] >= 0x80
    return "\ufffd", start + (2 if is_pair else 1)


def _jis_x_0208(lead: int, trail: int) -> str:
    """A pair of EUC-JP by way of Shift_JIS, which has NEC's and IBM's additions in Python too."""
    row, cell = lead - 0xA1, trail - 0xA1
    first = row // 2 + (0x81 if row < 62 else 0xC1)
    second = cell + (0x9F if row % 2 else 0x40 if cell < 63 else 0x41)
    text = bytes([first, second]).decode("cp932", "replace")
    return text if len(text) == 1 and not "\ue000" <= text <= "\uf8ff" else "\ufffd"


_ERROR_HANDLER = "precis-web-encodings"
codecs.register_error(_ERROR_HANDLER, _decode_invalid)
