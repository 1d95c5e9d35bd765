"""Which requests the pages refuse: other host names (DNS rebinding) and forms of other sites (CSRF)."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.sandbox.loopback_server import Request

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send forms with `Origin: null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def refusal(request: Request) -> tuple[int, str] | None:
    """The status and the reason if a request is refused.

    A form must name the page that it comes from (`Origin`, RFC 6454). Every browser does that. Other ports
    of this machine are other origins.
    """
    host = request.headers.get("Host", "")
    if _host_name(host) not in _LOCAL_NAMES:
        return 421, "This page is only available as 127.0.0.1 or localhost."
    if request.method in ("GET", "HEAD"):
        return None
    if request.headers.get("Origin") != f"http://{host}":
        return 403, "Forms are accepted only from these pages."
    return None


def _host_name(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
