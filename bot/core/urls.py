"""Whether two links lead to the same article."""

from __future__ import annotations

import hashlib
from urllib.parse import SplitResult, urlsplit

from bot.core.canonical_url import names_the_page
from bot.core.models import Article

_TRACKING_NAMES = """
    fbclid gclid dclid gbraid wbraid msclkid twclid yclid ttclid igshid igsh mc_cid mc_eid _ga _gl
    at_medium at_campaign cmpid ocid ref_src ref_url smid smtyp share_id xtor wt_mc guccounter
"""
_TRACKING_PARAMETERS = frozenset(_TRACKING_NAMES.split())
"""Query parameters that track readers and do not change the page."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalized_url(url: str) -> str:
    """The same text for all spellings of one link.

    Leaves out the scheme, `www.`, the default port, the fragment, a trailing slash and tracking parameters.
    A link that cannot be parsed is returned as it is.
    """
    parts = _split(url)
    if parts is None:
        return url.strip()
    query = "&".join(
        item for item in parts.query.split("&") if item and not _is_tracking(item.partition("=")[0])
    )
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    path = parts.path.rstrip("/") or "/"
    return f"{_site_name(parts)}{port}{path}{'?' if query else ''}{query}{fragment}"


def url_hash(url: str) -> str:
    """SHA-256 of the normalized URL: may be kept after the link itself has to be deleted."""
    return hashlib.sha256(normalized_url(url).encode(errors="surrogatepass")).hexdigest()


def article_url(article: Article) -> str:
    """The URL of an article: its canonical URL if that is on the same site and can be its own.

    Otherwise it is the fetched URL. A canonical URL on another site is ignored: a page could use it to block
    replies to that site's articles.
    """
    canonical, fetched = _split(article.canonical_url or ""), _split(article.url)
    if canonical is None or fetched is None or not article.canonical_url:
        return article.url
    trusted = _same_site(_site_name(canonical), _site_name(fetched)) and names_the_page(
        canonical, fetched, article.title
    )
    return article.canonical_url if trusted else article.url


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 (raises if the port is not a number)
    except ValueError:
        return None
    return parts if parts.hostname else None


def _site_name(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").removeprefix("www.")


def _same_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _is_tracking(name: str) -> bool:
    return name.lower() in _TRACKING_PARAMETERS or name.lower().startswith(("utm_", "pk_", "mtm_"))
