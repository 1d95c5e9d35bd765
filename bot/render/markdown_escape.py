"""Escapes clean text as Markdown that renders as exactly that text, for each dialect.

Only characters with an effect are escaped, so that the text stays readable where the source is shown
(emails, notifications). All functions expect one line from `bot.render.sanitize.clean`: single spaces,
no URL, no `@`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.core.lazy_patterns import lazy_pattern
from bot.core.models import Dialect

_ENTITY = r"&(?=\#?\w+;)"
_ORDERED = lazy_pattern(r"^(\d+)([.)])(?= |$)")

# Lemmy's web client: markdown-it with linkify, typographer, sub, sup, footnotes, spoiler containers
# and ruby; other clients use GitHub's or plain CommonMark. All accept a backslash before ASCII
# punctuation. An escaped character becomes a separate token, so later rules cannot match across it.
_LEMMY = lazy_pattern(
    rf"""
      [\\`*_\[\]<>^~{{}}|]              # inline markup, HTML, tables, ruby
    | {_ENTITY}
    | ^\#(?=\#*(?:\ |$))               # heading
    | ^[+-](?=\ |$|[+-])               # list, rule
    | ^:(?=::)                         # container (spoiler)
    | ^=(?==*$)                        # underline of a heading
    | \.(?=[^\W\d_]{{2}}|xn--)         # a bare domain
    | (?<=/)/ | (?<=/[cmuCMU])/        # //host and /c/name
    | (?<=\.)\. | (?<=-)- | (?<=,),    # typographer: ellipsis, dashes, commas
    | (?<=[?!]{{3}})[?!] | [?!](?=…)   # typographer: shortened and spaced marks
    | (?<=\+)-                         # typographer: plus-minus
    | \((?=(?:[cCpPrR]|[tT][mM])\))    # typographer: (c) (p) (r) (tm)
    """,
    re.VERBOSE,
)

# PieFed 1.6: markdown2, and regular expressions over its source and its HTML. They ignore backslashes, so a
# character reference is used where they search: PieFed decodes it last, as every CommonMark renderer does.
# PieFed sends comments to Lemmy as Markdown, so what has an effect there is escaped too.
_PIEFED = lazy_pattern(
    rf"""
      [\\`*_\[\]<>^~|]                  # inline markup, HTML, spoiler, tables, ruby
    | {_ENTITY}
    | ^\#(?=\#*(?:\ |$))               # heading
    | ^[+-](?=\ |$|[+-])               # list, rule
    | :(?=::)                          # container (spoiler), in the middle of a line too
    | :(?=[\w+-]{{1,32}}:)              # custom emoji
    | ^=(?==*$)                        # underline of a heading
    | \.(?=[^\W\d_]{{2}}|xn--)         # Lemmy: a bare domain
    | (?<=/)/ | (?<=/[cmuCMU])/        # Lemmy: //host and /c/name
    | (?<=\.)\. | (?<=\.\ )\. | (?<=-)-  # smarty-pants: ellipsis, dashes
    | (?<=,), | (?<=\+)-               # Lemmy: typographer, here and in the next line
    | (?<=[?!]{{3}})[?!] | [?!](?=…) | \((?=(?:[cCpPrR]|[tT][mM])\))
    """,
    re.VERBOSE,
)
_MARKDOWN2_ESCAPES = frozenset("\\*_[]#+-.!()")
"""The characters before which a backslash works on PieFed, without "`", which PieFed searches for itself."""

# Reddit's snudown (a sundown): a backslash works before \`*_{}[]()#+-.!:|&<>/^~ only.
_REDDIT = lazy_pattern(
    rf"""
      [\\`*_\[\]>^~|]                  # inline markup, superscript, spoiler, tables
    | {_ENTITY}
    | ^\#                              # heading, with a space or without
    | ^[+-](?=\ |$|[+-])               # list, rule
    | (?<=[uUrR])/                     # u/name and r/name, in the middle of a word too
    | (?<=/)/                          # //host
    | (?<=[wW]{{3}})\.                 # www.
    """,
    re.VERBOSE,
)


def escape_lemmy(text: str) -> str:
    return _ORDERED.sub(r"\1\\\2", _LEMMY.sub(r"\\\g<0>", text))


def escape_piefed(text: str) -> str:
    return _ORDERED.sub(r"\1\\\2", _PIEFED.sub(_escape_or_reference, text))


def _escape_or_reference(found: re.Match[str]) -> str:
    char = found[0]
    if char in _MARKDOWN2_ESCAPES:
        return f"\\{char}"
    return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(char, f"&#{ord(char)};")


def escape_reddit(text: str) -> str:
    escaped = _ORDERED.sub(r"\1\\\2", _REDDIT.sub(r"\\\g<0>", text)).replace("<", "&lt;")
    # A backslash does not work here: a line of "=" becomes an empty heading, and "!<" ends a spoiler.
    return "&#61;" + escaped[1:] if escaped.startswith("=") else escaped


ESCAPERS: dict[Dialect, Callable[[str], str]] = {
    Dialect.LEMMY: escape_lemmy,
    Dialect.PIEFED: escape_piefed,
    Dialect.REDDIT: escape_reddit,
}
