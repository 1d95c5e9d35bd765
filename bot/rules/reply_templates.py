"""The operator's templates for replies, and the variables that they can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Struct
from pydantic import AfterValidator

DEFAULT_FOOTER = "{{ counts }} {{ source }}\n\n{{ links }}\n\n{{ footer_line }}"
DEFAULT_REPLY = "{{ summary }}\n\n{{ lines }}\n\n---\n\n{{ footer }}"

FOOTER_VARIABLES: Mapping[str, str] = {
    "counts": "the sentence with the word counts, in the language of the footer",
    "source": "the link \"I'm a bot and I'm open source!\"",
    "links": "the links of the setting `links`, or nothing",
    "footer_line": "the line that the community has set, or nothing",
    "article_words": "the number of words of the article",
    "summary_words": "the number of words of the summary",
    "saved": "the percentage of words that the summary saves",
    "title": "the title of the article, or nothing",
    "site": "the name of the site, or nothing",
    "reading_minutes": "how long the article takes to read, in minutes; 0 if unknown",
    "key_words": "the list of key words; it may be empty",
    "language": "the language of the article, such as `en`, or nothing",
    "platform": "`lemmy`, `piefed` or `reddit`",
}
"""What a template for the footer can use, with a description of each."""
REPLY_VARIABLES: Mapping[str, str] = {
    "summary": "the sentences in the layout of the community",
    "sentences": "the list of the sentences, without a layout",
    "lines": "the note about a live blog, and the lines of `key_words`, `reading_time` and `source_line`",
    "footer": "the footer",
    **FOOTER_VARIABLES,
}
"""What a template for the whole reply can use."""


class Markdown(str):
    """Markdown that Precis has made; it is not escaped again."""

    __slots__ = ()


class ReplyTemplates(Struct, frozen=True):
    """The templates for one platform."""

    reply: str = DEFAULT_REPLY
    footer: str = DEFAULT_FOOTER

    @property
    def name_key_words(self) -> bool:
        """Whether a template mentions the key words, apart from the line that a community can turn on."""
        return "key_words" in self.reply or "key_words" in self.footer


BUILT_IN_TEMPLATES = ReplyTemplates()


def _checked_reply(text: str) -> str:
    from bot.rules.template_checks import check_reply  # loads Jinja2, which few commands need

    return check_reply(text)


def _checked_footer(text: str) -> str:
    from bot.rules.template_checks import check_footer

    return check_footer(text)


ReplyTemplate = Annotated[str, AfterValidator(_checked_reply)]
"""A template for the whole reply; it contains the summary."""
FooterTemplate = Annotated[str, AfterValidator(_checked_footer)]
"""A template for the footer."""
