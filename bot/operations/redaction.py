"""Makes text safe to print and to log: without secrets, on one line."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.lazy_patterns import lazy_pattern

REDACTED = "•••"
MIN_SECRET_LENGTH = 4
"""Redacting shorter values would hide ordinary words."""

_TOKEN_PATTERN = (
    lazy_pattern(  # each part has a maximum length, or many partial matches would take quadratic time
        r"eyJ[\w-]{8,400}\.[\w-]{8,4000}\.[\w-]*"  # a JSON Web Token (RFC 7519): Lemmy's and PieFed's
        r"|(?<=Bearer )[\w.~+/=-]{8,}|(?<=bearer )[\w.~+/=-]{8,}"  # RFC 6750
        r"|(?<=Basic )[\w+/=]{8,}|(?<=basic )[\w+/=]{8,}"  # RFC 7617
        r"|(?<=://)[^\s/@]{1,200}:[^\s/@]{1,200}(?=@)"  # user:password@host
    )
)
_secrets: set[str] = set()


def add_secrets(values: Iterable[str]) -> None:
    """Redact these values in the log from now on."""
    _secrets.update(value for value in values if len(value) >= MIN_SECRET_LENGTH)


def redact_secrets(text: str) -> str:
    """The text without the values given to `add_secrets` and without anything that looks like a token."""
    for secret in _secrets:
        text = text.replace(secret, REDACTED)
    return _TOKEN_PATTERN.sub(REDACTED, text)


def escape_unprintable(text: str) -> str:
    """The text as one line, with every unprintable character escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
