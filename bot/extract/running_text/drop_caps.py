"""Join the large first letter of a paragraph to the rest of its word."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from lxml.html import HtmlElement

from bot.extract.running_text.tree_text import text_before, text_of

_LETTERS = ("span", "b", "strong", "big", "font", "i", "em", "div", "p", "abbr", "u")
_NAME = re.compile(r"drop-?cap|first-?letter|initial|lettrine|versal|capital|\bcap\b", re.IGNORECASE)
_LETTER = re.compile(r"[\"“„«‘'¿¡]?[^\W\d_]")
_REST = re.compile(r"\s*([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+")
_WORDS_OF_ONE_LETTER = {
    "en": "aio",
    "fr": "aàoôy",
    "es": "aeouy",
    "it": "aeioè",
    "pt": "aeoàóé",
    "de": "o",
    "nl": "uo",
    "sv": "iåö",
    "da": "iå",
    "no": "iå",
}
"""The words of one letter by language; for other languages any letter may be one."""


def write_letter_pictures(root: HtmlElement) -> None:
    """Replace each picture of a first letter by the letter, in place."""
    for picture in list(root.iter("img", "svg")):
        letter = _letter_of(picture)
        if letter and _continues(picture.tail or "") and not text_before(picture).strip():
            picture.tag = "span"
            for name in picture.attrib:
                del picture.attrib[name]
            for child in list(picture):
                picture.remove(child)
            picture.text = letter


def join_drop_caps(root: HtmlElement) -> None:
    """Join letters to the rest of their word, in place."""
    text: str | None = None
    words = cache(lambda: frozenset(_WORD.findall(text or "")))
    for element in list(root.iter(*_LETTERS)):
        letter = (element.text or "").strip()
        if not 1 <= len(letter) <= 2 or len(element) or not _LETTER.fullmatch(letter):
            continue
        if element.tag in ("div", "p"):
            _join_paragraph(element, letter)
        elif letter[-1].isupper() and not text_before(element).strip():
            text = text or " ".join(root.itertext())
            if _is_split(element, letter, words):
                element.text = letter
                element.tail = (element.tail or "").lstrip()


def _letter_of(picture: HtmlElement) -> str:
    name = picture.get("alt") or picture.get("aria-label") or picture.findtext("title") or ""
    letters = [word for word in name.split() if len(word) == 1 and word.isupper()]
    return letters[0] if len(letters) == 1 and len(name) <= 20 else ""


def _continues(rest: str) -> bool:
    """Whether the text goes on with the rest of a word."""
    return rest[:1].islower() or (rest[:2].isupper() and rest[1:2].isalpha())


def _is_split(element: HtmlElement, letter: str, words: Callable[[], frozenset[str]]) -> bool:
    """Whether white space separates a letter from its word; `words` gives the words of the page."""
    tail = element.tail or ""
    found = _REST.match(tail)
    if not found or not tail[:1].isspace() or not found[1][:1].islower():
        return False
    if letter[-1].lower() not in _WORDS_OF_ONE_LETTER.get(_language_of(element), letter.lower()):
        return True
    whole = (letter[-1] + found[1]).lower()
    return whole in words() or whole.capitalize() in words() or whole in _frequent_words(element)


def _frequent_words(element: HtmlElement) -> frozenset[str]:
    # imported on first use: it reads the lists of all languages
    import stopwordsiso

    language = _language_of(element)
    return frozenset(stopwordsiso.stopwords(language if stopwordsiso.has_lang(language) else "en"))


def _language_of(element: HtmlElement) -> str:
    return str(element.getroottree().getroot().get("lang", "en"))[:2].lower()


def _join_paragraph(element: HtmlElement, letter: str) -> None:
    """Move the letter of a block of its own to the paragraph that follows."""
    following = element.getnext()
    if (
        following is not None
        and following.tag in ("p", "span", "div")
        and not (element.tail or "").strip()
        and text_of(following)[:1].islower()
        and (_NAME.search(element.get("class", "")) or letter.isupper())
    ):
        first = following
        while not first.text and len(first):
            first = first[0]
        first.text = letter + (first.text or "").lstrip()
        element.drop_tree()
