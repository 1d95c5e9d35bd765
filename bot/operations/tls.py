"""The TLS context of all connections. There is one, because loading the system's certificates takes 50 ms."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def system_tls_context() -> ssl.SSLContext:
    """Trusts the system's certificate authorities, ignores the environment; shared by the whole process."""
    return httpx2.create_ssl_context(trust_env=False)
