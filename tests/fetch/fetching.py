"""Helpers for the tests of the fetcher."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import pytest

from bot.core.errors import FetchError
from bot.fetch import Fetcher, FetchSettings

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Created once, because loading the system's certificates takes longer than most tests."""


def fetcher_for(*netlocs: str, settings: dict[str, Any] | None = None, **parts: Any) -> Fetcher:
    """A fetcher without pauses and robots.txt that may fetch from `netlocs` on loopback."""
    values = {"timeout": 5.0, "host_delay": 0.0, "robots": False, "max_per_host": 8, **(settings or {})}
    parts.setdefault("tls", NO_CERTIFICATES)
    return Fetcher(FetchSettings(allow_local=frozenset(netlocs), **values), **parts)


def fetch_error(fetch: Callable[[str], object], link: str) -> FetchError:
    """The error of a fetch of `link`; fails if there is none."""
    with pytest.raises(FetchError) as caught:
        fetch(link)
    error = caught.value
    assert error.detail.isprintable()
    assert len(error.detail) < 300
    return error
