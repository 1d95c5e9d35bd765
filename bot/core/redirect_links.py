"""Links of redirect services that contain the address they lead to, such as `google.com/url?q=…`.

Many of these services answer a program with a page that only a browser can follow. So the address is read
from the link, without any request.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bot.core.lazy_patterns import lazy_pattern

MAX_WRAPPERS = 3
"""Redirect links within each other."""
MAX_LINK = 8192
"""Characters of a link that is looked at."""

_PARAMETERS = (
    # host, path, names of the parameters with the address
    (r"(?:www\.|m\.)?google\.(?:com?\.)?[a-z]{2,3}", r"/url", ("q", "url")),
    (r"(?:l|lm|m|www)\.facebook\.com", r"/(?:l\.php|flx/warn/?)", ("u",)),
    (r"l\.(?:instagram\.com|messenger\.com|threads\.(?:com|net)|wl\.co)", r"/.*", ("u",)),
    (r"out\.reddit\.com", r"/.*", ("url",)),
    (r"(?:www\.|m\.)?youtube\.com", r"/redirect", ("q",)),
    (r"(?:www\.)?linkedin\.com", r"/(?:redir/redirect|safety/go)/?", ("url",)),
    (r"(?:m\.)?vk\.(?:com|ru)", r"/away(?:\.php)?", ("to",)),
    (r"t\.umblr\.com", r"/redirect", ("z",)),
    (r"slack-redir\.net", r"/link", ("url",)),
    (r"(?:www\.)?duckduckgo\.com", r"/l/?", ("uddg",)),
    (r"(?:www\.)?bing\.com", r"/news/apiclick\.aspx", ("url",)),
    (r"steamcommunity\.com", r"/linkfilter/?", ("u", "url")),
    (r"[a-z0-9]+\.safelinks\.protection\.outlook\.com", r"/.*", ("url",)),
    (r"getpocket\.com", r"/redirect", ("url",)),
    (r"medium\.com", r"/r/?", ("url",)),
    (r"go\.(?:redirectingat|skimresources)\.com", r"/?", ("url",)),
)
_SERVICES = tuple((lazy_pattern(host), lazy_pattern(path), names) for host, path, names in _PARAMETERS)
_AMP_CACHE_HOST = lazy_pattern(r"(?:[a-z0-9-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
_AMP_CACHE_PATH = lazy_pattern(r"/(?:[a-z]{1,2}/)?(s/)?([^/]+\.[^/]+/.*)")
_AMP_VIEWER = lazy_pattern(r"/amp/(s/)?([^/]+\.[^/]+(?:/.*)?)")
_GOOGLE_NEWS = lazy_pattern(r"/(?:__i/)?(?:rss/(?:rd/)?)?(?:articles|read)/([A-Za-z0-9_=-]+)")
_YAHOO = lazy_pattern(r"/RU=([^/]+)/")
_WEB = lazy_pattern(r"https?://[^\s\x00-\x1f\x7f]+", re.IGNORECASE)


def direct_link(url: str) -> str:
    """The address that a redirect link contains; `url` itself if it is not a link of a known service."""
    for _ in range(MAX_WRAPPERS):
        parts = _split(url)
        target = _target(parts) if parts else None
        if target is None or not _WEB.fullmatch(target):
            break
        url = target
    return url


def needs_browser(url: str) -> bool:
    """Whether it is a link of Google News that hides its address. Only a script on its page knows it."""
    parts = _split(url)
    return bool(parts and parts.hostname == "news.google.com" and _GOOGLE_NEWS.fullmatch(parts.path))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip()) if len(url) <= MAX_LINK else None
    except ValueError:
        return None
    return parts if parts and parts.hostname and parts.scheme in ("http", "https") else None


def _target(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").rstrip(".")
    if host == "news.google.com":
        return _google_news_target(parts.path)
    if _AMP_CACHE_HOST.fullmatch(host):
        return _amp_target(_AMP_CACHE_PATH, parts)
    if re.fullmatch(r"www\.(?:google\.(?:com?\.)?[a-z]{2,3}|bing\.com)", host) and parts.path.startswith(
        "/amp/"
    ):
        return _amp_target(_AMP_VIEWER, parts)
    if host == "r.search.yahoo.com" and (found := _YAHOO.search(parts.path)):
        return unquote(found[1])
    if host == "href.li":
        return unquote(parts.query)
    if host in ("bing.com", "www.bing.com") and parts.path == "/ck/a":
        return _decoded(dict(parse_qsl(parts.query)).get("u", "").removeprefix("a1")).decode(errors="replace")
    return _parameter(host, parts)


def _parameter(host: str, parts: SplitResult) -> str | None:
    for service, path, names in _SERVICES:
        if service.fullmatch(host) and path.fullmatch(parts.path):
            query = dict(reversed(parse_qsl(parts.query)))  # of several, the first
            found = (query[name] for name in names if _WEB.fullmatch(query.get(name, "")))
            return next(found, None)
    return None


def _amp_target(form: re.Pattern[str], parts: SplitResult) -> str | None:
    found = form.fullmatch(parts.path)
    if not found:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if found[1] else 'http'}://{found[2]}{query}"


def _google_news_target(path: str) -> str | None:
    """The address in an id of the older form.

    The id is a protocol buffer in base64: 08 13 22, the length of the address as a varint, the address.
    Newer ids have a token of Google in its place.
    """
    found = _GOOGLE_NEWS.fullmatch(path)
    data = _decoded(found[1]) if found else b""
    if not data.startswith(b"\x08\x13\x22") or len(data) < 5:
        return None
    length, start = data[3], 4
    if length > 127:
        length, start = length - 128 + 128 * data[4], 5
    return data[start : start + length].decode("utf-8", "replace")


def _decoded(text: str) -> bytes:
    """The bytes of a text in base64 for addresses (RFC 4648, 5), without padding; b"" if it is invalid."""
    text = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
