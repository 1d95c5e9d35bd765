"""The word lists of `data/cohesion.toml` as patterns: which words make a sentence depend on another.

Quotation marks, question marks, colons and names need no list; `cohesion.py` has their rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.summarize import language_resources

_AGED = re.compile(
    r"(?:\d{1,3}[- ](?:year|ans|Jährige|jährige|jarige|años|anos|anni)|\d{1,3}-Jährige)", re.IGNORECASE
)
NAME = re.compile(r"[^\W\d_a-z][\w'’-]*[^\W\d_]")
"""A word with a capital that is not an initial."""


@dataclass(frozen=True)
class CohesionRules:
    """The rules of one language."""

    dependent_openings: re.Pattern[str]
    independent_openings: re.Pattern[str]
    unnamed_persons: re.Pattern[str]
    name_after_noun: re.Pattern[str]
    """A name directly after such a noun: "The company, Acme Ltd", "The mayor of Osby"."""
    person_pronouns: frozenset[str]
    group_pronouns: frozenset[str]
    verbs_of_saying: re.Pattern[str]
    first_person: re.Pattern[str]
    boilerplate: re.Pattern[str]
    """For a sentence in lower case."""
    calls: re.Pattern[str]
    """At the start of a sentence: it asks the reader to do something for the page."""
    page_references: re.Pattern[str]
    """For a sentence in lower case."""
    capitals_mark_names: bool
    not_names: frozenset[str]
    stop_words: frozenset[str]
    """Words that are not names, even with a capital at the start of a sentence."""
    without_end_marks: bool
    """Whether the script has no marks at the end of a sentence."""
    captions: re.Pattern[str]
    """Text that only a picture caption has ("on Tuesday, Nov. 19, 2019")."""
    phrase_and_pronoun: re.Pattern[str]
    """A phrase of time or place, and a pronoun that does not refer to it: "In Virginia, they voted"."""
    undescribed_things: re.Pattern[str]
    inner_demonstratives: re.Pattern[str]
    """A demonstrative inside the sentence: "to photograph these checkpoints"."""
    person_nouns: frozenset[str]
    articles: re.Pattern[str]
    """A definite article, with the space after it."""
    definite_noun: re.Pattern[str]
    """A definite article and the word after it, which is group 1."""
    saying_words: frozenset[str]
    reader_words: frozenset[str]
    writer_words: frozenset[str]
    first_person_words: frozenset[str]
    back_words: frozenset[str]
    """Words that point to a time or place named before."""
    demonstratives: frozenset[str]
    possessives: frozenset[str]


def _at_start(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives(phrases)})", re.IGNORECASE)


def _anywhere(phrases: Sequence[str], *, in_lower_case: bool = False) -> re.Pattern[str]:
    """Any of the phrases; with `in_lower_case`, for a text in lower case, which takes half the time."""
    # most places are ruled out by one letter, which is faster than to try each phrase
    first = re.escape("".join(sorted({phrase[0] for phrase in phrases})).replace("'", "'’")) or "x"
    return re.compile(
        rf"(?<!\w)(?=[{first}])(?:{_alternatives(phrases)})", 0 if in_lower_case else re.IGNORECASE
    )


def _alternatives(phrases: Sequence[str]) -> str:
    if not phrases:
        return r"(?!)"
    longest_first = sorted(phrases, key=len, reverse=True)
    spelled = [re.escape(phrase).replace("'", "['’]").replace(r"\ ", r"\s+") for phrase in longest_first]
    return "|".join(one + (r"(?![\w’'])" if one[-1].isalnum() else "") for one in spelled)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("bot.summarize") / "data" / "cohesion.toml").read_text("utf-8"))


_EMPTY: dict[str, Any] = {"capitals": False}


@cache
def cohesion_rules(language: str) -> CohesionRules:
    """The rules of `language` (ISO 639-1). For a language without a table, all word lists are empty."""
    table = _tables().get(language, _EMPTY)

    def words(key: str) -> list[str]:
        return list(table.get(key, ()))

    nouns = "|".join(map(re.escape, words("nouns"))) or "(?!)"
    things = "|".join(map(re.escape, words("things"))) or "(?!)"
    articles = (
        "|".join(re.escape(one) + ("" if one.endswith("'") else r"\s+") for one in words("the")) or "(?!)"
    )
    return CohesionRules(
        dependent_openings=_at_start(words("opens")),
        independent_openings=_at_start(words("free")),
        unnamed_persons=re.compile(rf"(?:{articles})(?:{_AGED.pattern}|(?:{nouns})(?![\w-]))", re.IGNORECASE),
        name_after_noun=re.compile(
            rf"[\w’'-]*,?\s+(?:(?:{_alternatives(words('of'))})\s*)?(?:{articles})?{NAME.pattern}"
        ),
        person_pronouns=frozenset(words("person")),
        group_pronouns=frozenset(words("group")),
        verbs_of_saying=_anywhere(words("saying")),
        first_person=_anywhere(words("first_person")),
        boilerplate=_anywhere(words("boilerplate"), in_lower_case=True),
        calls=_at_start(words("calls")),
        page_references=_anywhere(words("promises"), in_lower_case=True),
        capitals_mark_names=bool(table.get("capitals")),
        not_names=frozenset(words("not_names")),
        without_end_marks=bool(table.get("unmarked")),
        person_nouns=frozenset(words("nouns")),
        articles=re.compile(rf"(?:{articles})", re.IGNORECASE),
        definite_noun=re.compile(rf"(?<!\w)(?:{articles})([^\W\d_][\w-]+)", re.IGNORECASE),
        saying_words=frozenset(words("saying")),
        reader_words=frozenset(words("you")),
        writer_words=frozenset(words("writer")),
        first_person_words=frozenset(words("first_person")),
        back_words=frozenset(words("then")),
        demonstratives=frozenset(words("this")),
        possessives=frozenset(words("theirs")),
        stop_words=language_resources.stop_words(language),
        captions=re.compile("|".join(words("captions")) or "(?!)"),
        phrase_and_pronoun=re.compile(
            rf"(?:{_alternatives(words('near'))})\s+[^\s,]+(?:\s+[^\s,]+)?,\s+(?:{_alternatives(words('group'))})",
            re.IGNORECASE,
        ),
        inner_demonstratives=re.compile(
            rf"(?<=\w\s)(?:{_alternatives(words('these'))})\s+(?!{_alternatives(words('times'))})\w",
            re.IGNORECASE,
        ),
        undescribed_things=re.compile(rf"(?:{articles})(?:{things})(?![\w-])", re.IGNORECASE),
    )
