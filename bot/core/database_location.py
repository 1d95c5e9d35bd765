"""Where the database is: a SQLite file, or a PostgreSQL server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

SCHEMES = ("postgresql", "postgres")


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """The URL of a PostgreSQL database, as libpq reads it (its chapter "Connection Strings").

    It may name several hosts, or the folder of a socket. The password is apart, so the URL can be shown.
    """

    address: str
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.address

    @property
    def has_password(self) -> bool:
        """Whether somebody wrote a password into the address, where logs and messages would show it."""
        parts = urlsplit(self.address)
        user_info = parts.netloc.rpartition("@")[0]
        return ":" in user_info or any(name == "password" for name, _ in parse_qsl(parts.query))


DatabaseLocation = Path | PostgresUrl


def is_postgres_url(text: str) -> bool:
    return text.partition("://")[0].lower() in SCHEMES and "://" in text
