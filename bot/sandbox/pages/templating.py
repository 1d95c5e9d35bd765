"""Renders the pages. Autoescape is always on, because posts can contain hostile text."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.sandbox.pages.actions import MAX_TEXT, MAX_TITLE
from bot.sandbox.pages.backend import PageWords
from bot.web.formatting import ago
from bot.web.markdown import to_html


def make_environment(words: PageWords) -> Environment:
    """Templates with the filters `markdown` (of the server's dialect), `ago` and `web_address`."""
    environment = Environment(
        loader=PackageLoader("bot.sandbox.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def markdown(text: str) -> Markup:
        return to_html(text, words.dialect)

    environment.filters.update(ago=ago, markdown=markdown, web_address=_web_address)
    environment.globals.update(max_title=MAX_TITLE, max_text=MAX_TEXT)
    return environment


def _web_address(url: str | None) -> str | None:
    """The URL if it is safe as a link: other schemes, such as `javascript:`, are shown as text."""
    return url if url is not None and url.lower().startswith(("http://", "https://")) else None
