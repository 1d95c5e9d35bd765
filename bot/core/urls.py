"""Whether two links lead to the same article."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Set as AbstractSet
from urllib.parse import SplitResult, urlsplit

import idna

from bot.core.canonical_url import names_the_page
from bot.core.models import Article
from bot.core.percent_encoding import UNRESERVED, EscapeForm
from bot.core.redirect_links import direct_link

_TRACKING_NAMES = """
    fbclid gclid gclsrc dclid gbraid wbraid srsltid msclkid twclid yclid ysclid ttclid li_fat_id epik rdt_cid
    sccid igshid igsh mibextid sfnsn mc_cid mc_eid mkt_tok _hsenc _hsmi __hssc __hstc __hsfp hsctatracking
    __s s_kwcid ef_id s_cid _openstat _ga _gl _gac _ke rb_clickid wickedid irclickid irgwc cjevent dm_i
    cmp cmpid ocid icid ncid intcmp intcid int_cid ref_src ref_url smid smtyp emc campaign_id instance_id
    xtor wt_mc wtmc mktcid mktcval guccounter tsrc ito fsrc ftag mbid bxid cndid spm scm vd_source wprov
    shareid sharetype leadsource taid tpcc trk linkid lipi sref hootpostid triedredirect isfreemail
    showwelcomeonshare amp_js_v amp_gsa usqp __twitter_impression _branch_match_id _branch_referrer
    ml_subscriber ml_subscriber_hash ck_subscriber_id cvid
"""
_TRACKING_PARAMETERS = frozenset(_TRACKING_NAMES.split())
"""Query parameters of shares and campaigns. They do not change the page."""
_PREFIXES = "utm_ pk_ mtm_ piwik_ matomo_ hsa_ itm_ ns_ at_ gaa_ share_ soc_ fb_ vero_ oly_ guce_ lmd_"
_TRACKING_PREFIXES = tuple(_PREFIXES.split())
_ACCESS_NAMES = """
    unlocked_article_code gifttoken giftid gift gift_code freebie accesstoken sharetoken pwapi_token
    st reflink
"""
_ACCESS_PARAMETERS = frozenset(_ACCESS_NAMES.split())
"""Query parameters with which a subscriber gives an article away: the same article, but another page."""
_MAX_HOST = 255
_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEY_FORM = EscapeForm(UNRESERVED | frozenset("!$'()*,:;@|"))
"""Servers treat these characters like their escapes; "/", "?", "#", "&", "=", "+" and "%" have a meaning."""


def normalized_url(url: str, *, keep_access: bool = False) -> str:
    """The same text for all spellings of one link.

    Leaves out the scheme, `www.`, the default port, the fragment, a trailing slash and tracking parameters,
    and sorts the other parameters by name. International host names are in ASCII (UTS 46), and escapes in
    one form. A link of a redirect service counts as the address that it contains. Parameters that open an
    article to people without a subscription are left out too, unless `keep_access` is set. A link that
    cannot be parsed is returned as it is.
    """
    parts = _split(direct_link(url))
    if parts is None:
        return url.strip()
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    path = _KEY_FORM.of(_without_dots(parts.path)).rstrip("/") or "/"
    query = _query(parts.query, keep_access)
    return f"{_site_name(parts)}{port}{path}{'?' if query else ''}{query}{fragment}"


def _without_dots(path: str) -> str:
    """The path without "." and ".." (RFC 3986, 5.2.4)."""
    return posixpath.normpath(path) if "/." in path else path


def _query(query: str, keep_access: bool) -> str:
    items = [_KEY_FORM.of(item.replace("+", "%20")) for item in query.split("&") if item]
    names = {_name(item) for item in items}
    kept = (item for item in items if not _is_left_out(_name(item), names, keep_access))
    return "&".join(sorted(kept, key=lambda item: item.partition("=")[0]))  # equal names stay in their order


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
    return _ascii_host((parts.hostname or "").rstrip(".")).removeprefix("www.")


def _ascii_host(host: str) -> str:
    """An international name in ASCII; a name that is not valid stays as it is."""
    if host.isascii() or len(host) > _MAX_HOST:
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return host


def _same_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _name(item: str) -> str:
    return item.partition("=")[0].lower()


def _is_left_out(name: str, names: AbstractSet[str], keep_access: bool) -> bool:
    if name == "st" and "reflink" not in names:  # alone it may be anything
        return False
    if name in _ACCESS_PARAMETERS:
        return not keep_access
    return name in _TRACKING_PARAMETERS or name.startswith(_TRACKING_PREFIXES)
