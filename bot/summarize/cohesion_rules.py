"""The word lists of `data/cohesion.toml` as patterns: which words make a sentence depend on another.

Quotation marks, question marks, colons and names need no list; `cohesion.py` has their rules.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from bot.summarize import language_resources
from bot.summarize.phrases import (
    Phrases,
    alternatives,
    anywhere,
    at_start,
    first_word,
    plain_words,
    with_words,
)

_AGED = re.compile(
    r"(?:\d{1,3}[- ](?:year|ans|Jährige|jährige|jarige|años|anos|anni)|\d{1,3}-Jährige)", re.IGNORECASE
)
NAME = re.compile(r"[^\W\d_a-z][\w'’-]*[^\W\d_]")
"""A word with a capital that is not an initial."""


COUNTED = ("you", "writer", "first_person", "person", "group", "saying", "stop words")
"""The lists whose words `judge.line_signals` counts: keys of a table, and the stop words."""
COUNT_BITS = 10
COUNT_MASK = (1 << COUNT_BITS) - 1


class CohesionRules(Struct, frozen=True):
    """The rules of one language."""

    dependent_openings: Phrases
    independent_openings: Phrases
    unnamed_persons: re.Pattern[str]
    name_after_noun: re.Pattern[str]
    """A name directly after such a noun: "The company, Acme Ltd", "The mayor of Osby"."""
    person_pronouns: frozenset[str]
    group_pronouns: frozenset[str]
    all_pronouns: frozenset[str]
    pronoun_words: frozenset[str]
    """The words of these pronouns: a text without them has no pronoun."""
    verbs_of_saying: Phrases
    first_person: Phrases
    boilerplate: Phrases
    """For a sentence in lower case."""
    calls: Phrases
    """At the start of a sentence: it asks the reader to do something for the page."""
    page_references: Phrases
    """For a sentence in lower case."""
    capitals_mark_names: bool
    not_names: frozenset[str]
    stop_words: frozenset[str]
    """Words that are not names, even with a capital at the start of a sentence."""
    without_end_marks: bool
    """Whether the script has no marks at the end of a sentence."""
    caption_parts: tuple[str, ...]
    """Each match of `captions` contains one of these."""
    captions: re.Pattern[str]
    """Text that only a picture caption has ("on Tuesday, Nov. 19, 2019")."""
    phrase_and_pronoun: re.Pattern[str]
    """A phrase of time or place, and a pronoun that does not refer to it: "In Virginia, they voted"."""
    undescribed_things: re.Pattern[str]
    inner_demonstratives: Phrases
    """A demonstrative inside the sentence: "to photograph these checkpoints"."""
    person_nouns: frozenset[str]
    article_words: frozenset[str]
    """The first words of definite articles, in lower case."""
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
    counted_words: Mapping[str, int]
    """For each word of the lists `COUNTED`, one bit for each list that has it, `COUNT_BITS` apart.

    The sum over the words of a sentence has the counts of all lists.
    """
    demonstratives: frozenset[str]
    possessives: frozenset[str]


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("bot.summarize") / "data" / "cohesion.toml").read_text("utf-8"))


_EMPTY: dict[str, Any] = {"capitals": False}


def _counted_words(lists: Sequence[Sequence[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, words in enumerate(lists):
        for word in frozenset(words):
            found[word] = found.get(word, 0) | 1 << at * COUNT_BITS
    return found


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
        dependent_openings=at_start(words("opens")),
        independent_openings=at_start(words("free")),
        unnamed_persons=re.compile(rf"(?:{articles})(?:{_AGED.pattern}|(?:{nouns})(?![\w-]))", re.IGNORECASE),
        name_after_noun=re.compile(
            rf"[\w’'-]*,?\s+(?:(?:{alternatives(words('of'))})\s*)?(?:{articles})?{NAME.pattern}"
        ),
        person_pronouns=frozenset(words("person")),
        group_pronouns=frozenset(words("group")),
        all_pronouns=frozenset(words("person") + words("group")),
        pronoun_words=plain_words(" ".join(words("person") + words("group"))),
        verbs_of_saying=anywhere(words("saying")),
        first_person=anywhere(words("first_person")),
        boilerplate=anywhere(words("boilerplate"), in_lower_case=True),
        calls=at_start(words("calls")),
        page_references=anywhere(words("promises"), in_lower_case=True),
        capitals_mark_names=bool(table.get("capitals")),
        not_names=frozenset(words("not_names")),
        without_end_marks=bool(table.get("unmarked")),
        person_nouns=frozenset(words("nouns")),
        article_words=frozenset(map(first_word, words("the"))),
        articles=re.compile(rf"(?:{articles})", re.IGNORECASE),
        definite_noun=re.compile(rf"(?<!\w)(?:{articles})([^\W\d_][\w-]+)", re.IGNORECASE),
        saying_words=frozenset(words("saying")),
        reader_words=frozenset(words("you")),
        writer_words=frozenset(words("writer")),
        first_person_words=frozenset(words("first_person")),
        back_words=frozenset(words("then")),
        counted_words=_counted_words(
            [*map(words, COUNTED[:-1]), list(language_resources.stop_words(language))]
        ),
        demonstratives=frozenset(words("this")),
        possessives=frozenset(words("theirs")),
        stop_words=language_resources.stop_words(language),
        caption_parts=tuple(words("caption_parts")),
        captions=re.compile("|".join(words("captions")) or "(?!)"),
        phrase_and_pronoun=re.compile(
            rf"(?:{alternatives(words('near'))})\s+[^\s,]+(?:\s+[^\s,]+)?,\s+(?:{alternatives(words('group'))})",
            re.IGNORECASE,
        ),
        inner_demonstratives=with_words(
            rf"(?<=\w\s)(?:{alternatives(words('these'))})\s+(?!{alternatives(words('times'))})\w",
            words("these"),
        ),
        undescribed_things=re.compile(rf"(?:{articles})(?:{things})(?![\w-])", re.IGNORECASE),
    )
