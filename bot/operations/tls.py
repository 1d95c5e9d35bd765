"""Whom the daemon's connections trust: one context, for reading the system's certificates takes 50 ms."""

from __future__ import annotations

import ssl
from functools import cache

import httpx2


@cache
def system_tls_context() -> ssl.SSLContext:
    """The system's certificate authorities, whatever the environment names; for all clients of a process."""
    return httpx2.create_ssl_context(trust_env=False)
