"""The text of a page as trafilatura finds it, with justext done in another way, in a fifth of its time.

trafilatura asks justext if it finds little text, up to three times for a page. justext listens to SAX events,
which have all attributes, and writes the XPath of each tag; trafilatura uses neither. It is also given the
stop words of 100 languages as a tuple, whose hash it computes each time.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from importlib.resources import files

from justext.core import PARAGRAPH_TAGS
from justext.paragraph import Paragraph
from lxml import etree
from lxml.html import HtmlElement

from bot.core.empty_modules import deferred_module, empty_module


class _NoResponse:
    """Stands for the responses of urllib3, which trafilatura is given by nobody here."""


with (  # trafilatura needs these for requests, dates and bytes; they take .35 s and 10 MB
    deferred_module("charset_normalizer", "from_bytes"),
    deferred_module("courlan.network", "redirection_test", of_loaded_package=True),
    deferred_module("htmldate", "find_date"),
    deferred_module("htmldate.meta", "reset_caches"),
    deferred_module("trafilatura.downloads", "fetch_response", "fetch_url", of_loaded_package=True),
    empty_module("urllib3"),
    empty_module("urllib3.response", HTTPResponse=_NoResponse),
):
    import trafilatura
    from trafilatura import external

    from bot.extract.readers.trafilatura_searches import use_faster_searches

_UNUSUAL_SPACE = re.compile(r"\s{2,}|[^\S \n]")
"""White space that justext replaces by something else. A single space or line break stays."""


def trafilatura_text(root: HtmlElement, *, precise: bool) -> str:
    """The text of a page. Raises any exception for a page that trafilatura cannot read."""
    return trafilatura.extract(root, favor_precision=precise, include_comments=False) or ""


@cache
def stop_words() -> frozenset[str]:
    """The stop words of all languages of justext, which trafilatura uses for a page in any language."""
    lists = (files("justext") / "stoplists").iterdir()
    texts = [one.read_text("utf-8").lower() for one in lists if one.name.endswith(".txt")]
    return frozenset("\n".join(texts).split("\n")) - {""}


class _Paragraph(Paragraph):  # type: ignore[misc]
    """A paragraph of justext that keeps its text and knows the stop words."""

    def __init__(self, dom_path: str, texts: list[str], chars_in_links: int) -> None:
        self.dom_path = dom_path
        self.text_nodes = texts
        self.chars_count_in_links = chars_in_links
        self.class_type = ""

    @cached_property
    def text(self) -> str:
        return normalize_space("".join(self.text_nodes).strip())

    def stopwords_density(self, _: frozenset[str]) -> float:
        words = self.text.lower().split()
        return sum(map(stop_words().__contains__, words)) / len(words)


class ParagraphMaker:
    """Finds the same paragraphs as that of justext."""

    def __init__(self) -> None:
        self._found: list[_Paragraph] = []
        self._open_paths = [""]
        self._path = ""
        """The path of the element in which the paragraph begins; each tag follows a dot."""
        self._texts: list[str] = []
        self._chars_in_links = 0
        self._in_link = self._after_break = False

    @classmethod
    def make_paragraphs(cls, root: HtmlElement) -> list[_Paragraph]:
        """The paragraphs of a tree, in order."""
        maker = cls()
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            text = element.tail
            if event == "start":
                maker._start(element.tag)
                text = element.text
            elif event == "end":
                maker._end(element.tag)
            if text and not text.isspace():
                maker._add_text(text)
        maker._begin_paragraph()
        return [one for one in maker._found if one.text]

    def _start(self, tag: str) -> None:
        self._open_paths.append(f"{self._open_paths[-1]}.{tag}")
        if tag in PARAGRAPH_TAGS or (tag == "br" and self._after_break):
            self._begin_paragraph()
            return
        self._after_break = tag == "br"
        if tag == "br":
            self._texts.append(" ")
        elif tag == "a":
            self._in_link = True

    def _end(self, tag: str) -> None:
        self._open_paths.pop()
        if tag in PARAGRAPH_TAGS:
            self._begin_paragraph()
        elif tag == "a":
            self._in_link = False

    def _begin_paragraph(self) -> None:
        if self._texts:
            self._found.append(_Paragraph(self._path[1:], self._texts, self._chars_in_links))
            self._texts = []
        self._chars_in_links = 0
        self._path = self._open_paths[-1]

    def _add_text(self, text: str) -> None:
        self._texts.append(text)
        self._after_break = False
        if self._in_link:
            self._chars_in_links += len(normalize_space(text))


def normalize_space(text: str) -> str:
    """Replace each run of white space by one space, or by one line break if it has one."""
    return _UNUSUAL_SPACE.sub(_shortened, text)


def _shortened(space: re.Match[str]) -> str:
    return "\n" if "\n" in space[0] or "\r" in space[0] else " "


use_faster_searches()
# trafilatura has no settings for these, but looks them up by name
external.ParagraphMaker = ParagraphMaker  # type: ignore[attr-defined]
external.JT_STOPLIST = ("a word, so that the lists are not loaded",)  # type: ignore[assignment]
