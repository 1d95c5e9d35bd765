"""Where the database is: a SQLite file, or a PostgreSQL server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

SCHEMES = ("postgresql", "postgres")


class PostgresUrl(Struct, frozen=True):
    """The URL of a PostgreSQL database, as libpq reads it (its chapter "Connection Strings").

    It may name several hosts, or the folder of a socket. The password is apart, so the URL can be shown.
    """

    address: str
    password: str | None = None

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        """Without the password."""
        return f"PostgresUrl({self.address!r})"

    @property
    def has_password(self) -> bool:
        """Whether somebody wrote a password into the address, where logs and messages would show it."""
        parts = urlsplit(self.address)
        user_info = parts.netloc.rpartition("@")[0]
        return ":" in user_info or any(name == "password" for name, _ in parse_qsl(parts.query))


DatabaseLocation = Path | PostgresUrl


def is_postgres_url(text: str) -> bool:
    return text.partition("://")[0].lower() in SCHEMES and "://" in text
