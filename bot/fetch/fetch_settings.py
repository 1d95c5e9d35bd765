"""What an operator may set about fetching."""

from __future__ import annotations

from dataclasses import dataclass

from bot import __version__


def user_agent(contact: str = "") -> str:
    """How Precis names itself to sites: `Precis/0.1.0 (+contact)`.

    `contact` is a page or an address where the bot's owner can be found; characters that a header
    cannot carry are left out.
    """
    name = f"Precis/{__version__}"
    clean = "".join(c for c in contact.strip() if c.isascii() and c.isprintable() and c not in "()")
    return f"{name} (+{clean})" if clean else name


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """Limits and manners; times in seconds, sizes in bytes."""

    user_agent: str = user_agent()
    timeout: float = 20.0
    """All in all: waiting for the host's turn, robots.txt, look-ups, redirects and the body."""
    max_response_bytes: int = 3_000_000
    """Most bytes of one answer as sent, headers included."""
    max_page_bytes: int = 2_000_000
    """Most bytes of a page after decompression."""
    max_redirects: int = 5
    robots: bool = True
    """Whether robots.txt is obeyed."""
    host_delay: float = 1.0
    """Least pause between two pages of one host."""
    max_at_once: int = 8
    max_per_host: int = 2
    allow_local: frozenset[str] = frozenset()
    """Exact `127.0.0.1:PORT` pairs that are let in; only the demo and tests set any."""

    @property
    def robots_agent(self) -> str:
        """The product token that robots.txt knows the bot by."""
        return self.user_agent.partition("/")[0].strip()
