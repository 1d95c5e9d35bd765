"""Escapes clean text as Markdown that renders as exactly that text, for each dialect.

Only characters with an effect are escaped, so that the text stays readable where the source is shown
(emails, notifications). Both functions expect one line from `bot.render.sanitize.clean`: single spaces,
no URL, no `@`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.core.models import Dialect

_ENTITY = r"&(?=\#?\w+;)"
_ORDERED = re.compile(r"^(\d+)([.)])(?= |$)")

# Lemmy's web client: markdown-it with linkify, typographer, sub, sup, footnotes, spoiler containers
# and ruby; other clients use GitHub's or plain CommonMark. All accept a backslash before ASCII
# punctuation. An escaped character becomes a separate token, so later rules cannot match across it.
_LEMMY = re.compile(
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

# Reddit's snudown (a sundown): a backslash works before \`*_{}[]()#+-.!:|&<>/^~ only.
_REDDIT = re.compile(
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


def escape_reddit(text: str) -> str:
    escaped = _ORDERED.sub(r"\1\\\2", _REDDIT.sub(r"\\\g<0>", text)).replace("<", "&lt;")
    # A backslash does not work here: a line of "=" becomes an empty heading, and "!<" ends a spoiler.
    return "&#61;" + escaped[1:] if escaped.startswith("=") else escaped


ESCAPERS: dict[Dialect, Callable[[str], str]] = {
    Dialect.LEMMY: escape_lemmy,
    Dialect.REDDIT: escape_reddit,
}
