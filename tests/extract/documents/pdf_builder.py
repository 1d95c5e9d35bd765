"""Writes PDF files for tests, object by object (ISO 32000-1), so that each can contain exactly one oddity.

Text is in Courier, whose characters are all 0.6 times as wide as the font size.
"""

from __future__ import annotations

import hashlib
import textwrap
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

A4 = (595.0, 842.0)
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_FONTS = {"F1": "Courier", "F2": "Courier-Bold"}
_FILE_ID = b"0123456789abcdef"


def wrap(text: str, characters: int) -> list[str]:
    return textwrap.wrap(text, characters, break_on_hyphens=False)


def _escaped(text: str) -> bytes:
    encoded = text.encode("cp1252")
    return encoded.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


@dataclass
class PageBuilder:
    size: tuple[float, float] = A4
    content: bytearray = field(default_factory=bytearray)
    entries: str = ""
    """More entries of the page's dictionary."""
    resources: str = ""

    def raw(self, operators: str) -> None:
        self.content += operators.encode("ascii") + b"\n"

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 10,
        *,
        font: str = "F1",
        color: tuple[float, float, float] = (0, 0, 0),
        mode: int = 0,
    ) -> None:
        red, green, blue = color
        self.raw(f"BT {red} {green} {blue} rg {mode} Tr /{font} {size} Tf 1 0 0 1 {x} {y} Tm")
        self.content += b"(" + _escaped(text) + b") Tj ET\n"

    def lines(
        self,
        x: float,
        y: float,
        lines: Iterable[str],
        size: float = 10,
        *,
        leading: float = 12,
        font: str = "F1",
        color: tuple[float, float, float] = (0, 0, 0),
        mode: int = 0,
    ) -> float:
        """Lines below each other. Returns the baseline of the next line."""
        for line in lines:
            self.text(x, y, line, size, font=font, color=color, mode=mode)
            y -= leading
        return y

    def box(
        self, x: float, y: float, width: float, height: float, color: tuple[float, float, float] = (0, 0, 0)
    ) -> None:
        red, green, blue = color
        self.raw(f"{red} {green} {blue} rg {x} {y} {width} {height} re f")


@dataclass
class PdfBuilder:
    pages: list[PageBuilder] = field(default_factory=list)
    info: dict[str, str] = field(default_factory=dict)
    objects: list[tuple[str, bytes | None]] = field(default_factory=list)
    """More objects: a dictionary, and its stream or None. The first has the number `FIRST_EXTRA`."""

    catalog: str = ""
    """More entries of the catalogue."""

    FIRST_EXTRA = 10

    def page(self, size: tuple[float, float] = A4) -> PageBuilder:
        self.pages.append(PageBuilder(size))
        return self.pages[-1]

    def build(self, *, password: str | None = None, compress: bool = True) -> bytes:
        """The file. With a password (perhaps an empty one) it is encrypted with RC4 and 40 bits."""
        bodies: dict[int, tuple[str, bytes | None]] = {}
        first_page = self.FIRST_EXTRA + len(self.objects)
        kids = " ".join(f"{first_page + 2 * index} 0 R" for index in range(len(self.pages)))
        bodies[1] = (f"/Type /Catalog /Pages 2 0 R {self.catalog}", None)
        bodies[2] = (f"/Type /Pages /Kids [{kids}] /Count {len(self.pages)}", None)
        for number, name in enumerate(_FONTS.values(), 3):
            font = f"/Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding"
            bodies[number] = (font, None)
        for index, (entries, stream) in enumerate(self.objects):
            bodies[self.FIRST_EXTRA + index] = (entries, stream)
        for index, page in enumerate(self.pages):
            width, height = page.size
            bodies[first_page + 2 * index] = (
                (
                    f"/Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}]"
                    f" /Contents {first_page + 2 * index + 1} 0 R"
                    f" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> {page.resources} >> {page.entries}"
                ),
                None,
            )
            bodies[first_page + 2 * index + 1] = ("", bytes(page.content))
        return _written(bodies, self.info, password, compress=compress)


def _written(
    bodies: dict[int, tuple[str, bytes | None]], info: dict[str, str], password: str | None, *, compress: bool
) -> bytes:
    key, encryption = (None, "") if password is None else _encryption(password)
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets: dict[int, int] = {}
    for number, (entries, stream) in sorted(bodies.items()):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n<< {entries} ".encode()
        if stream is None:
            out += b">>\nendobj\n"
            continue
        if compress and "/Filter" not in entries:
            stream = zlib.compress(stream)
            out += b"/Filter /FlateDecode "
        if key is not None:
            stream = _rc4(_object_key(key, number), stream)
        out += b"/Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream\nendobj\n"
    number = max(bodies) + 1
    offsets[number] = len(out)
    out += b"%d 0 obj\n<<" % number
    for name, value in info.items():
        written = value.encode("utf-16") if not value.isascii() else value.encode()
        text = _rc4(_object_key(key, number), written) if key is not None else written
        out += b" /%s <%s>" % (name.encode(), text.hex().encode())
    out += b" >>\nendobj\n"
    start = len(out)
    out += f"xref\n0 {number + 1}\n0000000000 65535 f \n".encode()
    for one in range(1, number + 1):
        out += b"%010d 00000 n \n" % offsets[one] if one in offsets else b"0000000000 00000 f \n"
    out += f"trailer\n<< /Size {number + 1} /Root 1 0 R /Info {number} 0 R {encryption} >>\n".encode()
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    swapped = 0
    for index in range(256):
        swapped = (swapped + state[index] + key[index % len(key)]) % 256
        state[index], state[swapped] = state[swapped], state[index]
    out = bytearray()
    first = second = 0
    for byte in data:
        first = (first + 1) % 256
        second = (second + state[first]) % 256
        state[first], state[second] = state[second], state[first]
        out.append(byte ^ state[(state[first] + state[second]) % 256])
    return bytes(out)


def _object_key(key: bytes, number: int) -> bytes:
    """Algorithm 1 of ISO 32000-1, 7.6.2."""
    return hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10]


def _encryption(password: str) -> tuple[bytes, str]:
    """The key, and the entries of the trailer: the standard handler in revision 2 (7.6.3)."""
    padded = (password.encode() + _PADDING)[:32]
    owner_key = hashlib.md5((b"owner" + _PADDING)[:32]).digest()[:5]
    owner = _rc4(owner_key, padded)
    permissions = -4
    key = hashlib.md5(padded + owner + permissions.to_bytes(4, "little", signed=True) + _FILE_ID).digest()[:5]
    user = _rc4(key, _PADDING)
    return key, (
        f"/ID [<{_FILE_ID.hex()}> <{_FILE_ID.hex()}>] /Encrypt << /Filter /Standard"
        f" /V 1 /R 2 /P {permissions} /O <{owner.hex()}> /U <{user.hex()}> >>"
    )


def picture(width: int, height: int, grey: Sequence[int] | None = None) -> tuple[str, bytes]:
    """An image object in shades of grey; without values it is a black and white pattern."""
    values = (
        bytes(grey)
        if grey is not None
        else bytes((x * y) % 7 * 40 for y in range(height) for x in range(width))
    )
    size = f"/Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8"
    return f"/Type /XObject /Subtype /Image {size}", values
