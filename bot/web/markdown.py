"""Renders a reply's Markdown as readers on Lemmy, PieFed and Reddit see it, with markdown-it.

The HTML is safe to show: raw HTML is off, links go only to http and https, and images are not loaded
(the Content-Security-Policy of the pages forbids them too).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.subscript import sub_plugin
from mdit_py_plugins.superscript import superscript_plugin

from bot.core.models import Dialect

_SPOILER = re.compile(r"\s*spoiler\s+(.*)")


def to_html(markdown: str, dialect: Dialect) -> Markup:
    return Markup(_renderer(dialect).render(markdown))  # noqa: S704 (raw HTML is off, see above)


@cache
def _renderer(dialect: Dialect) -> MarkdownIt:
    return _RENDERERS[dialect]()


def _lemmy() -> MarkdownIt:
    """The configuration of lemmy-ui (its `markdown.ts`)."""
    return _fediverse()


def _piefed() -> MarkdownIt:
    """The parts of PieFed's renderer that our replies use: those of Lemmy, but bare domains are text."""
    md = _fediverse()
    assert md.linkify is not None
    md.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
    return md


def _fediverse() -> MarkdownIt:
    md = MarkdownIt("default", {"html": False, "linkify": True, "typographer": True})
    md.enable(["linkify", "replacements", "smartquotes"]).disable("image")
    md.use(sub_plugin).use(superscript_plugin)
    md.use(container_plugin, "spoiler", validate=lambda info, *_: bool(_SPOILER.match(info)), render=_details)
    md.add_render_rule("link_open", _safe_link)
    return md


def _details(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    found = _SPOILER.match(tokens[index].info)
    if tokens[index].nesting != 1 or found is None:
        return "</details>\n"
    return f"<details><summary>{Markup.escape(found[1])}</summary>\n"


def _reddit() -> MarkdownIt:
    """The parts of snudown that our replies use: paragraphs, lists, bold, links, rules and spoilers."""
    md = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).disable("image")
    md.inline.ruler.push("spoiler", _spoiler)
    md.block.ruler.at("blockquote", _quotation)
    md.add_render_rule("link_open", _safe_link)
    return md


def _quotation(state: Any, start: int, end: int, silent: bool) -> bool:
    """A block quote, unless the line begins with `>!`, which is a spoiler."""
    from markdown_it.rules_block.blockquote import blockquote

    at = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith(">!", at) and blockquote(state, start, end, silent)


def _spoiler(state: StateInline, silent: bool) -> bool:
    """`>!text!<` within one paragraph."""
    if not state.src.startswith(">!", state.pos):
        return False
    end = state.src.find("!<", state.pos + 2)
    if end < 0 or silent:
        return False
    closing, state.pos = state.posMax, state.pos + 2
    opened = state.push("spoiler_open", "span", 1)
    opened.attrs = {"class": "spoiler", "tabindex": "0"}
    state.posMax = end
    state.md.inline.tokenize(state)
    state.push("spoiler_close", "span", -1)
    state.pos, state.posMax = end + 2, closing
    return True


_RENDERERS = {Dialect.LEMMY: _lemmy, Dialect.PIEFED: _piefed, Dialect.REDDIT: _reddit}


def _safe_link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    tokens[index].attrSet("rel", "noreferrer nofollow")
    return renderer.renderToken(tokens, index, options, env)
