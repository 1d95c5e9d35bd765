"""The headline of a page: the heading or title that is not the name of the site."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import unquote

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.meta_tags import MetaTags, one_line
from bot.extract.page_elements import PageElements
from bot.extract.url_parts import split_url
from bot.extract.word_count import WORD

_SEPARATOR = re.compile(r"\s+[|\-–—:·•»«/~]+\s+|\s*[|»«]\s*|(?<=\w): ")
# Some pages never close an aside, and those of ASP.NET are one large form.
_IS_HEADING = etree.XPath(
    "boolean(ancestor::article or ancestor::main"
    " or not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::form))"
)
_LINKS = etree.XPath("ancestor-or-self::*/@href | .//a/@href", smart_strings=False)
_SITE_CLASS = re.compile(
    r"(?:site|blog)[-_]?(?:title|name|header|logo)|\b(?:logo|brand|masthead)\b", re.IGNORECASE
)
_MAX_HEADINGS = 10
_MIN_LENGTH = 4


def find_title(elements: PageElements, meta_tags: MetaTags, site: str | None, url: str) -> str:
    """The headline in one line, without the site's name; "" if the page has none."""
    full = next((one_line(page.text_content()) for page in elements.named("title")), "")
    given = (
        meta_tags.first_text("og:title", "twitter:title")
        or next(map(one_line, meta_tags.json_ld_values("headline")), "")
        or full
    )
    host = (split_url(url).hostname or "").removeprefix("www.")
    headings = [
        text
        for element in islice(filter(_IS_HEADING, elements.named("h1")), _MAX_HEADINGS)
        if (text := one_line(" ".join(element.itertext())))
        and not _names_the_site(element, text, site, host, url)
    ]
    for heading in headings:
        if len(WORD.findall(heading)) > 1 and _is_part_of(heading, (given, full)):
            return heading
    title = without_site_name(given, site, url)
    if _is_other_heading(title, elements):
        return title
    different = list({_plain(heading): heading for heading in reversed(headings)}.values())
    return _related_heading(different, f"{given} {full} {_slug(url)}") or title or next(iter(headings), "")


def _is_other_heading(title: str, elements: PageElements) -> bool:
    """Whether a lower heading shows the title, so that those of the first level are sections."""
    wanted = _plain(title)
    headings = islice(elements.named_any("h2", "h3"), _MAX_HEADINGS)
    texts = (" ".join(element.itertext()) for element in headings)
    return len(wanted.split()) > 1 and any(_plain(one_line(text)) == wanted for text in texts)


def _related_heading(headings: list[str], known: str) -> str:
    """The heading that says the same as the title in other words; "" if there is none, or two."""
    shared = [(len(_long_words(heading) & _long_words(known)), heading) for heading in headings]
    most = max((count for count, _ in shared), default=0)
    best = [heading for count, heading in shared if count == most]
    return best[0] if len(best) == 1 and most > 1 else ""


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


def _slug(url: str) -> str:
    """The words of the last part of the address's path."""
    parts = [part for part in split_url(url).path.split("/") if part]
    return " ".join(WORD.findall(unquote(parts[-1]).replace("_", " "))) if parts else ""


def _plain(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))


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
