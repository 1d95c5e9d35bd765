"""The links in a message, as its author meant them: without Markdown, escapes and the marks around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from bot.core.lazy_patterns import lazy_pattern

MAX_TEXT = 20_000
"""Characters of a message that are searched."""

IMAGE = lazy_pattern(r"!\[[^\[\]]*\]\([^()\s]*(?:\s[^()]*)?\)")
MARKDOWN_LINK = lazy_pattern(
    r"\[(?P<text>(?:[^\[\]\\]|\\.)*+)\]\(\s*(?P<target><[^<>\n]*>|(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*+\))*+)"
    r"(?:\s+[^()]*+)?\)"
)
"""`[text](target "title")`."""
_INVISIBLE = r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_QUOTATION = r"\"`´“”„‟«»‹›‘‚‛’「」『』〝〞〟＂"
_BRACKETS = r"<>\[\]{}|（）［］｛｝〈〉《》【】〔〕〖〗⟨⟩❨❩｢｣"
_STOPS = "—，。、；：！？…।۔؟،؛"
_PART = rf"[^\s\x00-\x1f(){_INVISIBLE}{_QUOTATION}{_BRACKETS}{_STOPS}]"
_URL = lazy_pattern(rf"https?://(?:{_PART}|\({_PART}*\)|\({_PART}*\({_PART}*\){_PART}*\))*+", re.IGNORECASE)
"""Up to white space, an invisible character, or a bracket or a quotation mark of any script."""
_TRAILING = "–.,;:!?*_~'\\"
_ESCAPE = lazy_pattern(r"\\([!-/:-@\[-`{-~])")
_ENTITY_END = lazy_pattern(r"&(?:gt|lt|quot|apos|nbsp|#0*(?:34|39|60|62|160));", re.IGNORECASE)
"""A mark that no link has, as an HTML entity."""
_AMPERSAND = lazy_pattern(r"&(?:amp|#38|#x26);", re.IGNORECASE)


class FoundLink(Struct, frozen=True):
    """A link, and where it is in the text."""

    url: str
    start: int
    end: int


def links_in(text: str) -> Iterator[FoundLink]:
    """The links of a text in its order: of a Markdown link the target; images are left out."""
    text = IMAGE.sub(lambda found: " " * len(found[0]), text[:MAX_TEXT])
    position = 0
    markdown = MARKDOWN_LINK.search(text)
    while bare := _URL.search(text, position):
        # A text of brackets without a single link would be searched to its end after each address.
        if markdown is not None and markdown.start() < position:
            markdown = MARKDOWN_LINK.search(text, position)
        if markdown is not None and markdown.start() < bare.start() < markdown.end():
            position = markdown.end()
            target = markdown["target"].strip("<>")
            if _URL.match(target):
                yield FoundLink(_plain(target), markdown.start(), position)
            continue
        url = _without_trailing(bare[0])
        position = bare.start() + len(url)
        if not url.endswith("//"):
            yield FoundLink(_plain(url), bare.start(), position)


def without_links(text: str) -> str:
    """The text with a space in the place of each link and image."""
    for found in reversed(list(links_in(text))):
        text = f"{text[: found.start]} {text[found.end :]}"
    return IMAGE.sub(" ", text)


def _without_trailing(url: str) -> str:
    entity = _ENTITY_END.search(url)
    url = url[: entity.start()] if entity else url
    while url[-1] in _TRAILING and not url.endswith(("\\_", "\\*", "\\~", "//")):
        url = url[:-1]
    return url


def _plain(url: str) -> str:
    """A link without the escapes of Markdown and HTML."""
    return _AMPERSAND.sub("&", _ESCAPE.sub(r"\1", url))
