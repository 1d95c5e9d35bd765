"""Full names in an article, and sentences that use a surname alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.summarize.cohesion import Rules

_PAIR = re.compile(
    r"(?<![\w.])(?P<first>[^\W\d_a-zß-ÿ][\w’'-]*[a-zß-ÿ][\w’'-]*)"
    r"(?:\s[A-Z]\.)?\s(?:(?:van|de|von|der|den|da|di|del|la|bin|al)\s){0,2}"
    r"(?P<last>[^\W\d_a-zß-ÿ][\w-]*[a-zß-ÿ]\w*)"
)
_CAPITAL = re.compile(r"(?<!\w)[^\W\d_a-zß-ÿ][\w-]*[a-zß-ÿ]\w*")


@dataclass(frozen=True, slots=True)
class Names:
    """For each sentence, the surnames that it gives in full and those that it uses bare."""

    full: list[frozenset[str]]
    bare: list[frozenset[str]]


def read(sentences: Sequence[str], known: Rules) -> Names:
    """A surname is the last of two capitalised words that also stands alone somewhere."""
    if not known.capitals:
        return Names([frozenset()] * len(sentences), [frozenset()] * len(sentences))
    full = [_full(sentence, known.not_names) for sentence in sentences]
    surnames = frozenset().union(*full)
    alone = [surnames.intersection(_CAPITAL.findall(sentence)) for sentence in sentences]
    return Names(full, [used - given for used, given in zip(alone, full, strict=True)])


def _full(sentence: str, not_names: frozenset[str]) -> frozenset[str]:
    return frozenset(
        found["last"]
        for found in _PAIR.finditer(sentence)
        if found["last"] not in not_names and found["first"] not in _TITLES
    )


_TITLES = frozenset(
    ["Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir", "Lord", "Lady", "Judge", "President", "Senator", "Minister",
     "The", "In", "On", "At", "But", "And", "When", "While", "After", "For", "With", "If", "As", "From", "By",
     "Monsieur", "Madame", "M", "Mme", "Señor", "Herr", "Frau", "Le", "La", "Les", "El", "O", "Il", "De", "Het"]
)  # fmt: skip
