"""Find full names in an article, and sentences that use a surname alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.summarize.cohesion_rules import CohesionRules
from bot.summarize.word_tokens import to_words, without_possessive

_CAPITAL = r"[^\W\d_a-zß-ÿ][\w’'-]*[a-zß-ÿ][\w-]*"
_WORD = re.compile(rf"(?<![\w.]){_CAPITAL}")
_PARTICLE = r"(?:(?:van|de|von|der|den|da|di|del|la|bin|al)\s){0,2}"
# "Andreas Lubitz", "Hyeon Soo Lim", "John F. Kennedy", "Ursula von der Leyen".
_FULL_NAME = re.compile(rf"(?<![\w.]){_CAPITAL}(?:(?:\s[A-Z]\.)?\s{_PARTICLE}{_CAPITAL}){{1,4}}")


_NAME = re.compile(rf"(?<![\w.]){_CAPITAL}(?:(?:\s[A-Z]\.)?\s{_PARTICLE}{_CAPITAL}){{0,4}}")
_AGE = re.compile(r",\s\d{2}\b|\s\(\d{2}\)")


@dataclass(frozen=True, slots=True)
class PersonNames:
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
    people = _known_people(sentences, rules)
    full = [_possible_surnames(sentence, rules.not_names) & people for sentence in sentences]
    surnames = frozenset().union(*full)
    alone = [
        surnames.intersection(without_possessive(word) for word in _WORD.findall(sentence))
        for sentence in sentences
    ]
    return PersonNames(full, [used - given for used, given in zip(alone, full, strict=True)], titled)


def _known_people(sentences: Sequence[str], rules: CohesionRules) -> frozenset[str]:
    """Words that name a person: they have a title, an age or an occupation, or say something."""
    found: set[str] = set()
    for sentence in sentences:
        for run in _NAME.finditer(sentence):
            before, after = sentence[: run.start()].rsplit(None, 1)[-1:], sentence[run.end() :]
            words = [without_possessive(word) for word in _WORD.findall(run.group())]
            introduced = bool(before) and (
                before[0].lower() in rules.person_nouns or rules.verbs_of_saying.match(before[0])
            )
            if (
                introduced
                or words[0] in _TITLES
                or _AGE.match(after)
                or rules.verbs_of_saying.match(after.lstrip(" ,"))
            ):
                found.update(words)
    return frozenset(found)


def _possible_surnames(sentence: str, not_names: frozenset[str]) -> frozenset[str]:
    """All words except the first of each run of capitalised words: any of them may be the surname."""
    runs = (
        [without_possessive(word) for word in _WORD.findall(found.group())]
        for found in _FULL_NAME.finditer(sentence)
    )
    named = (run[2:] if run[0] in _TITLES - _OFFICE_TITLES else run[1:] for run in runs)
    return frozenset(word for run in named for word in run if word not in not_names)


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
