"""Find full names in an article, and sentences that use a surname alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from bot.summarize.cohesion_rules import CohesionRules
from bot.summarize.word_tokens import to_words, without_possessive

_CAPITAL = r"[^\W\d_a-zß-ÿ][\w’'-]*[a-zß-ÿ][\w-]*"
_WORD = re.compile(rf"(?<![\w.]){_CAPITAL}")
_PARTICLE = r"(?:(?:van|de|von|der|den|da|di|del|la|bin|al)\s){0,2}"
# "Lubitz", "Andreas Lubitz", "Hyeon Soo Lim", "John F. Kennedy", "Ursula von der Leyen".
_NAME = re.compile(rf"(?<![\w.]){_CAPITAL}(?:(?:\s[A-Z]\.)?\s{_PARTICLE}{_CAPITAL}){{1,4}}")


_NAME = re.compile(rf"(?<![\w.]){_CAPITAL}(?:(?:\s[A-Z]\.)?\s{_PARTICLE}{_CAPITAL}){{0,4}}")
_AGE = re.compile(r",\s\d{2}\b|\s\(\d{2}\)")


class PersonNames(Struct, frozen=True):
    """For each sentence, the surnames that it gives with the full name and those that it uses alone."""

    given_in_full: list[frozenset[str]]
    bare: list[frozenset[str]]
    title_words: frozenset[str]
    """The words of the title in lower case: a reader already knows a person in the title."""


def find_names(sentences: Sequence[str], rules: CohesionRules, title: str = "") -> PersonNames:
    """Find surnames: later words of a full name that the article also uses of a person."""
    titled = frozenset(to_words(title.lower()))
    if not rules.capitals_mark_names:
        return PersonNames([frozenset()] * len(sentences), [frozenset()] * len(sentences), titled)
    runs = [_runs(sentence) for sentence in sentences]
    people = _known_people(sentences, runs, rules)
    full = [_possible_surnames(row, rules.not_names) & people for row in runs]
    surnames = frozenset().union(*full)
    alone = [surnames.intersection(word for run in row for word in run.words) for row in runs]
    return PersonNames(full, [used - given for used, given in zip(alone, full, strict=True)], titled)


class _Run(NamedTuple):
    """Capitalised words that follow each other, without a possessive "'s"."""

    words: tuple[str, ...]
    start: int
    end: int


def _runs(sentence: str) -> list[_Run]:
    result = []
    for found in _NAME.finditer(sentence):
        name = found.group()
        words = map(without_possessive, _WORD.findall(name) if len(name.split()) > 1 else (name,))
        result.append(_Run(tuple(words), *found.span()))
    return result


def _known_people(
    sentences: Sequence[str], runs: Sequence[Sequence[_Run]], rules: CohesionRules
) -> frozenset[str]:
    """Words that name a person: they have a title, an age or an occupation, or say something."""
    found: set[str] = set()
    for sentence, row in zip(sentences, runs, strict=True):
        for run in row:
            if not found.issuperset(run.words) and _is_person(sentence, run, rules):
                found.update(run.words)
    return frozenset(found)


def _is_person(sentence: str, run: _Run, rules: CohesionRules) -> bool:
    if run.words[0] in _TITLES:
        return True
    before = sentence[: run.start].rsplit(None, 1)[-1:]
    if before and (before[0].lower() in rules.person_nouns or rules.verbs_of_saying.match(before[0])):
        return True
    after = sentence[run.end :]
    may_be_age = after[:1] == "," or after[1:2] == "("
    return bool((may_be_age and _AGE.match(after)) or rules.verbs_of_saying.match(after.lstrip(" ,")))


def _possible_surnames(runs: Sequence[_Run], not_names: frozenset[str]) -> frozenset[str]:
    """All words except the first of each run of capitalised words: any of them may be the surname."""
    named = (run.words[2:] if run.words[0] in _NAME_TITLES else run.words[1:] for run in runs)
    return frozenset(word for words in named for word in words if word not in not_names)


# fmt: off
_OFFICE_TITLES = frozenset([
    "Prof", "Judge", "President", "Senator", "Minister", "Chancellor", "Governor", "Mayor",
])
"""Titles of an office: "President Obama" needs no first name, "Mr Park" does."""
_TITLES = frozenset([
    "Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir", "Lord", "Lady", "Judge", "President", "Senator",
    "Minister", "Monsieur", "Madame", "M", "Mme", "Señor", "Herr", "Frau", "The", "In", "On", "At",
    "But", "And", "When", "While", "After", "For", "With", "If", "As", "From", "By", "Le", "La",
    "Les", "El", "O", "Il", "De", "Het",
])
# fmt: on
_NAME_TITLES = _TITLES - _OFFICE_TITLES
