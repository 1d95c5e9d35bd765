"""What a reader sees of a reply: renderers configured like those of Lemmy's web client.

Plugins without a Python version (ruby, links to local communities and users) are reimplemented here as far
as what triggers them, from the client's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

_RUBY = re.compile(r"\{(?:[^|{}\\]|\\.)+\|(?:[^{}\\]|\\.)+\}")
_LOCAL_LINK = re.compile(r"(?:/[cmu]/|!)[a-zA-Z\d._%+-]+@[a-zA-Z\d.-]+\.[a-zA-Z]{2,}")
_OLD_LOCAL_LINK = re.compile(r"!\b[^@\s]+@[^@\s]+\.[^.\s]+\b|/c/[^@\s]+")
MENTION = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")
"""What Lemmy's server treats as a mention, anywhere in the raw text."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text on the page, and all tags except paragraphs."""

    text: str
    tags: frozenset[str]


def lemmy(*, typographer: bool = False) -> MarkdownIt:
    """markdown-it as in lemmy-ui, which always enables the typographer."""
    options = {"html": False, "linkify": True, "typographer": typographer}
    md = MarkdownIt("default", options).enable(["linkify", "replacements", "smartquotes"])
    md.use(sub_plugin).use(superscript_plugin).use(footnote_plugin)
    md.use(container_plugin, "spoiler", validate=lambda info, *_: bool(re.match(r"\s*spoiler\s+", info)))
    md.inline.ruler.push("ruby", _ruby)
    md.core.ruler.push("local-links", _local_links)
    return md


def rendered(md: MarkdownIt, source: str) -> Rendered:
    return rendered_html(md.render(source))


def rendered_html(html: str) -> Rendered:
    """What a browser shows of a renderer's output."""
    shown = _Page()
    shown.feed(html)
    shown.close()
    return Rendered("".join(shown.words).strip("\n"), frozenset(shown.tags) - {"p"})


def old_client_links(source: str) -> Iterable[str]:
    """The parts that clients before 0.18.1 made into links: they searched the raw source."""
    return _OLD_LOCAL_LINK.findall(source)


def without_smart_quotes(text: str) -> str:
    """The text with straight quotation marks, because the typographer changes them in every text."""
    return re.sub("[“”]", '"', re.sub("[‘’]", "'", text))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _ruby(state: StateInline, silent: bool) -> bool:
    found = _RUBY.match(state.src, state.pos)
    if silent or not found:
        return False
    state.push("ruby_open", "ruby", 1)
    state.push("text", "", 0).content = found[0]
    state.push("ruby_close", "ruby", -1)
    state.pos = found.end()
    return True


def _local_links(state: StateCore) -> None:
    """Runs last, on text whose escapes are already resolved."""
    for block in state.tokens:
        if any(_LOCAL_LINK.search(token.content) for token in block.children or ()):
            block.children = [
                Token("link_open", "a", 1),
                *(block.children or ()),
                Token("link_close", "a", -1),
            ]
