"""Parses and checks an untrusted link.

The request is built from the parts of a `Target`, never from the original link, so the checked parts are
the ones that are used. Host names follow RFC 1034 (underscores are allowed, because sites use them) and
UTS 46. A name whose last label is a number is an IPv4 address, by the URL Standard
(https://url.spec.whatwg.org/#ends-in-a-number-checker).
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

import httpx2
import idna
from msgspec import Struct

from bot.core.errors import FetchError
from bot.core.lazy_patterns import lazy_pattern
from bot.core.redirect_links import direct_link, needs_browser
from bot.core.skip_reasons import SkipReason
from bot.fetch.ip_addresses import AddressFilter

MAX_URL = 4096
"""Maximum length of a link in characters."""

_PORTS = {"http": 80, "https": 443}
_PARTS = lazy_pattern(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.ASCII)
_AUTHORITY = lazy_pattern(r"(?P<host>[^:@%\\\s]+)(?::(?P<port>[0-9]{0,5}))?", re.ASCII)
_NAME = lazy_pattern(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_-]{1,63}", re.ASCII)
_NUMBER = lazy_pattern(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_CONTROL = lazy_pattern(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LOCAL_NAMES = ("localhost", "local", "internal", "home.arpa", "onion", "alt")
"""Names that public DNS must not resolve (RFC 6761, 6762, 7686, 8375, 9476; ICANN for `internal`)."""


class Target(Struct, frozen=True):
    """The URL of one request, in checked parts."""

    scheme: str
    host: str
    """In lower case, in ASCII, without a trailing dot."""
    port: int
    path: str
    """Path and query, percent-encoded; never empty."""

    @property
    def netloc(self) -> str:
        """The value of the Host header: with the port if it is not the scheme's default."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def host_key(self) -> str:
        """The key for the limits of a host: ports 80 and 443 of one host have the same key."""
        return self.host if self.port in _PORTS.values() else self.netloc

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    @property
    def url(self) -> str:
        return self.origin + self.path

    def with_path(self, path: str) -> Target:
        """The same origin with another path."""
        return Target(self.scheme, self.host, self.port, path)

    def redirect(self, location: str, address_filter: AddressFilter) -> Target:
        """The target of a redirect from here; raises FetchError like `parse_link`."""
        try:
            return parse_link(urljoin(self.url, location.strip()), address_filter)
        except ValueError as error:
            raise _not_web("The page redirects to something that is not a link.") from error


def parse_link(link: str, address_filter: AddressFilter) -> Target:
    """The target of an absolute link. Raises FetchError for links that must not be opened.

    A link of a redirect service that contains its address leads to that address.
    """
    link = direct_link(link.strip())
    if len(link) > MAX_URL:
        raise _not_web("The link is too long.")
    parts = _PARTS.fullmatch(link)
    if _CONTROL.search(link) or not parts:
        raise _not_web("This is not a web link.")
    scheme = parts["scheme"].lower()
    if scheme not in _PORTS:
        raise _not_web("Only http and https links are opened.")
    if needs_browser(link):
        detail = "This link of Google News leads on to its article only in a browser."
        raise FetchError(SkipReason.ONLY_REDIRECT, detail, permanent=True)
    host, port = _host_and_port(parts["authority"], _PORTS[scheme], address_filter)
    return Target(scheme, host, port, _path(parts["rest"]))


def _host_and_port(authority: str, default_port: int, address_filter: AddressFilter) -> tuple[str, int]:
    if "@" in authority:
        raise _not_web("Links with a user name or password are not opened.")
    if authority.startswith("["):
        raise _forbidden_address("The link has an IP address instead of a host name.")
    parts = _AUTHORITY.fullmatch(authority)
    if not parts:
        raise _not_web("The host name of the link is not valid.")
    port = int(parts["port"] or default_port)
    if not address_filter.allows_port(port):
        raise _not_web("Only links to ports 80 and 443 are opened.")
    return _host(parts["host"], port, address_filter), port


def _host(written: str, port: int, address_filter: AddressFilter) -> str:
    if address_filter.is_local_exception(written, port):
        return written
    name = _to_ascii(written).removesuffix(".")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise _forbidden_address("The link has an IP address instead of a host name.")
    if "." not in name or any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES):
        raise _forbidden_address("The link leads to a host of a local network.")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise _not_web("The host name of the link is not valid.")
    return name


def _to_ascii(host: str) -> str:
    if len(host) > 255:
        raise _not_web("The host name of the link is not valid.")
    if host.isascii():
        return host.lower()
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise _not_web("The host name of the link is not valid.") from error


def _path(rest: str) -> str:
    """Path and query, as httpx2 encodes them, without the fragment."""
    try:
        raw = httpx2.URL(f"http://host.invalid{rest}").raw_path
    except httpx2.InvalidURL as error:
        raise _not_web("This is not a web link.") from error
    return raw.decode("ascii")


def _not_web(detail: str) -> FetchError:
    return FetchError(SkipReason.NOT_WEB, detail, permanent=True)


def _forbidden_address(detail: str) -> FetchError:
    return FetchError(SkipReason.FORBIDDEN_ADDRESS, detail, permanent=True)
