"""The headline of a page: the heading or title that is not the name of the site."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.meta_tags import MetaTags, one_line
from bot.extract.url_parts import split_url
from bot.extract.word_count import WORD

_SEPARATOR = re.compile(r"\s+[|\-–—:·•»«/~]+\s+|\s*[|»«]\s*|(?<=\w): ")
_HEADINGS = etree.XPath("//h1[not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::form)]")
_LINKS = etree.XPath("ancestor-or-self::*/@href | .//a/@href", smart_strings=False)
_SITE_CLASS = re.compile(
    r"(?:site|blog)[-_]?(?:title|name|header|logo)|\b(?:logo|brand|masthead)\b", re.IGNORECASE
)
_MAX_HEADINGS = 10
_MIN_LENGTH = 4


def find_title(root: HtmlElement, meta_tags: MetaTags, site: str | None, url: str) -> str:
    """The headline in one line, without the site's name; "" if the page has none."""
    page = root.find(".//title")
    full = one_line(page.text_content()) if page is not None else ""
    given = (
        meta_tags.first_text("og:title", "twitter:title")
        or next(map(one_line, meta_tags.json_ld_values("headline")), "")
        or full
    )
    host = (split_url(url).hostname or "").removeprefix("www.")
    headings = [
        text
        for element in _HEADINGS(root)[:_MAX_HEADINGS]
        if (text := one_line(" ".join(element.itertext())))
        and not _names_the_site(element, text, site, host, url)
    ]
    for heading in headings:
        if len(WORD.findall(heading)) > 1 and _is_part_of(heading, (given, full)):
            return heading
    title = without_site_name(given, site, url)
    known = _long_words(f"{given} {full}")
    related = [heading for heading in headings if len(_long_words(heading) & known) > 1]
    if len(related) == 1 and len(WORD.findall(related[0])) > 2:
        return related[0]
    return title or (headings[0] if headings else "")


def _names_the_site(element: HtmlElement, text: str, site: str | None, host: str, url: str) -> bool:
    """Whether a heading is the name of the site: by its text, its class, or a link to the home page."""
    if _is_site(text, site, host) and len(WORD.findall(text)) < 5:
        return True
    if any(
        _SITE_CLASS.search(one.get("class", "")) for one in (element, element.getparent()) if one is not None
    ):
        return True
    links = [split_url(link.strip()) for link in _LINKS(element)]
    return any(
        link.path in ("", "/")
        and not link.query
        and not link.fragment
        and link.netloc in ("", split_url(url).netloc)
        for link in links
    )


def _is_part_of(heading: str, titles: tuple[str, ...]) -> bool:
    wanted = WORD.findall(heading.casefold())
    return any(f" {' '.join(wanted)} " in f" {' '.join(WORD.findall(title.casefold()))} " for title in titles)


def _long_words(text: str) -> set[str]:
    return {word for word in WORD.findall(text.casefold()) if len(word) >= _MIN_LENGTH or not word.isascii()}


def without_site_name(title: str, site: str | None, url: str) -> str:
    """A title without the name of the site before or after it."""
    pieces = [piece for piece in _SEPARATOR.split(title) if piece]
    if len(pieces) < 2:
        return title
    host = (split_url(url).hostname or "").removeprefix("www.")
    if _is_site(pieces[-1], site, host):
        return title[: title.rindex(pieces[-1])].rstrip(" |-–—:·•»«/~")
    if _is_site(pieces[0], site, host):
        return title[title.index(pieces[0]) + len(pieces[0]) :].lstrip(" |-–—:·•»«/~")
    return title


def _is_site(piece: str, site: str | None, host: str) -> bool:
    plain = "".join(WORD.findall(piece.casefold()))
    if not plain:
        return False
    name = "".join(WORD.findall((site or "").casefold()))
    squeezed = host.replace("-", "").replace(".", "")
    return plain == name or (
        len(plain) > 3 and (plain in squeezed or (bool(name) and (plain in name or name in plain)))
    )
