"""The rules of one robots.txt for one bot (RFC 9309), parsed and matched at a cost that is bounded.

General parsers keep the rules of every bot that a file names and turn wildcards into regular expressions:
the cost of a hostile file grows with names times rules, or faster. This parser keeps the rules of our own
groups only and compares wildcards piece by piece, so the cost is linear in the size of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from urllib.parse import quote

MAX_BYTES = 500 * 1024
"""Bytes of a file that are parsed; the rest is ignored (RFC 9309, 2.5)."""

MAX_RULES = 5_000
"""Rules of one group that are kept; the rest is ignored."""
MAX_PATTERN = 2_000
"""Characters of a pattern; a longer rule is ignored."""

_BLANK = re.compile(r"\n[ \t\n]+")
_LINE = re.compile(
    r"\n(user[- \t]?agent|allow|disallow|crawl-delay)[ \t]*[: \t][ \t]*([^\n#]*)", re.IGNORECASE
)
_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one bot may fetch."""

    patterns: tuple[tuple[str, bool], ...] = ()
    """(normalized path pattern, whether it allows), longest first; of equal ones, allow first."""
    crawl_delay: float | None = None
    """Seconds between two requests; None when the file does not ask for any."""

    @property
    def size(self) -> int:
        """Characters of all patterns."""
        return sum(len(pattern) for pattern, _ in self.patterns)

    def allow(self, path: str) -> bool:
        """Whether `path` (with its query) may be fetched: the longest pattern that matches decides."""
        wanted = normalized_path(path)
        return next((allows for pattern, allows in self.patterns if _matches(pattern, wanted)), True)


def parse_rules(text: str, agent: str) -> Rules:
    """The rules of `text` for the product token `agent`, or else for `*`.

    All groups that name the token are one (RFC 9309, 2.2.1). A name ends at the first character that a
    product token cannot have, so "Precis/1.0" names Precis; its letter case does not matter.
    """
    own, others = _Group(), _Group()
    current: list[_Group] = []
    in_names = False
    for key, value in _lines(text[:MAX_BYTES]):
        if key.startswith("user"):
            if not in_names:
                current, in_names = [], True
            if value.startswith("*"):
                current.append(others)
            elif _token(value) == agent.lower():
                current.append(own)
                own.named = True
        elif key == "crawl-delay":  # outside RFC 9309: it must not end the list of names
            for group in current:
                group.crawl_delay = _seconds(value)
        else:
            in_names = False
            for group in current:
                group.add(value, allows=key == "allow")
    return (own if own.named else others).rules()


class _Group:
    def __init__(self) -> None:
        self.named = False
        self.crawl_delay: float | None = None
        self._patterns: dict[str, bool] = {}
        self._count = 0

    def add(self, value: str, *, allows: bool) -> None:
        self._count += 1
        if 0 < len(value) <= MAX_PATTERN and self._count <= MAX_RULES:  # an empty rule restricts nothing
            pattern = normalized_path(value)
            self._patterns[pattern] = allows or self._patterns.get(pattern, False)

    def rules(self) -> Rules:
        longest_first = sorted(self._patterns.items(), key=lambda rule: (-len(rule[0]), not rule[1]))
        return Rules(tuple(longest_first), self.crawl_delay)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """(key in lower case, value) of the lines that matter. Lines end with CR and LF alone (RFC 9309, 2.2)."""
    lines = _BLANK.sub("\n", "\n" + text.replace("\r", "\n"))
    for found in _LINE.finditer(lines):
        yield found[1].lower(), found[2].strip()


def _token(value: str) -> str:
    found = _TOKEN.match(value)
    return found.group().lower() if found else ""


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value[:20])
    except ValueError:
        return None
    return max(0.0, seconds) if isfinite(seconds) else None


def normalized_path(path: str) -> str:
    """A path or pattern in the form in which octets are compared (RFC 9309, 2.2.2).

    Escapes of unreserved characters are decoded, all other escapes are in upper case, and what is not
    visible ASCII is escaped.
    """
    if "%" in path:
        path = _ESCAPE.sub(lambda found: _decoded(found.group()), path)
    if path.isascii() and path.isprintable() and " " not in path:
        return path
    return quote(path, safe="!#$%&'()*+,/:;=?@[]~\"<>\\^`{|}", errors="surrogatepass")


def _decoded(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character in _UNRESERVED else escape.upper()


def _matches(pattern: str, path: str) -> bool:
    """Whether `pattern` matches the start of `path`; `*` stands for anything, a `$` at the end for the end.

    Each piece between two stars is searched once, from the left: linear, whatever the pattern.
    """
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    place = len(first)
    if not rest:
        return not anchored or place == len(path)
    last = rest.pop()
    for piece in rest:
        place = path.find(piece, place)
        if place < 0:
            return False
        place += len(piece)
    if anchored:
        return len(path) - len(last) >= place and path.endswith(last)
    return path.find(last, place) >= 0
