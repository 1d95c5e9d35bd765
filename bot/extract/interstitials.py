"""Recognise the pages that a guard, a host or a server shows in place of the page that was asked for.

These are challenge and block pages, suspended sites, maintenance pages and soft 404s: they answer with status
200 and explain themselves in whole sentences. What they have in common does not depend on one wording: they
declare nothing about an article, they link to nothing, and their sentences speak of the browser, the visit
and the site. `interstitials.toml` has the marks of known products and these topics in many languages.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from importlib import resources

from lxml import etree
from lxml.html import HtmlElement
from msgspec import Struct

from bot.extract.blocks import Blocks
from bot.extract.error_titles import is_error_title
from bot.extract.meta_tags import MetaTags, is_article
from bot.extract.metadata import Metadata
from bot.extract.page_elements import PageElements
from bot.extract.pattern_sets import PatternSet
from bot.extract.url_parts import split_url
from bot.extract.word_count import WORD, count_words

MAX_WORDS = 500
"""Pages with more words are not checked: no such page is as long."""
_MAX_GUARDED_WORDS = 350
_MIN_SCORE = 5
_MIN_SHARE = 0.3
"""At least this share of the characters must be sentences about the visit, unless the title tells it."""
_HALF = 0.5
_MAX_MARKUP = 60_000
_MAX_SCRIPT = 4_000
_MIN_LINK_WORDS = 4
_FEW_LINKS = 3
_ATTRIBUTES = etree.XPath(
    "//@id | //@class | //@src | //@action | //@name | //link/@href | //form//@value | //script/text()",
    smart_strings=False,
)
_LINKS = etree.XPath("/descendant::body/descendant::a[@href]")
_SENTENCE = re.compile(r"[^.!?。！？।؟]+[.!?。！？।؟]*")
_DESCRIBED = ("og:title", "og:description", "og:url", "og:image", "twitter:card", "description", "keywords")
_DECLARED_DATES = ("article:published_time", "og:published_time", "datepublished", "pubdate", "date")
_MAX_HEADING_CHARACTERS = 120


class InterstitialSigns(Struct, frozen=True, dict=True):
    """Signs in the markup of a page, which do not depend on its wording.

    Those that take long to find are found when they are asked for: only short pages need them.
    """

    markup: str
    """Ids, class names, addresses and scripts; like the links, only of pages that are not declared."""
    link_texts: tuple[str, ...]
    """The start of the texts of the first links."""
    declared: bool
    """Whether the page says that it is an article, or has a date or an author in its metadata."""
    described: bool
    """Whether the page has any description for search engines and previews."""
    noindex: bool
    asks_for_javascript: bool
    """Whether a `noscript` element asks for JavaScript."""
    titled_by_site: bool
    """Whether the title is empty or only the name of the site."""

    @cached_property
    def guard(self) -> str:
        """The product whose challenge or block page this is; "" if none is known."""
        return next((name for name, marks in _guards().items() if marks.matches(self.markup)), "")

    @cached_property
    def parking(self) -> bool:
        """Whether the page has the marks of a service that parks domains."""
        return _marks("parking").matches(self.markup)

    @cached_property
    def widget(self) -> bool:
        """Whether the page has a captcha, or the style sheets of an error page of a host."""
        return _marks("widgets").matches(self.markup)

    @cached_property
    def links(self) -> int:
        """Number of links with at least four words."""
        return sum(count_words(text) >= _MIN_LINK_WORDS for text in self.link_texts)


def interstitial_signs(
    elements: PageElements, meta_tags: MetaTags, metadata: Metadata, url: str
) -> InterstitialSigns:
    """The signs of a page; most of them are in its scripts and attributes."""
    declared = _is_declared(meta_tags)
    return InterstitialSigns(
        markup="" if declared else _markup(elements.root),
        link_texts=()
        if declared
        else tuple(link.text_content()[:300] for link in _LINKS(elements.root)[:200]),
        declared=declared,
        described=any(meta_tags.first_text(name) for name in _DESCRIBED) or bool(meta_tags.json_ld_objects),
        noindex=bool(re.search(r"\b(?:noindex|none)\b", meta_tags.first_text("robots").lower())),
        asks_for_javascript=any(
            "javascript" in one.text_content().lower() for one in elements.named("noscript")
        ),
        titled_by_site=_is_titled_by_site(metadata, url),
    )


def interstitial_score(signs: InterstitialSigns, title: str, blocks: Blocks) -> int:
    """How many signs speak for a page that is shown in place of another; from 5 it is one.

    0 if no sentence and no title tells it: signs in the markup alone are not enough.
    """
    share = visit_share(blocks.texts)
    headings = [title, *_headings(blocks)]
    told = any(is_error_title(text) for text in headings) or any(_is_about_visit(text) for text in headings)
    if share < _MIN_SHARE and not (told and share > 0):
        return 0
    points = 2 * told + (3 if share >= _HALF else 2 if share >= _MIN_SHARE else 0)
    points += not signs.described
    points += signs.noindex + signs.asks_for_javascript + signs.titled_by_site + signs.widget
    points += signs.links < _FEW_LINKS
    return points


def is_interstitial(signs: InterstitialSigns, title: str, blocks: Blocks, words: int) -> bool:
    """Whether the page is shown in place of another; `words` is the number of its words."""
    return not signs.declared and words < MAX_WORDS and interstitial_score(signs, title, blocks) >= _MIN_SCORE


def is_guarded(signs: InterstitialSigns, words: int) -> bool:
    """Whether the page is the challenge or block page of a known product."""
    return words < _MAX_GUARDED_WORDS and bool(signs.guard)


def visit_share(texts: Sequence[str]) -> float:
    """The share, 0 to 1, of the characters that are in sentences about the visit, the browser or the site."""
    on_topic = _any_topic().narrowed("\n".join(texts).lower())
    total = matched = 0
    for text in texts:
        for sentence in _SENTENCE.findall(text[:5_000]):
            size = len(sentence.strip())
            total += size
            matched += size if on_topic.matches(sentence.lower()) else 0
    return matched / max(total, 1)


def topics_of(sentence: str) -> list[str]:
    """The topics of `interstitials.toml` that a sentence speaks of."""
    lower = sentence.lower()
    return [name for name, patterns in _topics().items() if patterns.matches(lower)]


def _is_about_visit(text: str) -> bool:
    return count_words(text) <= 12 and any(topic != "site" for topic in topics_of(text))


def _headings(blocks: Blocks) -> list[str]:
    """The first block and the headings of the page, if they are short."""
    return [
        text
        for index, text in enumerate(blocks.texts)
        if (index == 0 or blocks.tag(index) in ("h1", "h2")) and len(text) <= _MAX_HEADING_CHARACTERS
    ][:3]


def _is_declared(meta_tags: MetaTags) -> bool:
    return (
        meta_tags.first_text("og:type").lower() == "article"
        or bool(meta_tags.first_text(*_DECLARED_DATES))
        or any(is_article(thing) or thing.get("datePublished") for thing in meta_tags.json_ld_objects)
    )


def _is_titled_by_site(metadata: Metadata, url: str) -> bool:
    title = "".join(WORD.findall(metadata.title.casefold()))
    host = (split_url(url).hostname or "").replace("-", "").replace(".", "")
    site = "".join(WORD.findall((metadata.site or "").casefold()))
    return title in host or title == site


def _markup(root: HtmlElement) -> str:
    pieces, size = [], 0
    for text in _ATTRIBUTES(root):
        pieces.append(text[:_MAX_SCRIPT])
        size += len(pieces[-1])
        if size > _MAX_MARKUP:
            break
    return "\n".join(pieces)


def compile_topics() -> None:
    """Compile the patterns that every short page may need."""
    _any_topic().compile()


@cache
def _guards() -> dict[str, PatternSet]:
    return {name: PatternSet(patterns) for name, patterns in _data()["guards"].items()}


@cache
def _marks(section: str) -> PatternSet:
    return PatternSet(pattern for found in _data()[section].values() for pattern in found)


@cache
def _topics() -> dict[str, PatternSet]:
    return {name: PatternSet(_patterns_of(topic)) for name, topic in _data()["topics"].items()}


@cache
def _any_topic() -> PatternSet:
    return PatternSet(pattern for topic in _data()["topics"].values() for pattern in _patterns_of(topic))


def _patterns_of(topic: dict[str, list[str]]) -> Iterator[str]:
    return (pattern for patterns in topic.values() for pattern in patterns)


@cache
def _data() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = resources.files("bot.extract").joinpath("interstitials.toml").read_text("utf-8")
    return tomllib.loads(text)
