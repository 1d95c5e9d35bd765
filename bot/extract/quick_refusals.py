"""Refuse pages that are clearly not articles, by their URL, their title and the amount of text."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import parse_qs

from lxml import etree
from lxml.html import HtmlElement

from bot.core.models import ArticleTrait, NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract.blocks import Blocks
from bot.extract.meta_tags import MetaTags
from bot.extract.metadata import Metadata
from bot.extract.url_parts import split_url

_HOME = re.compile(
    r"/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home(?:\.\w+)?|default\.\w+)?/?", re.IGNORECASE
)
_SEARCH_PATH = re.compile(
    r"/(?:search|suche|recherche|buscar|busca|cerca|zoeken|szukaj|sok|hledani)(?:[/.]|$)", re.IGNORECASE
)
_COLLECTION_PATH = re.compile(r"/collections/[^/]+/?$", re.IGNORECASE)  # Shopify
_SECTION_PATH = re.compile(
    r"/(?:tags?|categor(?:y|ies)|topics?|authors?|archives?|page|rubrik|thema|section)/[^/]*(?:/(?:page/)?\d*)?/?$",
    re.IGNORECASE,
)
_PASSWORD = etree.XPath("boolean(//input[@type='password'])")
_PLAYERS = etree.XPath(
    "count(//video) + count(//iframe[contains(@src, 'youtube') or contains(@src, 'vimeo')"
    " or contains(@src, 'player') or contains(@src, 'video') or contains(@src, 'embed')])"
)
_PICTURES = etree.XPath("count(//img) + count(//picture) - count(//picture//img)")
_VIDEO_HOSTS = ("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "twitch.tv", "tiktok.com")
_FEW_WORDS = 200
_MIN_WORDS_TO_READ = 8
_MIN_GALLERY_PICTURES = 6


@cache
def phrases(what: str) -> re.Pattern[str]:
    """The phrases of one section of `phrases.toml`, as one pattern."""
    text = resources.files("bot.extract").joinpath("phrases.toml").read_text("utf-8")
    section = tomllib.loads(text)[what]
    return re.compile(
        "|".join(one for where in section.values() for phrases in where.values() for one in phrases),
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """Facts about a page that the refusal rules need; taken before scripts and hidden text are removed."""

    url: str
    title: str
    og_type: str
    json_ld_types: frozenset[str]
    has_password_field: bool
    player_count: int
    picture_count: int
    cut_short: bool


def refusal_facts_of(root: HtmlElement, meta_tags: MetaTags, metadata: Metadata, url: str) -> RefusalFacts:
    return RefusalFacts(
        url=url,
        title=metadata.title,
        og_type=meta_tags.first_text("og:type").lower(),
        json_ld_types=meta_tags.json_ld_types,
        has_password_field=bool(_PASSWORD(root)),
        player_count=int(_PLAYERS(root)),
        picture_count=int(_PICTURES(root)),
        cut_short=ArticleTrait.CUT_SHORT in metadata.traits,
    )


def refuse_before_reading(facts: RefusalFacts, blocks: Blocks) -> NotArticle | None:
    """Refuse pages before any reader runs: by their URL and title, or because they have too few words."""
    parts = split_url(facts.url)
    if parts.netloc and not parts.query and _HOME.fullmatch(parts.path):
        return NotArticle(SkipReason.HOME_PAGE)
    if _SEARCH_PATH.search(parts.path) or (phrases("search").search(facts.title) and parse_qs(parts.query)):
        return NotArticle(SkipReason.SEARCH)
    words = sum(len(block) for block in blocks.words)
    page = "\n".join(blocks.texts) if words < 2 * _FEW_WORDS else ""
    if words < 2 * _FEW_WORDS and phrases("error").search(facts.title):
        return NotArticle(SkipReason.ERROR_PAGE, facts.title)
    if phrases("parked").search(page) or (page and phrases("parked").search(facts.title)):
        return NotArticle(SkipReason.PARKED)
    if words < _MIN_WORDS_TO_READ:
        refusal = refuse_short_page(facts, page, words)
        return (
            refusal
            if words or refusal.reason is not SkipReason.TOO_SHORT
            else NotArticle(SkipReason.NOT_TEXT)
        )
    return None


def is_paywalled(facts: RefusalFacts, page: str, words: int) -> bool:
    """Whether the text is short because the rest is for subscribers; `page` is all visible text."""
    return words < _FEW_WORDS and (facts.cut_short or bool(phrases("wall").search(page)))


def refuse_short_page(facts: RefusalFacts, page: str, words: int) -> NotArticle:
    """A refusal with the most likely reason why the page has so few words."""
    size = len(page.split())
    consent = len(phrases("consent").findall(page)) * 40 > size
    checks = (
        (SkipReason.WALL, facts.cut_short or bool(phrases("wall").search(page))),
        (SkipReason.ERROR_PAGE, bool(phrases("error").search(page[:300]))),
        (SkipReason.CONSENT, consent and size < 2 * _FEW_WORDS),
        (SkipReason.LOGIN, facts.has_password_field or bool(phrases("login").search(facts.title))),
        (SkipReason.VIDEO, _is_video(facts)),
        (SkipReason.GALLERY, facts.picture_count >= _MIN_GALLERY_PICTURES),
        (SkipReason.SECTION, bool(_SECTION_PATH.search(split_url(facts.url).path))),
    )
    reason = next((reason for reason, holds in checks if holds), SkipReason.TOO_SHORT)
    return NotArticle(reason, f"{words} words")


def declared_reason(facts: RefusalFacts) -> SkipReason | None:
    """The reason that the URL or the JSON-LD of a page that is not an article gives; None if neither does."""
    if _COLLECTION_PATH.search(split_url(facts.url).path):
        return SkipReason.COLLECTION
    return SkipReason.FORUM if "discussionforumposting" in facts.json_ld_types else None


def _is_video(facts: RefusalFacts) -> bool:
    host = (split_url(facts.url).hostname or "").removeprefix("www.")
    return (
        facts.og_type.startswith("video")
        or host in _VIDEO_HOSTS
        or "videoobject" in facts.json_ld_types
        or facts.player_count > 0
    )
