"""Which sites a link leads to, and whether a site is in a list of a community."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import idna

from bot.core.lazy_patterns import lazy_pattern
from bot.core.redirect_links import direct_link

_ARCHIVES = (
    *["archive.today", "archive.ph", "archive.is", "archive.li", "archive.vn", "archive.fo", "archive.md"],
    *["archive.org", "archive-it.org", "arquivo.pt", "webarchive.org.uk", "ghostarchive.org", "megalodon.jp"],
    *["mementoweb.org", "webcache.googleusercontent.com", "cc.bingj.com", "translate.google.com"],
    *["12ft.io", "1ft.io", "removepaywall.com", "removepaywalls.com", "txtify.it", "outline.com", "smry.ai"],
    *["freedium.cfd", "r.jina.ai", "printfriendly.com"],
)
"""Hosts that show a page of another site, whose address is in the path or the query of the link."""
_ADDRESS = lazy_pattern(r"https?:/{1,2}(?=[^/\s])", re.IGNORECASE)
_AFTER_STAMP = lazy_pattern(r"/(?:\d{4,14}[a-z_]*\*?|\*|newest|oldest)/(?=[^/\s]+\.[^/\s])")
"""The time of a copy; the address behind it may have no scheme."""
_SAVE_PATH = lazy_pattern(r"/save/(?:_embed/)?(?=[^/\s]+\.[^/\s])")
_CACHE_QUERY = lazy_pattern(r"cache:(?:[\w-]+:)?(?=[^\s/]+\.[^\s/])")
_AMP_VIEWER = lazy_pattern(r"(?:(?:www|m)\.)?(?:google\.(?:com?\.)?[a-z]{2,3}|bing\.com)/amp/(?:s/)?")
_ENCODED_HOST = lazy_pattern(r"([a-z0-9-]+)\.(?:cdn\.ampproject\.org|bing-amp\.com|translate\.goog)")
"""The host of the original page, with a hyphen for each dot and two for each hyphen."""
_MAX_LAYERS = 3
"""Archives and caches within each other."""
_MAX_LINK = 8192


def domain(url: str | None) -> str:
    """The host of a URL in lower case, without `www.`, IDNs as punycode; "" if there is none."""
    link = split_link(url)
    return canonical_host(link.hostname or "") if link else ""


def split_link(url: str | None) -> SplitResult | None:
    try:
        link = urlsplit((url or "").strip())
        link.port  # noqa: B018 (raises if the port is not a number)
    except ValueError:
        return None
    return link


def canonical_host(host: str) -> str:
    """The canonical form of a host (UTS #46), so that `Köln.example` and `xn--kln-sna.example` match."""
    host = host.lower().rstrip(".")
    if not host.isascii():
        with contextlib.suppress(idna.IDNAError):  # not a valid name: compared unchanged
            host = idna.encode(host, uts46=True).decode()
    return host.rstrip(".").removeprefix("www.")


def is_within(host: str, sites: Iterable[str]) -> bool:
    """Whether `host` is one of the sites or a subdomain of one."""
    return any(host == site or host.endswith(f".{site}") for site in map(canonical_host, sites))


def shown_sites(url: str | None, *, everywhere: bool = False) -> tuple[str, ...]:
    """The host of a link and, if it is a copy in an archive or a cache, the host of the original page.

    With `everywhere`, a whole address in the path of any link counts as the original, because there are more
    archives than anyone knows.
    """
    found: list[str] = []
    target: str | None = (url or "").strip()[:_MAX_LINK]
    while target and len(found) <= _MAX_LAYERS:
        host = domain(target)
        if host in found:
            break
        found.append(host)
        target = _original(target, everywhere)
    return tuple(filter(None, found))


def _original(url: str, everywhere: bool) -> str | None:
    """The address of the page that a link shows a copy of; None if it is not a copy."""
    link = split_link(url)
    if link is None:
        return None
    direct = direct_link(url)
    if direct != url:
        return direct
    host = (link.hostname or "").rstrip(".")
    encoded = _ENCODED_HOST.fullmatch(host)
    if encoded:
        return f"https://{encoded[1].replace('--', '/').replace('-', '.').replace('/', '-')}/"
    viewer = _AMP_VIEWER.match(f"{host}{link.path}")
    if viewer:
        return f"https://{f'{host}{link.path}'[viewer.end() :]}"
    path, query = unquote(link.path), unquote(link.query)
    is_archive = is_within(canonical_host(host), _ARCHIVES)
    if not is_archive:
        return _last_address(path) if everywhere else None
    return (
        _last_address(f"{path}?{query}")
        or _rest(_AFTER_STAMP.search(path))
        or _rest(_SAVE_PATH.match(path))
        or _rest(_CACHE_QUERY.search(query))
        or next((f"https://{value}" for _, value in parse_qsl(link.query) if _is_host(value)), None)
        or (f"https://{path.lstrip('/')}" if _is_host(path.lstrip("/")) else None)
    )


def _last_address(text: str) -> str | None:
    """The last address with a scheme in a text, to its end."""
    found = list(_ADDRESS.finditer(text))
    return f"https://{text[found[-1].end() :]}" if found else None


def _rest(found: re.Match[str] | None) -> str | None:
    return f"https://{found.string[found.end() :]}" if found else None


def _is_host(text: str) -> bool:
    """Whether a text begins with the name of a host."""
    return re.match(r"[\w-]+(?:\.[\w-]+)+(?:/|$)", text) is not None
