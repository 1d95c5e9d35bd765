"""Clean text into Markdown source that shows exactly that text, for each dialect.

Only what would act is escaped, so that prose stays readable where the source is shown (mails,
notifications). Both functions expect one line of `bot.render.sanitize.clean`: single spaces, no
URL, no `@`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.core.models import Dialect

_ENTITY = r"&(?=\#?\w+;)"
_ORDERED = re.compile(r"^(\d+)([.)])(?= |$)")

# Lemmy's web client: markdown-it with linkify, typographer, sub, sup, footnotes, spoiler containers
# and ruby; other clients speak GitHub's or plain CommonMark. All honour a backslash before ASCII
# punctuation, and an escaped character is a token of its own that no later rule sees across.
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
    # A backslash is no help here: a line of "=" becomes an empty heading, and "!<" ends a spoiler.
    return "&#61;" + escaped[1:] if escaped.startswith("=") else escaped


ESCAPERS: dict[Dialect, Callable[[str], str]] = {
    Dialect.LEMMY: escape_lemmy,
    Dialect.REDDIT: escape_reddit,
}
