"""What a sentence does in an interview, a review, a recipe, an opinion or an abstract.

The judge of sentences knows most of what a reader wants of such articles, and of lists, recipes, guides and
live blogs. The roles here are those for which annotated articles show that it is wrong: "I" in an answer has
no speaker, and a claim, a verdict, an aim and a result are wanted more often than it expects.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

from msgspec import Struct

from bot.core.models import ParagraphKind
from bot.summarize.cohesion_rules import CohesionRules, cohesion_rules


class Factors(Struct, frozen=True):
    """How much more often than the judge expects: a sentence is good, is the news, and is picked."""

    good: float
    news: float
    wanted: float


class Role(StrEnum):
    """What a sentence does."""

    ANSWER = "answer"
    """In an interview, a sentence in the first person after the first question."""
    CLAIM = "claim"
    """In an opinion, what ought to be done."""
    VERDICT = "verdict"
    STEP = "step"
    """In a recipe, an ingredient or a step."""
    BACKGROUND = "background"
    """In an abstract, what comes before the aim."""
    AIM = "aim"
    METHOD = "method"
    RESULT = "result"


FACTORS = {
    Role.ANSWER: Factors(0.3, 0.5, 0.3),
    Role.CLAIM: Factors(1.3, 1.5, 1.5),
    Role.VERDICT: Factors(1.1, 1.5, 1.3),
    Role.STEP: Factors(0.2, 0.1, 0.2),
    Role.BACKGROUND: Factors(0.8, 0.1, 0.4),
    Role.AIM: Factors(1.5, 6.0, 2.4),
    Role.METHOD: Factors(0.8, 0.3, 0.5),
    Role.RESULT: Factors(1.4, 12.0, 1.8),
}
"""About the ratios that the annotated articles show, out of fold.

Abstracts are too few there; their factors were chosen on the invented ones of the tests.
"""
UNCHANGED = Factors(1.0, 1.0, 1.0)


class Line(Struct, frozen=True):
    """A sentence with its place."""

    text: str
    kind: ParagraphKind
    alone: bool
    """Whether it is the only sentence of its paragraph."""


_QUESTION = re.compile(r"[?？؟][\"'”’“»›)\]\s]*\Z")
_QUOTED = re.compile(r"[\"“”„«»「]")
_MIN_QUESTIONS = 3
_OWN_SHARE = 0.15
"""In an interview, at least this share of the sentences after the first question are in the first person."""
_MAX_STUDY = 25
"""An abstract has at most this many sentences."""
_AFTER_HEADING = 3
_LABEL_LINES, _MAX_LABEL = 3, 40
"""A label ("Opinion", "Kommentar von Ida Voss") is so near the start, and has at most so many characters."""


class RoleWords(Struct, frozen=True):
    """The words of one language; each pattern is for a text in lower case."""

    verdict: re.Pattern[str]
    ingredients: re.Pattern[str]
    opinion: re.Pattern[str]
    should: re.Pattern[str]
    aim: re.Pattern[str]
    result: re.Pattern[str]


def sentence_roles(title: str, lines: Sequence[Line], language: str) -> list[Role | None]:
    """The role of each sentence, or None."""
    words, rules = role_words(language), cohesion_rules(language)
    for find in (_steps, _answers, _claims, _study, _verdict):
        roles = find(title, lines, rules, words)
        if any(roles):
            return roles
    return [None] * len(lines)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.lower().replace("’", "'")))


def _steps(title: str, lines: Sequence[Line], rules: CohesionRules, words: RoleWords) -> list[Role | None]:
    """The entries of lists after the heading of the ingredients."""
    headings = (
        at
        for at, line in enumerate(lines)
        if line.kind is ParagraphKind.HEADING and words.ingredients.fullmatch(line.text.lower().rstrip(": "))
    )
    first = next(headings, len(lines))
    return [
        Role.STEP if at > first and line.kind is ParagraphKind.LIST_ITEM else None
        for at, line in enumerate(lines)
    ]


def _answers(title: str, lines: Sequence[Line], rules: CohesionRules, words: RoleWords) -> list[Role | None]:
    """The answers of an interview in the first person; a page of questions has none."""
    asked = [at for at, line in enumerate(lines) if line.alone and _QUESTION.search(line.text)]
    if len(asked) < _MIN_QUESTIONS:
        return [None] * len(lines)
    first = asked[0]
    own = [not rules.writer_words.isdisjoint(_words(line.text)) for line in lines]
    said = [own[at] for at in range(first, len(lines)) if at not in asked]
    is_interview = _QUOTED.search(title) or sum(said) >= _OWN_SHARE * max(1, len(said))
    return [Role.ANSWER if is_interview and at > first and own[at] else None for at in range(len(lines))]


def _claims(title: str, lines: Sequence[Line], rules: CohesionRules, words: RoleWords) -> list[Role | None]:
    """The claims of an article that is marked as an opinion."""
    marked = bool(words.opinion.search(title.lower())) or any(
        len(line.text) <= _MAX_LABEL and line.text[-1:].isalnum() and words.opinion.search(line.text.lower())
        for line in lines[:_LABEL_LINES]
    )
    if not marked:
        return [None] * len(lines)
    return [Role.CLAIM if words.should.search(line.text.lower()) else None for line in lines]


def _study(title: str, lines: Sequence[Line], rules: CohesionRules, words: RoleWords) -> list[Role | None]:
    """The aim and the results of an abstract, which quotes nobody."""
    none: list[Role | None] = [None] * len(lines)
    if len(lines) > _MAX_STUDY or any(_QUOTED.search(line.text) for line in lines):
        return none
    texts = [line.text.lower() for line in lines]
    aims = [at for at, text in enumerate(texts) if words.aim.search(text)]
    results = [at for at, text in enumerate(texts) if words.result.search(text) and at not in aims]
    if not aims or not any(at > aims[0] for at in results):
        return none
    of = (
        dict.fromkeys(range(aims[0]), Role.BACKGROUND)
        | dict.fromkeys(range(aims[0], results[-1]), Role.METHOD)
        | dict.fromkeys(aims, Role.AIM)
        | dict.fromkeys((at for at in results if at > aims[0]), Role.RESULT)
    )
    return [of.get(at) for at in range(len(lines))]


def _verdict(title: str, lines: Sequence[Line], rules: CohesionRules, words: RoleWords) -> list[Role | None]:
    """The first sentences after the heading of a conclusion."""
    result: list[Role | None] = [None] * len(lines)
    for at, line in enumerate(lines):
        if line.kind is ParagraphKind.HEADING and words.verdict.fullmatch(line.text.lower().rstrip(": ")):
            last = min(len(lines), at + 1 + _AFTER_HEADING)
            result[at + 1 : last] = [Role.VERDICT] * (last - at - 1)
    return result


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("bot.summarize") / "data" / "sentence_roles.toml").read_text("utf-8"))


@cache
def role_words(language: str) -> RoleWords:
    """The words of `language` (ISO 639-1); for a language without a table, patterns that match nothing."""
    table = _tables().get(language, {})
    return RoleWords(*(_any_of(table.get(name, ())) for name in RoleWords.__struct_fields__))


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    spelled = "|".join(re.escape(one).replace("'", "['’]") for one in longest_first)
    return re.compile(rf"(?<!\w)(?:{spelled})(?!\w)" if phrases else "(?!)")
