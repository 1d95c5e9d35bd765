"""Authorization, and the security headers of every response.

Without a token the pages are only for this machine, and the Host header must name it. Otherwise a web
page could let its own host name point to 127.0.0.1 and read our pages (DNS rebinding). With a token this
is not needed, because a browser sends a cookie only to the host that set it. Forms are accepted only
from our own pages (Sec-Fetch-Site, Origin: RFC 6454). Those that change something need more: see `sessions`.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.sessions import COOKIE, has_bearer, is_session

log = structlog.get_logger(__name__)

PUBLIC_PATHS = ("/login", "/healthz", "/static/", "/favicon.ico")
"""Paths that need no token."""
SETTINGS_FORM = "/moderators"
"""The path of the form for moderators. It needs no token, if the operator has turned it on."""
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def is_authorized(connection: HTTPConnection, token: str | None) -> bool:
    """Whether the request has the token or a session, or no token is set."""
    if token is None:
        return True
    return has_bearer(connection, token) or is_session(connection.cookies.get(COOKIE, ""), token)


class AuthMiddleware:
    """ASGI middleware around all pages."""

    def __init__(self, app: ASGIApp, token: str | None, settings_form: bool = False) -> None:
        self._app = app
        self._token = token
        self._public = (*PUBLIC_PATHS, SETTINGS_FORM) if settings_form else PUBLIC_PATHS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        answer = self._refusal(HTTPConnection(scope)) or self._app
        try:
            await answer(scope, receive, with_headers)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise  # the server reports it; stopping a body that is too large is not an error
            log.exception("a page failed", path=scope["path"])
            failed = f"This page failed ({type(error).__name__}). See the log.\n"
            await PlainTextResponse(failed, 500)(scope, receive, with_headers)

    def _refusal(self, connection: HTTPConnection) -> ASGIApp | None:
        headers = connection.headers
        if self._token is None and _host_name(headers) not in LOCAL_HOSTS:
            return PlainTextResponse("This page is only available as 127.0.0.1 or localhost.\n", 421)
        if connection.scope["method"] not in {"GET", "HEAD"} and not is_from_own_page(headers):
            return PlainTextResponse("Forms are accepted only from these pages.\n", 403)
        path = connection.scope["path"]
        if path.startswith(self._public) or is_authorized(connection, self._token):
            return None
        if "text/html" in headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        return PlainTextResponse("A token is required: Authorization: Bearer TOKEN\n", 401)


def _host_name(headers: Headers) -> str | None:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        return None


def is_from_own_page(headers: Headers) -> bool:
    """Whether a form was sent by one of our pages, or not by a browser."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False
