"""Sessions of browsers that have logged in, and the tokens of their forms.

Nothing is stored. The cookie is a random number and its HMAC with the token of `[web]`, and the token of the
forms is an HMAC of the cookie. So another token ends all sessions, and a page of another site, which cannot
read the cookie, cannot make a form that is accepted (OWASP: signed double-submit cookie, bound to a session).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

COOKIE = "precis"
FORM_FIELD = "csrf"
"""The field of a form that contains its token."""
NONCE_BYTES = 18


def new_session(token: str) -> str:
    """The value of a cookie for a new session: it proves knowledge of the token without containing it."""
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    return f"{nonce}.{_sign(token, 'session', nonce)}"


def is_session(cookie: str, token: str) -> bool:
    """Whether a cookie is one of `new_session` with this token."""
    nonce, _, signature = cookie.partition(".")
    return is_equal(signature, _sign(token, "session", nonce))


def form_token(connection: HTTPConnection, token: str | None) -> str:
    """The token for the forms of this session; "" without a session."""
    cookie = connection.cookies.get(COOKIE, "")
    return _sign(token, "form", cookie) if token is not None and is_session(cookie, token) else ""


def has_bearer(connection: HTTPConnection, token: str) -> bool:
    """Whether the request has the token in a header, which no form of a browser can set."""
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    return scheme == "Bearer" and is_equal(given, token)


def may_act(connection: HTTPConnection, form: Mapping[str, Any], token: str | None) -> bool:
    """Whether a request may change something: it has the token, or a session and the token of its forms."""
    if token is None:
        return False
    expected = form_token(connection, token)
    return has_bearer(connection, token) or bool(expected and is_equal(str(form.get(FORM_FIELD)), expected))


def is_equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())


def _sign(token: str, purpose: str, text: str) -> str:
    message = f"precis {purpose} {text}".encode("utf-8", "surrogateescape")
    return hmac.new(token.encode(), message, hashlib.sha256).hexdigest()
