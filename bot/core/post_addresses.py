"""Parses the addresses of posts and comments that people paste, from the web pages of servers and clients.

| client | addresses |
|---|---|
| lemmy-ui | `/post/1`, `/post/1?scrollToComments=true`, `/post/1/11#comment-11`, `/comment/11` |
| PieFed | `/post/1`, `/c/NAME/p/1/slug`, `/post/1/comment/11#comment_11`, `/comment/11` |
| Photon, Tesseract | `/post/SERVER/1`, `/comment/SERVER/11` |
| Alexandrite, lemmyverse.link, mlmym | `/SERVER/post/1`, `/SERVER/comment/11` |
| Voyager | `/posts/SERVER/c/NAME/comments/1/0.11` |
| Reddit and its other front ends | `/r/NAME/comments/ID/slug/CID`, `/comments/ID`, `redd.it/ID` |

A client of one server may have its own subdomain, such as `old.lemmy.example` for `lemmy.example`.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from bot.core.lazy_patterns import lazy_pattern


class PostAddress(Struct, frozen=True):
    """What an address of a post or a comment says. The ids are those of the server that it names."""

    servers: tuple[str, ...]
    """The hosts that the ids may belong to, the most likely first; empty for Reddit."""
    post_id: str | None = None
    comment_id: str | None = None
    is_share_link: bool = False
    """Whether it is a share link of Reddit, which contains no id."""
    urls: tuple[str, ...] = ()
    """The addresses under which its server knows it, to ask another platform for its copy, the most likely
    first. For a share link, the link itself. Otherwise empty for Reddit."""

    @property
    def is_reddit(self) -> bool:
        return not self.servers


MAX_ADDRESS_LENGTH = 2_000
"""Characters; no address of a post is longer."""
_SERVER = r"(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?"
_FEDIVERSE_PATHS = tuple(
    lazy_pattern(pattern, re.IGNORECASE)
    for pattern in (
        rf"/posts/(?P<server>{_SERVER})/c/[^/]+/comments/(?P<post>\d+)(?:/[\d.]*?(?P<comment>\d+))?(?:/.*)?",
        rf"/(?:(?P<server>{_SERVER})/)?post/(?P<post>\d+)(?:/(?:comment/)?(?P<comment>\d+))?(?:/.*)?",
        rf"/post/(?P<server>{_SERVER})/(?P<post>\d+)(?:/(?:comment/)?(?P<comment>\d+))?(?:/.*)?",
        r"/c/[^/]+/p/(?P<post>\d+)(?:/[^/]+)?(?:/comment/(?P<comment>\d+))?(?:/.*)?",
        rf"/(?:(?P<server>{_SERVER})/)?comment/(?P<comment>\d+)(?:/.*)?",
        rf"/comment/(?P<server>{_SERVER})/(?P<comment>\d+)(?:/.*)?",
    )
)
_COMMENT_FRAGMENT = lazy_pattern(r"(?:comment[-_])?(\d+)")
_REDDIT_PATH = lazy_pattern(
    r"/(?:(?:r|u|user)/[^/]+/)?(?:comments|gallery)/(?:t3_)?(?P<post>[a-z0-9]+)"
    r"(?:/[^/]*(?:/(?:t1_)?(?P<comment>[a-z0-9]+))?)?(?:/.*)?",
    re.IGNORECASE,
)
_REDDIT_SHORT_PATH = lazy_pattern(r"/(?P<post>[a-z0-9]+)", re.IGNORECASE)
_SHARE_PATH = lazy_pattern(r"/(?:(?:r|u|user)/[^/]+/)?s/\w+", re.IGNORECASE)
_HAS_SCHEME = lazy_pattern(r"https?://", re.IGNORECASE)


def parse_post_address(text: str) -> PostAddress | None:
    """The post or comment that an address names; None if it is not an address of either.

    The scheme may be missing. An address of another site in one of these forms is parsed too: whether
    there is such a post must be looked up.
    """
    text = text.strip().strip("<>")
    if len(text) > MAX_ADDRESS_LENGTH:
        return None
    try:
        parts = urlsplit(text if _HAS_SCHEME.match(text) else f"https://{text}")
        host = parts.hostname
    except ValueError:
        return None
    if not host or "." not in parts.netloc:
        return None
    path = parts.path.rstrip("/")
    if _is_reddit_host(host) and _SHARE_PATH.fullmatch(path):
        return PostAddress((), is_share_link=True, urls=(f"https://www.reddit.com{path}",))
    return _fediverse_address(parts, path) or _reddit_address(host, path)


def server_of(url: str) -> str:
    """The host, with its port, of the server that a URL leads to; "" if there is none."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _fediverse_address(parts: SplitResult, path: str) -> PostAddress | None:
    found = next((match for form in _FEDIVERSE_PATHS if (match := form.fullmatch(path))), None)
    if found is None:
        return None
    groups = found.groupdict()
    fragment = _COMMENT_FRAGMENT.fullmatch(parts.fragment)
    comment = groups["comment"] or (fragment[1] if fragment else None)
    named = groups.get("server")
    servers = (named.lower(),) if named else _servers_of(parts.netloc.lower())
    post = groups.get("post")
    if comment is not None:
        object_path = f"/comment/{comment}"
    else:
        object_path = path if path.startswith("/c/") else f"/post/{post}"  # PieFed's posts have such ids
    urls = tuple(f"{parts.scheme.lower()}://{server}{object_path}" for server in servers)
    return PostAddress(servers, post, comment, urls=urls)


def _servers_of(host: str) -> tuple[str, ...]:
    """The host, and the one that it is a subdomain of."""
    parent = host.partition(".")[2]
    is_name = bool(re.search(r"[a-z]", parent.partition(":")[0]))  # not the rest of an IP address
    return (host, parent) if "." in parent and is_name else (host,)


def _reddit_address(host: str, path: str) -> PostAddress | None:
    """Front ends of Reddit on other hosts keep its paths."""
    form = _REDDIT_SHORT_PATH if host.lower() in ("redd.it", "www.redd.it") else _REDDIT_PATH
    found = form.fullmatch(path)
    if found is None:
        return None
    groups = found.groupdict()
    post, comment = groups["post"], groups.get("comment")
    return PostAddress((), post.lower(), comment.lower() if comment else None)


def _is_reddit_host(host: str) -> bool:
    return host.lower() == "reddit.com" or host.lower().endswith(".reddit.com")
