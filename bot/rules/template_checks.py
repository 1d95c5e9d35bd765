"""Checks the operator's templates when the settings are read: names, syntax, and the longest reply.

Each check raises the error `plain` (`invalid_value`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, meta, nodes

from bot.core.reply_length import MAX_LENGTH, utf16_units
from bot.rules.reply_templates import FOOTER_VARIABLES, REPLY_VARIABLES, Markdown
from bot.rules.rule_types import invalid_value
from bot.rules.template_filling import fill, new_environment

_MAX_FOOTER = 2_000
"""UTF-16 code units, so that the longest summary and the longest footer fit into one reply."""
_WORD, _TITLE = "longword", "A long title " * 20
_SENTENCES = [f"{_WORD} " * 40] * 15
"""The most words and sentences that a community can set."""
_LONGEST: Mapping[str, Any] = {
    "counts": Markdown(_WORD * 25),
    "source": Markdown(_WORD * 25),
    "links": Markdown(_WORD * 100),
    "footer_line": _WORD * 25,
    "article_words": 100_000,
    "summary_words": 600,
    "saved": 99,
    "title": _TITLE,
    "site": _TITLE,
    "reading_minutes": 500,
    "key_words": [_WORD] * 5,
    "language": "en",
    "platform": "lemmy",
    "summary": Markdown("\n\n".join(_SENTENCES)),
    "sentences": _SENTENCES,
    "lines": Markdown(_TITLE * 3),
    "footer": Markdown(_WORD * (_MAX_FOOTER // len(_WORD))),
}
_SHORTEST: Mapping[str, Any] = {
    **{name: type(value)() for name, value in _LONGEST.items()},
    "platform": "reddit",
    "summary": Markdown("One."),
    "sentences": ["One."],
}


def check_reply(text: str) -> str:
    """The template of a whole reply. An empty one is allowed: then another template is used."""
    if not text:
        return text
    names = _check_names(text, REPLY_VARIABLES)
    if names.isdisjoint({"summary", "sentences"}):
        raise invalid_value("does not contain the summary; add {{ summary }}")
    _check_results(text, MAX_LENGTH)
    return text


def check_footer(text: str) -> str:
    """The template of a footer."""
    _check_names(text, FOOTER_VARIABLES)
    _check_results(text, _MAX_FOOTER)
    return text


def _check_names(text: str, variables: Mapping[str, str]) -> set[str]:
    """The names that the template uses."""
    environment = new_environment()
    try:
        tree = environment.parse(text)
        environment.compile(text)  # finds unknown filters and tests
    except TemplateSyntaxError as error:
        raise invalid_value(f"has an error in line {error.lineno}: {error.message}") from None
    if any(tree.find(kind) for kind in (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        raise invalid_value("cannot include or extend another template; write all of it here")
    names = meta.find_undeclared_variables(tree)
    for name in sorted(names - variables.keys()):
        near = difflib.get_close_matches(name, variables, n=1, cutoff=0.7)
        hint = f"write {near[0]}" if near else f"use one of {', '.join(variables)}"
        raise invalid_value(f"uses {name}, which does not exist; {hint}")
    return names


def _check_results(text: str, limit: int) -> None:
    """Fill the template for the longest and for the shortest article."""
    for values, article in ((_LONGEST, "the longest article"), (_SHORTEST, "an article without metadata")):
        try:
            written = fill(text, values, str)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise invalid_value(f"fails for {article}: {error}") from None
        if (length := utf16_units(written)) > limit:
            raise invalid_value(f"gives {length} characters for {article}; the limit is {limit}")
