"""Which version of a community's settings page was read last."""

from __future__ import annotations

import hashlib
from typing import Self

from msgspec import Struct


class SettingsVersion(Struct, frozen=True):
    """One version of a settings page, in the order in which the versions were read.

    The number keeps versions apart that have the same text: a text that comes back is a new version.
    """

    number: int
    """1 for the first version; 0 for none, or for one that was recorded without a number."""
    fingerprint: str
    """Tells whether the settings are the same; empty for no version."""

    @classmethod
    def parse(cls, recorded: str | None) -> Self:
        """The version that `str` returned. Releases before the numbers recorded the fingerprint alone."""
        number, separator, content = (recorded or "").partition(" ")
        if separator and number.isdecimal():
            return cls(int(number), content)
        return cls(0, recorded or "")

    def next(self, content: str) -> Self:
        return type(self)(self.number + 1, content)

    def __str__(self) -> str:
        return f"{self.number} {self.fingerprint}"


def fingerprint(text: str) -> str:
    """The same for texts that differ only in line ends, spaces at line ends and blank lines around them."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()[:16]
