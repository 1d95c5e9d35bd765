"""How the tests of this room make a fetcher and see what becomes of a link."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from bot.core.errors import FetchError
from bot.fetch import Fetcher, FetchSettings

NO_ONE_TRUSTED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Made once: reading the system's certificates takes longer than most tests."""


def fetcher_for(*netlocs: str, settings: dict[str, Any] | None = None, **parts: Any) -> Fetcher:
    """A fetcher without manners that may visit `netlocs` on loopback."""
    chosen = {"timeout": 5.0, "host_delay": 0.0, "robots": False, "max_per_host": 8, **(settings or {})}
    parts.setdefault("tls", NO_ONE_TRUSTED)
    return Fetcher(FetchSettings(allow_local=frozenset(netlocs), **chosen), **parts)


def refused(fetch: Callable[[str], object], link: str) -> FetchError:
    """The error that a fetch of `link` must end with."""
    with pytest.raises(FetchError) as caught:
        fetch(link)
    error = caught.value
    assert error.detail.isprintable()
    assert len(error.detail) < 300
    return error
