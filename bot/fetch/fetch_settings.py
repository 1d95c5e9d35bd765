"""The settings of the fetcher, and the User-Agent."""

from __future__ import annotations

from msgspec import Struct

from bot import __version__
from bot.fetch.proxy import Proxy


def user_agent(contact: str = "") -> str:
    """The User-Agent header: `Precis/0.2.0 (+contact)`.

    `contact` is a page or an address of the bot's owner. Characters that are not allowed in the header are
    left out.
    """
    name = f"Precis/{__version__}"
    clean = "".join(c for c in contact.strip() if c.isascii() and c.isprintable() and c not in "()")
    return f"{name} (+{clean})" if clean else name


class FetchSettings(Struct, frozen=True):
    """Limits of fetches; times in seconds, sizes in bytes."""

    user_agent: str = user_agent()
    timeout: float = 20.0
    """For the whole fetch: waiting for a slot, robots.txt, DNS lookups, redirects and the body."""
    max_response_bytes: int = 3_000_000
    """Maximum size of one response as sent, headers included."""
    max_page_bytes: int = 2_000_000
    """Maximum size of a page after decompression."""
    pdf: bool = True
    """Whether PDF files are read."""
    max_pdf_bytes: int = 10_000_000
    """Maximum size of a PDF file, as sent and after decompression."""
    max_redirects: int = 5
    robots: bool = True
    """Whether robots.txt is obeyed."""
    host_delay: float = 1.0
    """Minimum pause between two pages of one host."""
    max_at_once: int = 8
    max_per_host: int = 2
    proxy: Proxy | None = None
    """The proxy that all connections use."""
    allow_local: frozenset[str] = frozenset()
    """Exact `127.0.0.1:PORT` pairs that are allowed; only the sandbox and tests set them."""

    @property
    def robots_agent(self) -> str:
        """The product token that rules in robots.txt use for the bot."""
        return self.user_agent.partition("/")[0].strip()
