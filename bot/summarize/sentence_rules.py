"""The word lists of the sentence splitter: one file for each language in `data/sentence_rules`.

The keys of a file:

| key | meaning |
|---|---|
| `like` | another language whose lists apply too |
| `never` | abbreviations that never end a sentence: titles, streets, "e.g." |
| `weak` | abbreviations that end a sentence only before one of the `starters`: months, companies, states |
| `numbers` | abbreviations and symbols before a number: "No. 5"; elsewhere they may end a sentence |
| `ends` | abbreviations that may end a sentence although they look like the others: "etc."; if they are in
`never` too, only after a number |
| `suffixes` | ends of compounds that are abbreviations: "str" for German streets |
| `dates` | words that follow a time of day: "5 p.m. Saturday" |
| `starters` | usual first words of a sentence |
| `said` | verbs that connect a quotation with its speaker |
| `ordinals` | whether a number with a full stop is an ordinal: "3. Oktober" |

The lists are our own, without the full stop; "p.m" stands for "p. m." too. A word in lower case also matches
with a capital at its start, a word with a capital matches only itself. `never` overrides `weak`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct


class BoundaryRules(Struct, frozen=True):
    """The word lists of one language."""

    never_final: frozenset[str] = frozenset()
    rarely_final: frozenset[str] = frozenset()
    before_numbers: frozenset[str] = frozenset()
    may_be_final: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()
    starters: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    verbs_of_saying: frozenset[str] = frozenset()
    has_ordinals: bool = False


@cache
def boundary_rules(language: str) -> BoundaryRules:
    """The word lists of `language` (ISO 639-1); those of English if it is "".

    A language without a file has only the words of `any.toml`, which apply to every language.
    """
    table = _merged(_table("any"), _table(language or "en"))
    return BoundaryRules(
        never_final=_words(table, "never"),
        rarely_final=_words(table, "weak"),
        before_numbers=_words(table, "numbers"),
        may_be_final=_words(table, "ends"),
        suffixes=tuple(table.get("suffixes", ())),
        starters=frozenset(table.get("starters", ())),
        dates=frozenset(table.get("dates", ())),
        verbs_of_saying=frozenset(table.get("said", ())),
        has_ordinals=bool(table.get("ordinals")),
    )


def _table(language: str) -> dict[str, Any]:
    if not language.isalpha():
        return {}
    try:
        text = (files("bot.summarize") / "data" / "sentence_rules" / f"{language}.toml").read_text("utf-8")
    except FileNotFoundError:
        return {}
    table = tomllib.loads(text)
    return _merged(_table(table["like"]), table) if "like" in table else table


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both tables: the lists of both, and the other values of `other` where it has them."""
    lists = {key: [*one.get(key, ()), *value] for key, value in other.items() if isinstance(value, list)}
    return {**one, **other, **lists}


def _words(table: dict[str, Any], key: str) -> frozenset[str]:
    """The words of a list, those in lower case also with a capital at the start."""
    words = table.get(key, ())
    return frozenset(words) | {
        word[0].upper() + word[1:] for word in words if len(word) > 1 and word.islower()
    }
