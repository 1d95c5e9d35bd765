"""Hostile servers: what each one sends, and how a fetch from it must end."""

from __future__ import annotations

import gzip
import socket
import struct
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import brotli

from bot.core.skip_reasons import SkipReason
from tests.fetch.raw_server import Respond

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PAUSE = 0.01
"""Seconds between two pieces from `drips`."""

SLOW = frozenset({SkipReason.TOO_SLOW})
LARGE = frozenset({SkipReason.TOO_LARGE})
DOWN = frozenset({SkipReason.SITE_DOWN})
NOT_HTML = frozenset({SkipReason.NOT_HTML})
FINE: frozenset[SkipReason] = frozenset()


@dataclass(frozen=True, slots=True)
class Hazard:
    name: str
    respond: Respond
    expected: frozenset[SkipReason]
    """The allowed reasons; empty if the page must be fetched."""
    listen_first: bool = True


def sends(*pieces: bytes, reset: bool = False) -> Respond:
    """Send the pieces and close."""

    def respond(connection: socket.socket, stopped: threading.Event) -> None:
        for piece in pieces:
            connection.sendall(piece)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return respond


def drips(start: bytes, piece: bytes) -> Respond:
    """Send a piece repeatedly and slowly, until the client disconnects."""

    def respond(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(start)
        while not stopped.wait(PAUSE):
            connection.sendall(piece)

    return respond


def floods(start: bytes, piece: bytes) -> Respond:
    """Send a piece repeatedly, as fast as possible."""

    def respond(connection: socket.socket, stopped: threading.Event) -> None:
        connection.sendall(start)
        while not stopped.is_set():
            connection.sendall(piece)

    return respond


def stalls(*pieces: bytes) -> Respond:
    """Send the pieces, then nothing, and keep the connection open."""

    def respond(connection: socket.socket, stopped: threading.Event) -> None:
        for piece in pieces:
            connection.sendall(piece)
        stopped.wait()

    return respond


def sized(body: bytes, headers: bytes = b"") -> bytes:
    return OK + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


def compressed(body: bytes, coding: bytes) -> bytes:
    return sized(body, b"Content-Encoding: " + coding + b"\r\n")


def _bombs() -> tuple[bytes, bytes, bytes]:
    """64 MB of zeros as gzip, deflate and raw deflate: one compressed megabyte, repeated."""
    megabyte, count = bytes(1 << 20), 64
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits=-15)
    block = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    raw = block * count + packer.flush()
    crc, adler = 0, 1
    for _ in range(count):
        crc, adler = zlib.crc32(megabyte, crc), zlib.adler32(megabyte, adler)
    in_gzip = b"\x1f\x8b\x08" + bytes(7) + raw + struct.pack("<II", crc, len(megabyte) * count)
    return in_gzip, b"\x78\xda" + raw + struct.pack(">I", adler), raw


def hazards() -> Iterator[Hazard]:
    yield from _never_ending()
    yield from _compression()
    yield from _wrong_lengths()
    yield from _broken()
    yield from _other()


def _never_ending() -> Iterator[Hazard]:
    yield Hazard("body in drips", drips(OK + b"\r\n", b"x"), SLOW)
    yield Hazard("body in drips of chunks", drips(CHUNKED, b"1\r\nx\r\n"), SLOW)
    yield Hazard("headers in drips", drips(OK, b"X-A: b\r\n"), SLOW)
    yield Hazard("one header in drips", drips(OK + b"X-A: ", b"b"), SLOW)
    yield Hazard("status line in drips", drips(b"HTTP/1.1 200 ", b"O"), SLOW)
    yield Hazard("103 after 103, slowly", drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), SLOW)
    yield Hazard("100 after 100, slowly", drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), SLOW)
    yield Hazard("103 after 103, fast", floods(b"", b"HTTP/1.1 103 E\r\n\r\n" * 100), SLOW | LARGE)
    yield Hazard(
        "100 with long headers", floods(b"", b"HTTP/1.1 100 C\r\nX: %s\r\n\r\n" % (b"y" * 9999)), LARGE
    )
    yield Hazard("headers without end", floods(OK, b"X-A: b\r\n" * 100), DOWN | LARGE)
    yield Hazard("one header without end", floods(OK + b"X-A: ", b"b" * 1000), DOWN | LARGE)
    yield Hazard("status line without end", floods(b"HTTP/1.1 200 ", b"O" * 1000), DOWN | LARGE)
    yield Hazard("folded header without end", floods(OK + b"X-A: b\r\n", b" c\r\n" * 100), DOWN | LARGE)
    yield Hazard("empty lines without end", floods(b"", b"\r\n" * 1000), DOWN | LARGE)
    yield Hazard("body without end", floods(OK + b"\r\n", b"x" * 65536), LARGE)
    yield Hazard("chunks without end", floods(CHUNKED, b"2000\r\n" + b"x" * 0x2000 + b"\r\n"), LARGE)
    yield Hazard("one-byte chunks, fast", floods(CHUNKED, b"1\r\nx\r\n" * 1000), SLOW | LARGE)
    yield Hazard("chunk extension without end", floods(CHUNKED + b"1;", b"a" * 1000), DOWN | LARGE)
    yield Hazard("chunk size without end", floods(CHUNKED, b"0" * 1000), DOWN | LARGE)
    yield Hazard("trailers without end", floods(CHUNKED + b"0\r\n", b"X-A: b\r\n" * 100), DOWN | LARGE)
    yield Hazard("trailers in drips", drips(CHUNKED + b"0\r\n", b"X-A: b\r\n"), SLOW)
    yield Hazard("nothing at all", stalls(), SLOW)
    yield Hazard("nothing after the headers", stalls(OK + b"Content-Length: 9\r\n\r\n"), SLOW)
    yield Hazard("nothing after a half status line", stalls(b"HTTP/1.1 2"), SLOW)


def _compression() -> Iterator[Hazard]:
    bomb, deflate_bomb, raw_bomb = _bombs()
    bomb_in_gzip = gzip.compress(bomb)
    zeros = bytes(64 << 20)
    page = b"<html>" + b"Hello" * 999
    yield Hazard("gzip bomb", sends(compressed(bomb, b"gzip")), LARGE)
    yield Hazard("deflate bomb", sends(compressed(deflate_bomb, b"deflate")), LARGE)
    yield Hazard("raw deflate bomb", sends(compressed(raw_bomb, b"deflate")), LARGE)
    yield Hazard("brotli bomb", sends(compressed(brotli.compress(zeros, quality=1), b"br")), LARGE)
    yield Hazard("zstd bomb", sends(compressed(zstd.compress(zeros, 1), b"zstd")), LARGE)
    yield Hazard("gzip bomb in gzip, declared", sends(compressed(bomb_in_gzip, b"gzip, gzip")), LARGE)
    yield Hazard("gzip bomb in brotli", sends(compressed(brotli.compress(bomb), b"gzip, br")), LARGE)
    yield Hazard("gzip in gzip, hidden", sends(compressed(bomb_in_gzip, b"gzip")), NOT_HTML)
    two = b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n"
    yield Hazard("gzip bomb in gzip, two headers", sends(sized(bomb_in_gzip, two)), LARGE)
    yield Hazard("three layers", sends(compressed(bomb_in_gzip, b"gzip, gzip, gzip")), NOT_HTML)
    yield Hazard(
        "gzip as transfer coding", sends(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), DOWN
    )
    big_window = b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + b"\x01\x00\x00"
    yield Hazard("zstd with a window of 2 GB", sends(compressed(big_window, b"zstd")), NOT_HTML)
    yield Hazard("gzip of noise", sends(compressed(b"\x1f\x8b noise, not gzip", b"gzip")), NOT_HTML)
    yield Hazard("zstd of noise", sends(compressed(b"\x28\xb5\x2f\xfd noise", b"zstd")), NOT_HTML | DOWN)
    yield Hazard("brotli of noise", sends(compressed(bytes(range(256)), b"br")), NOT_HTML)
    yield Hazard("gzip cut off", sends(compressed(gzip.compress(page)[:-20], b"gzip")), DOWN)
    yield Hazard("brotli cut off", sends(compressed(brotli.compress(page)[:-2], b"br")), DOWN)
    yield Hazard("zstd cut off", sends(compressed(zstd.compress(page)[:-2], b"zstd")), DOWN)
    yield Hazard("100,000 gzip members", sends(compressed(gzip.compress(b"") * 100_000, b"gzip")), NOT_HTML)
    yield Hazard("100,000 zstd frames", sends(compressed(zstd.compress(b"") * 100_000, b"zstd")), NOT_HTML)


def _wrong_lengths() -> Iterator[Hazard]:
    page = b"<html>Hello"
    yield Hazard("shorter than announced", sends(OK + b"Content-Length: 99\r\n\r\n" + page), DOWN)
    yield Hazard("longer than announced", sends(sized(page) + b"and more"), FINE)
    yield Hazard("negative length", sends(OK + b"Content-Length: -1\r\n\r\n" + page), FINE)
    yield Hazard("length that is not a number", sends(OK + b"Content-Length: ten\r\n\r\n" + page), FINE)
    yield Hazard("two lengths", sends(OK + b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n" + page), FINE)
    yield Hazard("length of 10 GB", sends(OK + b"Content-Length: 10737418240\r\n\r\n" + page), LARGE)
    yield Hazard(
        "length of 4,000 digits", sends(OK + b"Content-Length: " + b"9" * 4000 + b"\r\n\r\n"), DOWN | LARGE
    )
    yield Hazard(
        "length and chunks",
        sends(CHUNKED[:-2] + b"Content-Length: 3\r\n\r\nb\r\n" + page + b"\r\n0\r\n\r\n"),
        FINE,
    )
    yield Hazard("chunk size that is not a number", sends(CHUNKED + b"zz\r\nx\r\n"), DOWN)
    yield Hazard("chunk of 2**64 bytes", sends(CHUNKED + b"f" * 16 + b"\r\nx"), DOWN)
    yield Hazard("last chunk missing", sends(CHUNKED + b"b\r\n" + page + b"\r\n"), DOWN)
    ended = b"<html>Hello</html>"
    yield Hazard("last chunk missing after the end", sends(CHUNKED + b"12\r\n" + ended + b"\r\n"), FINE)
    yield Hazard("chunk cut off after the end", sends(CHUNKED + b"13\r\n" + ended), FINE)
    yield Hazard("noise between chunks after the end", sends(CHUNKED + b"12\r\n" + ended + b"\r\n?"), FINE)
    yield Hazard(
        "shorter than announced, with its end", sends(OK + b"Content-Length: 99\r\n\r\n" + ended), FINE
    )


def _broken() -> Iterator[Hazard]:
    yield Hazard("closed without a response", sends(), DOWN)
    yield Hazard("reset without a response", sends(reset=True), DOWN)
    yield Hazard("reset in the headers", sends(OK, reset=True), DOWN)
    yield Hazard("reset in the body", sends(OK + b"Content-Length: 99\r\n\r\n<html>", reset=True), DOWN)
    yield Hazard("another protocol", sends(b"SSH-2.0-OpenSSH_9.9\r\n"), DOWN)
    yield Hazard("another protocol, at once", sends(b"220 mail ready\r\n" * 9), DOWN, listen_first=False)
    yield Hazard("a TLS record", sends(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(99)), DOWN)
    yield Hazard("an HTTP/2 frame", sends(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" * 9), DOWN)
    page = b"<html>Hello"
    yield Hazard("nul bytes in a header", sends(OK + b"X-A: b\x00c\r\n\r\n" + page), FINE)
    yield Hazard("header without a name", sends(OK + b": b\r\n\r\n" + page), FINE)
    yield Hazard("status of four digits", sends(b"HTTP/1.1 2000 OK\r\n\r\n"), DOWN)
    yield Hazard(
        "switch of protocols",
        sends(b"HTTP/1.1 101 Switch\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        DOWN,
    )
    yield Hazard(
        "40,000 headers", sends(OK, *[b"X-%d: b\r\n" % n for n in range(40_000)], b"\r\n"), DOWN | LARGE
    )


def _other() -> Iterator[Hazard]:
    page = b"<html>Hello"
    refused = frozenset({SkipReason.REFUSED_BY_SITE})
    yield Hazard("status 999", sends(b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"), refused)
    yield Hazard("PDF called HTML", sends(sized(b"%PDF-1.7 Hello")), FINE)
    yield Hazard("body until the end of the connection", sends(OK + b"\r\n" + page), FINE)
    yield Hazard("one chunk a line", sends(CHUNKED, *[b"b\r\n" + page + b"\r\n"] * 3000, b"0\r\n\r\n"), FINE)
    yield Hazard(
        "gzip with trailing garbage", sends(compressed(gzip.compress(page) + b"rubbish", b"gzip")), FINE
    )


def silent_resolver(stopped: threading.Event) -> Callable[[str], tuple[str, ...]]:
    """A name server that does not answer."""

    def resolve(host: str) -> tuple[str, ...]:
        stopped.wait()
        return ()

    return resolve
