"""Refuse pages that are clearly not articles, by their URL, their title and the amount of text."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from msgspec import Struct

from bot.core.models import ArticleTrait, NotArticle
from bot.core.skip_reasons import SkipReason
from bot.extract.blocks import Blocks
from bot.extract.error_titles import is_error_title
from bot.extract.interstitials import InterstitialSigns, interstitial_signs, is_guarded, is_interstitial
from bot.extract.meta_tags import MetaTags
from bot.extract.metadata import Metadata
from bot.extract.page_elements import PageElements
from bot.extract.phrases import phrases
from bot.extract.url_parts import split_url

_HOME = re.compile(
    r"/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home(?:\.\w+)?|default\.\w+)?/?", re.IGNORECASE
)
_SEARCH_PATH = re.compile(
    r"/(?:(?:web|site|news)?search|suche|recherche|rechercher|buscar|busca|busqueda|cerca|ricerca|zoeken"
    r"|szukaj|sok|hledani|arama|poisk)(?:\.\w+)?/?$",
    re.IGNORECASE,
)
_SEARCH_PARAMETERS = frozenset(
    (
        *(
            "q",
            "query",
            "s",
            "search",
            "searchword",
            "searchterm",
            "search_query",
            "keyword",
            "keywords",
            "k",
        ),
        *("term", "terms", "text", "wd", "words", "find", "suche", "suchbegriff", "recherche", "busca"),
        *("buscar", "cerca", "zoek", "szukaj", "fraza"),
    )
)
_COLLECTION_PATH = re.compile(r"/collections/[^/]+/?$", re.IGNORECASE)  # Shopify
_SECTION_PATH = re.compile(
    r"/(?:tags?|categor(?:y|ies)|topics?|authors?|archives?|page|rubrik|thema|section)/[^/]*(?:/(?:page/)?\d*)?/?$",
    re.IGNORECASE,
)
_PLAYER_MARKS = ("youtube", "vimeo", "player", "video", "embed")
_VIDEO_HOSTS = ("youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "twitch.tv", "tiktok.com")
_FEW_WORDS = 200
_MIN_WORDS_TO_READ = 8
_MIN_GALLERY_PICTURES = 6
_PROSE_WORDS = 20
_FEW_PROSE_BLOCKS = 3
_HALF = 0.5


class RefusalFacts(Struct, frozen=True):
    """Facts about a page that the refusal rules need; taken before scripts and hidden text are removed."""

    url: str
    title: str
    og_type: str
    json_ld_types: frozenset[str]
    has_password_field: bool
    player_count: int
    picture_count: int
    cut_short: bool
    signs: InterstitialSigns


def refusal_facts_of(
    elements: PageElements, meta_tags: MetaTags, metadata: Metadata, url: str
) -> RefusalFacts:
    return RefusalFacts(
        url=url,
        title=metadata.title,
        og_type=meta_tags.first_text("og:type").lower(),
        json_ld_types=meta_tags.json_ld_types,
        has_password_field=any(one.get("type") == "password" for one in elements.named("input")),
        player_count=_count_players(elements),
        picture_count=_count_pictures(elements),
        cut_short=ArticleTrait.CUT_SHORT in metadata.traits,
        signs=interstitial_signs(elements, meta_tags, metadata, url),
    )


def _count_players(elements: PageElements) -> int:
    frames = [frame.get("src", "") for frame in elements.named("iframe")]
    return elements.count("video") + sum(any(mark in frame for mark in _PLAYER_MARKS) for frame in frames)


def _count_pictures(elements: PageElements) -> int:
    """The number of `picture` elements, and of `img` elements outside of them."""
    inside = {image for picture in elements.named("picture") for image in picture.iter("img")}
    return elements.count("img", "picture") - len(inside)


def refuse_before_reading(facts: RefusalFacts, blocks: Blocks) -> NotArticle | None:
    """Refuse pages before any reader runs: by their URL and title, or because they have too few words."""
    parts = split_url(facts.url)
    if parts.netloc and not parts.query and _HOME.fullmatch(parts.path):
        return NotArticle(SkipReason.HOME_PAGE)
    words = sum(len(block) for block in blocks.words)
    if _is_search(facts, blocks):
        return NotArticle(SkipReason.SEARCH)
    if _prose_blocks(blocks) < _FEW_PROSE_BLOCKS and not facts.signs.declared and is_error_title(facts.title):
        return NotArticle(SkipReason.ERROR_PAGE, facts.title)
    if words < 2 * _FEW_WORDS and _is_parked(facts, blocks):
        return NotArticle(SkipReason.PARKED)
    if is_guarded(facts.signs, words):
        return NotArticle(SkipReason.REFUSED_BY_SITE, facts.signs.guard)
    if is_interstitial(facts.signs, facts.title, blocks, words):
        notice = refuse_short_page(facts, "\n".join(blocks.texts), words)
        return (
            notice if notice.reason is SkipReason.CONSENT else NotArticle(SkipReason.ERROR_PAGE, facts.title)
        )
    if words < _MIN_WORDS_TO_READ:
        refusal = refuse_short_page(facts, "\n".join(blocks.texts), words)
        return (
            refusal
            if words or refusal.reason is not SkipReason.TOO_SHORT
            else NotArticle(SkipReason.NOT_TEXT)
        )
    return None


def _is_search(facts: RefusalFacts, blocks: Blocks) -> bool:
    """Whether a query has words that are searched for, or the page at a search address has no prose."""
    parts = split_url(facts.url)
    path = bool(_SEARCH_PATH.search(parts.path))
    asked = any(name.lower() in _SEARCH_PARAMETERS for name in parse_qs(parts.query))
    titled = phrases("search").matches(facts.title)
    if facts.signs.declared:
        return path and asked
    return (asked and (path or titled)) or (path and (titled or _prose_blocks(blocks) < _FEW_PROSE_BLOCKS))


def _prose_blocks(blocks: Blocks) -> int:
    """The number of blocks with at least 20 words that are not links."""
    return sum(
        link_share < _HALF and blocks.word_count(index) >= _PROSE_WORDS
        for index, link_share in enumerate(blocks.link_share)
    )


def _is_parked(facts: RefusalFacts, blocks: Blocks) -> bool:
    """Whether the page says that its site does not exist, and is not an article that mentions this."""
    if facts.signs.parking:
        return True
    if facts.signs.declared or _prose_blocks(blocks) >= _FEW_PROSE_BLOCKS:
        return False
    return any(map(phrases("parked").matches, (facts.title, *blocks.texts)))


def refuse_short_page(facts: RefusalFacts, page: str, words: int) -> NotArticle:
    """A refusal with the most likely reason why the page has so few words."""
    size = len(page.split())
    consent = len(phrases("consent").pattern_for(page).findall(page)) * 40 > size
    checks = (
        (SkipReason.WALL, facts.cut_short or phrases("wall").matches(page)),
        (SkipReason.ERROR_PAGE, phrases("error").matches(page[:300]) and not facts.signs.declared),
        (SkipReason.CONSENT, consent and size < 2 * _FEW_WORDS),
        (SkipReason.LOGIN, facts.has_password_field or phrases("login").matches(facts.title)),
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
