"""The cookies of one fetch. Some sites redirect in a loop until their cookie comes back."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

MAX_COOKIES = 50
"""Cookies of one fetch; the rest is ignored."""
MAX_LINE = 4_096
"""Characters of a Set-Cookie header; a longer one is ignored."""
MAX_ATTRIBUTES = 1_000
"""Semicolons in the Set-Cookie headers of a response. Parsing this many takes about 5 ms."""
MAX_HEADER = 8_192
"""Characters of a Cookie header, because servers refuse long ones. If it is longer, none is sent."""


class FetchCookies:
    """Keeps cookies from one response to the next request of the same fetch, and no longer.

    A cookie goes back only to the host that set it, or to the domain that it names if that host belongs to
    the domain (RFC 6265, 5.3 and 5.4), and over https only if it is marked as secure.
    """

    def __init__(self) -> None:
        policy = DefaultCookiePolicy(
            strict_domain=True, strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain
        )
        self._cookies = httpx2.Cookies(CookieJar(policy))

    def header(self, url: str) -> str:
        """The Cookie header of a request for `url`; "" if there is none."""
        request = httpx2.Request("GET", url)
        self._cookies.set_cookie_header(request)
        header = request.headers.get("cookie", "")
        return header if len(header) <= MAX_HEADER else ""

    def store(self, url: str, headers: httpx2.Headers) -> bool:
        """Keep the cookies of a response of `url`. Returns whether one is new or has a new value."""
        lines = [
            line
            for line in headers.get_list("set-cookie")[:MAX_COOKIES]
            if len(line) <= MAX_LINE and line.isascii() and line.isprintable()  # RFC 6265, 4.1.1 and 6.1
        ]
        too_complex = sum(line.count(";") for line in lines) > MAX_ATTRIBUTES
        if not lines or too_complex or len(self._cookies) >= MAX_COOKIES:
            return False
        before = self._values()
        response = httpx2.Response(
            200, headers=[("set-cookie", line) for line in lines], request=httpx2.Request("GET", url)
        )
        self._cookies.extract_cookies(response)
        return self._values() != before

    def _values(self) -> set[tuple[str, str, str, str | None]]:
        return {(cookie.domain, cookie.path, cookie.name, cookie.value) for cookie in self._cookies.jar}
