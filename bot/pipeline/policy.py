"""Reply or skip, and why: pure functions of a post, its community's rules and its digest.

No network, no clock, no database: the time and the day's count are arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import SplitResult

from msgspec import Struct

from bot.core.daily_cap import DailyCap
from bot.core.models import ArticleTrait, Digest, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.pipeline.site_matching import canonical_host, domain, is_within, shown_sites, split_link
from bot.pipeline.text_matching import has_flair, has_phrase
from bot.rules import CommunityRules

MAX_TITLE_LENGTH = 1_000
"""Characters of a title that are searched; titles on all platforms are shorter."""
CLOCK_SKEW = timedelta(minutes=5)
"""How far a server's clock may be ahead of ours before its posts count as future-dated."""

_SUFFIXES = """
    .jpg .jpeg .png .gif .gifv .webp .avif .bmp .tif .tiff .svg .heic .jxl
    .mp4 .webm .mov .mkv .avi .m4v .mpg .mpeg .m3u8 .ogv
    .mp3 .ogg .oga .opus .wav .flac .m4a .aac
"""
_HOSTS = """
    i.redd.it v.redd.it preview.redd.it imgur.com giphy.com tenor.com gfycat.com redgifs.com flickr.com
    instagram.com catbox.moe postimg.cc ibb.co youtube.com youtube-nocookie.com youtu.be vimeo.com
    dailymotion.com twitch.tv tiktok.com streamable.com odysee.com rumble.com soundcloud.com bandcamp.com
    open.spotify.com music.apple.com
"""
MEDIA_SUFFIXES = frozenset(_SUFFIXES.split())
MEDIA_HOSTS = frozenset(_HOSTS.split())
"""Hosts, including subdomains, whose pages are images, video or audio."""

DISCUSSION_HOSTS = frozenset(("reddit.com", "redd.it"))
"""Hosts whose links lead to discussions, on any platform."""

_SAME_LANGUAGE: dict[str, set[str | None]] = {"nb": {"nb", "no"}, "nn": {"nn", "no"}, "no": {"nb", "no"}}
"""The codes in `languages` that each code of an article is included in: Norwegian has two written forms, and
a page that does not say which one is almost always in Bokmål."""


class _Case(Struct, frozen=True):
    """The input of a check before the fetch."""

    post: Post
    rules: CommunityRules
    now: datetime
    replies_today: int
    requested: bool
    link: SplitResult | None


def before_fetch(
    post: Post, rules: CommunityRules, now: datetime, replies_today: int, *, requested: bool = False
) -> Skipped | None:
    """Why a post gets no reply, judged by the post alone; None to continue.

    `now` is aware; `replies_today` counts the community's replies of the last 24 hours; `requested`
    means that somebody requested the reply. Of several reasons, the one that applies longest is
    returned, so the temporary ones (age, daily cap) come last.
    """
    case = _Case(post, rules, now, replies_today, requested, split_link(post.url))
    return next((skip for check in _CHECKS if (skip := check(case)) is not None), None)


def before_send(post: Post, rules: CommunityRules, *, requested: bool = False) -> Skipped | None:
    """Why a post gets no reply although one is written; None to send it. Its age does not matter.

    The maximum per day is checked elsewhere.
    """
    if requested:
        return check_request(post, rules) or check_placement(post, rules, 0)
    case = _Case(post, rules, post.published, 0, False, split_link(post.url))
    return next((skip for check in _LASTING_CHECKS if (skip := check(case)) is not None), None)


def check_request(post: Post, rules: CommunityRules) -> Skipped | None:
    """Why a requested link gets no summary; None to continue.

    The post's age, pin and author do not matter for a request.
    """
    if post.gone:
        return Skipped(SkipReason.GONE)
    if post.nsfw and not rules.nsfw:
        return Skipped(SkipReason.NSFW)
    case = _Case(post, rules, post.published, 0, True, split_link(post.url))
    return _link(case) or _site(case)


def check_placement(post: Post, rules: CommunityRules, replies_today: int) -> Skipped | None:
    """Why a requested summary must not be posted under the post; None if it may be."""
    case = _Case(post, rules, post.published, replies_today, True, None)
    states = ((post.locked, SkipReason.LOCKED), (post.quarantined, SkipReason.QUARANTINED))
    return (
        _community(case)
        or next((Skipped(reason) for applies, reason in states if applies), None)
        or _cap(case)
    )


def after_digest(digest: Digest, rules: CommunityRules) -> Skipped | None:
    """Why a summarized article gets no reply; None to continue."""
    article, summary = digest.article, digest.summary
    is_self_post = ArticleTrait.SELF_POST in article.traits
    skipped = check_article(article.word_count, article.language, rules, is_self_post=is_self_post)
    if skipped is not None:
        return skipped
    if not summary.sentences:
        return Skipped(summary.refusal or SkipReason.NO_SENTENCES)
    if summary.saved >= rules.min_saved:
        return None
    detail = f"{summary.saved}% saved; the settings require {rules.min_saved}%"
    return Skipped(SkipReason.SAVES_TOO_LITTLE, detail)


def min_words(rules: CommunityRules, *, is_self_post: bool) -> int:
    """How many words an article, or the text of a self post, must have."""
    return rules.min_self_post_words if is_self_post else rules.min_article_words


def check_article(
    words: int, language: str | None, rules: CommunityRules, *, is_self_post: bool = False
) -> Skipped | None:
    """Why an article with this many words in this language (ISO 639-1) gets no reply."""
    required = min_words(rules, is_self_post=is_self_post)
    if words < required:
        detail = f"{words} words; the settings require {required}"
        return Skipped(SkipReason.TOO_SHORT, detail)
    if rules.languages and not _SAME_LANGUAGE.get(language or "", {language}) & set(rules.languages):
        return Skipped(SkipReason.LANGUAGE, language or "not detected")
    return None


def _community(case: _Case) -> Skipped | None:
    if not case.rules.enabled:
        return Skipped(SkipReason.COMMUNITY_OFF)
    if case.rules.only_on_request and not case.requested:
        return Skipped(SkipReason.ON_REQUEST)
    return Skipped(SkipReason.BANNED) if case.post.banned else None


def _state(case: _Case) -> Skipped | None:
    post = case.post
    states = (
        (post.own, SkipReason.OWN_POST),
        (post.bot_author, SkipReason.BOT_AUTHOR),
        (post.gone, SkipReason.GONE),
        (post.locked, SkipReason.LOCKED),
        (post.pinned, SkipReason.PINNED),
        (post.quarantined, SkipReason.QUARANTINED),
        (post.nsfw and not case.rules.nsfw, SkipReason.NSFW),
        (post.crosspost and not case.rules.crossposts, SkipReason.CROSSPOST),
    )
    return next((Skipped(reason) for applies, reason in states if applies), None)


def _link(case: _Case) -> Skipped | None:
    if summarizes_own_text(case.post, case.rules):
        return None
    if not (case.post.url or "").strip():
        return Skipped(SkipReason.NO_LINK, "the settings exclude self posts" if case.post.body else "")
    link, site = case.link, domain(case.post.url)
    if link is None or link.scheme.lower() not in ("http", "https") or not site:
        return Skipped(SkipReason.NOT_WEB)
    suffix = PurePosixPath(link.path).suffix.lower()
    if suffix in MEDIA_SUFFIXES or is_within(site, MEDIA_HOSTS):
        return Skipped(SkipReason.MEDIA_LINK)
    return Skipped(SkipReason.NO_LINK, "a link to a discussion") if _is_discussion(case.post, link) else None


def summarizes_own_text(post: Post, rules: CommunityRules) -> bool:
    """Whether the text of the post itself is summarized, because it has no link and the settings want it."""
    return rules.self_posts and post.is_self_post


def _is_discussion(post: Post, link: SplitResult) -> bool:
    """Whether the link leads to the post's own server or to another discussion.

    Hosts are compared with their ports, because several servers may share a host.
    """
    home = split_link(post.permalink)
    if home is not None and link.netloc.lower() == home.netloc.lower():
        return True
    host = domain(link.geturl())
    return host == canonical_host(post.community.partition("@")[2]) or is_within(host, DISCUSSION_HOSTS)


def _site(case: _Case) -> Skipped | None:
    """A copy in an archive or a cache counts as the original page too. A self post is on no other site."""
    rules, url = case.rules, case.post.url
    if case.post.is_self_post:
        return None
    blocked = find_blocked_site(url, rules)
    if blocked:
        return Skipped(SkipReason.DOMAIN_BLOCKED, blocked)
    if rules.allow_domains and not any(is_within(host, rules.allow_domains) for host in shown_sites(url)):
        return Skipped(SkipReason.DOMAIN_NOT_ALLOWED, domain(url))
    return None


def find_blocked_site(url: str | None, rules: CommunityRules) -> str | None:
    """The blocked site that a link leads to; None if there is none."""
    if not rules.block_domains:
        return None
    sites = shown_sites(url, everywhere=True)
    return next((host for host in sites if is_within(host, rules.block_domains)), None)


def _title(case: _Case) -> Skipped | None:
    rules, title = case.rules, case.post.title[:MAX_TITLE_LENGTH]
    blocked = next((phrase for phrase in rules.block_title_words if has_phrase(title, phrase)), None)
    if blocked:
        return Skipped(SkipReason.TITLE, f"it contains “{blocked}”")
    if rules.allow_title_words and not any(has_phrase(title, each) for each in rules.allow_title_words):
        return Skipped(SkipReason.TITLE, "it contains none of the required words")
    return None


def _flair(case: _Case) -> Skipped | None:
    rules, flair = case.rules, " ".join((case.post.flair or "").split())
    if any(has_flair(flair, each) for each in rules.block_flairs):
        return Skipped(SkipReason.FLAIR, flair.casefold())
    if rules.allow_flairs and not any(has_flair(flair, each) for each in rules.allow_flairs):
        return Skipped(SkipReason.FLAIR, flair.casefold() or "none")
    return None


def _age(case: _Case) -> Skipped | None:
    published, now = case.post.published, case.now
    if published > now + CLOCK_SKEW:
        return Skipped(SkipReason.FUTURE, f"dated {published.isoformat()}")
    if published < now - case.rules.max_age:
        return Skipped(SkipReason.TOO_OLD, f"older than {case.rules.max_age_hours} hours")
    return None


def _cap(case: _Case) -> Skipped | None:
    return DailyCap.at(case.now, case.rules.max_per_day).check(case.replies_today)


_LASTING_CHECKS: tuple[Callable[[_Case], Skipped | None], ...] = (
    _community,
    _state,
    _link,
    _site,
    _title,
    _flair,
)
_CHECKS = (*_LASTING_CHECKS, _age, _cap)
