"""Text of an article that a page holds only as data: in its JSON-LD, or in the JSON of its framework.

Scripts in the browser write this text into the page. It is used only where the page shows nearly no text
itself, and never where anything says that the article is for subscribers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import etree, html
from lxml.html import HtmlElement
from msgspec import Struct

from bot.extract.json_ld import parse_lenient
from bot.extract.meta_tags import MetaTags
from bot.extract.word_count import WORD

_SCRIPTS = etree.XPath("/descendant::script[not(@src)]")
_DATA_TYPE = re.compile(r"application/json|^$|text/javascript|application/javascript", re.IGNORECASE)
# The lengths are bounded, because otherwise a hostile text takes quadratic time.
_ASSIGNED = re.compile(r"(?<!\w)(?:__\w{1,40}|\w{0,20}(?:STATE|DATA|PROPS)\w{0,20})\s{0,9}=\s{0,9}(?=[\[{])")
_JSON_STRING = re.compile(r"(?<!\w)__\w{1,40}\s{0,9}=\s{0,9}JSON\.parse\((?=[\"'])")
_BODY_KEY = re.compile(
    r"(?:article|post|story|content|entry|page|main)?[_-]?"
    r"(?:body|content|text|html|paragraphs|blocks)(?:[_-]?(?:html|text|value|raw|rendered|plain))?|rendered",
    re.IGNORECASE,
)
_WALL_KEY = re.compile(
    r"(?:is|has)?_?(?:premium|paywall(?:ed)?|paid|locked|restricted|metered|subscri\w*|members?_?only)"
    r"(?:_?(?:article|content|only|required))?",
    re.IGNORECASE,
)
_FREE_KEY = re.compile(r"(?:is_?accessible_?for_?free|is_?free|free)", re.IGNORECASE)
_ACCESS_KEY = re.compile(r"(?:access|content_?tier|visibility|access_?(?:type|level))", re.IGNORECASE)
_ACCESS_WALLED = frozenset({"paid", "premium", "subscriber", "subscribers", "members", "locked", "metered"})
_TAG = re.compile(r"</?(?:p|div|br|h[1-6]|li|ul|section|article|span|figure)\b[^>]{0,500}>", re.IGNORECASE)
_TITLE_KEY = re.compile("title|headline|name|heading", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"\s*\n\s*")

MAX_SHOWN_WORDS = 60
"""A page that shows more words than this is read as it is shown."""
_MIN_WORDS = 60
_MAX_SCRIPTS = 30
_MAX_CHARACTERS = 300_000
_MAX_VALUES = 20_000
_MAX_DEPTH = 40


class EmbeddedText:
    """The scripts of a page, kept before they are removed from the tree, and read only when needed."""

    def __init__(self, root: HtmlElement, meta_tags: MetaTags) -> None:
        self._meta_tags = meta_tags
        self._scripts = [
            script.text or ""
            for script in _SCRIPTS(root)
            if _DATA_TYPE.search(script.get("type", "")) and len(script.text or "") <= _MAX_CHARACTERS
        ]

    def article(self, title: str) -> HtmlElement | None:
        """An `article` element with the text of the article; None if there is none, or if it is walled.

        `title` is that of the page. It tells the article from others in the data.
        """
        found = list(_bodies_in(list(self._meta_tags.json_ld_objects), re.compile("articleBody"), title))
        if not any(body.is_long for body in found):
            for value in (value for script in self._scripts[:_MAX_SCRIPTS] for value in _values(script)):
                found += _bodies_in([value], _BODY_KEY, title)
        if any(body.walled for body in found):
            return None
        long = [body for body in found if body.is_long]
        named = [body for body in long if body.has_title]
        if not named and len({body.text for body in long}) > 1:
            return None
        longest = max(named or long, key=lambda body: body.words, default=None)
        return _article_element(longest.text) if longest else None


class _Body(Struct, frozen=True):
    text: str
    has_title: bool = False
    """Whether the title of the page is beside it."""
    walled: bool = False

    @property
    def words(self) -> int:
        return len(WORD.findall(_TAG.sub(" ", self.text)))

    @property
    def is_long(self) -> bool:
        return self.words >= _MIN_WORDS


def _values(script: str) -> Iterator[Any]:
    start = script.lstrip()[:1]
    if start in ("{", "["):
        yield from parse_lenient(script)
        return
    for found in list(_ASSIGNED.finditer(script))[:3]:
        yield from parse_lenient(script[found.end() :])[:1]
    for found in list(_JSON_STRING.finditer(script))[:3]:
        for value in parse_lenient(script[found.end() :])[:1]:
            if isinstance(value, str):
                yield from parse_lenient(value)


def _bodies_in(values: list[Any], body_key: re.Pattern[str], title: str) -> Iterator[_Body]:
    """Texts under the keys that hold the body of an article."""
    table = values[0] if len(values) == 1 and isinstance(values[0], list) else []
    wanted = _plain(title)
    queue = [(value, 0, False) for value in values]
    seen = 0
    while queue and seen < _MAX_VALUES:
        value, depth, has_title = queue.pop()
        seen += 1
        if isinstance(value, list) and depth < _MAX_DEPTH:
            queue += [(one, depth + 1, has_title) for one in value]
        elif isinstance(value, dict):
            # Nuxt writes a flat table, whose objects have the numbers of their values
            properties = {
                key: table[one] if type(one) is int and 0 <= one < len(table) else one
                for key, one in value.items()
            }
            if _is_walled(properties):
                yield _Body("", walled=True)
            titles = (one for key, one in properties.items() if _TITLE_KEY.fullmatch(key))
            has_title = has_title or any(_is_title(one, wanted) for one in titles)
            for key, one in properties.items():
                text = _text_of(one) if body_key.fullmatch(key) else ""
                if text:
                    yield _Body(text, has_title)
                if isinstance(value[key], dict | list) and depth < _MAX_DEPTH:
                    queue.append((one, depth + 1, has_title))


def _is_title(value: Any, wanted: str) -> bool:
    if isinstance(value, dict):  # WordPress: {"rendered": "…"}
        value = value.get("rendered")
    plain = _plain(value) if isinstance(value, str) else ""
    return bool(plain and wanted) and (plain in wanted or wanted in plain)


def _plain(text: str) -> str:
    return " ".join(WORD.findall(unescape(text[:500]).casefold()))


def _text_of(value: Any) -> str:
    """A body that is one string, or a list of strings or of objects with a text."""
    if isinstance(value, list):
        texts = (
            one if isinstance(one, str) else next((one[key] for key in _PART_KEYS if one.get(key)), "")
            for one in value[:2000]
            if isinstance(one, str | dict)
        )
        return "\n".join(text for text in texts if isinstance(text, str))
    return value if isinstance(value, str) else ""


_PART_KEYS = ("text", "content", "html", "value", "paragraph")


def _is_walled(properties: dict[str, Any]) -> bool:
    for key, value in properties.items():
        plain = str(value).strip().lower().rsplit("/", 1)[-1] if isinstance(value, str | bool) else ""
        if plain == "true" and _WALL_KEY.fullmatch(key):
            return True
        if plain == "false" and _FREE_KEY.fullmatch(key):
            return True
        if plain in _ACCESS_WALLED and _ACCESS_KEY.fullmatch(key):
            return True
    return False


def _article_element(text: str) -> HtmlElement:
    if "&lt;" in text:
        text = unescape(text)
    article = html.Element("article")
    if _TAG.search(text):
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        fragment = html.document_fromstring(f"<body>{text}".encode(), parser=parser)
        article.extend(list(fragment.body))
        article.text = fragment.body.text
        return article
    for line in _LINE_BREAKS.split(text.strip()):
        paragraph = etree.SubElement(article, "p")
        paragraph.text = unescape(line)
    return article
