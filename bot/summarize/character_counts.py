"""Count letters, capitals and digits as `str.isalpha`, `str.isupper` and `str.isdigit` define them.

`bytes.translate` removes the ASCII characters of a kind much faster than a loop looks at each character. Only
the other characters are looked at one by one.
"""

from __future__ import annotations

import re
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

_LETTERS, _CAPITALS, _DIGITS, _SMALL = (
    kind.encode() for kind in (ascii_letters, ascii_uppercase, digits, ascii_lowercase)
)
_OTHERS = re.compile(r"[^\x00-\x7f]+")


def letters_capitals_digits(text: str) -> tuple[int, int, int]:
    """How many letters, how many of them capitals, and how many digits."""
    plain = text.encode("ascii", "ignore")
    size = len(plain)
    counts = [size - len(plain.translate(None, kind)) for kind in (_LETTERS, _CAPITALS, _DIGITS)]
    if size < len(text):
        others = "".join(_OTHERS.findall(text))
        kinds = (str.isalpha, str.isupper, str.isdigit)
        counts = [count + sum(map(kind, others)) for count, kind in zip(counts, kinds, strict=True)]
    letters, capitals, numbers = counts
    return letters, capitals, numbers


def latin_small_letters(text: str) -> int:
    """How many of the letters a to z."""
    plain = text.encode("ascii", "ignore")
    return len(plain) - len(plain.translate(None, _SMALL))
