"""Full names in an article, and sentences that use a surname alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.summarize.cohesion import CohesionRules
from bot.summarize.word_tokens import to_words

_CAPITAL = r"[^\W\d_a-zß-ÿ][\w’'-]*[a-zß-ÿ][\w-]*"
_WORD = re.compile(rf"(?<![\w.]){_CAPITAL}")
_PARTICLE = r"(?:(?:van|de|von|der|den|da|di|del|la|bin|al)\s){0,2}"
# "Andreas Lubitz", "Hyeon Soo Lim", "John F. Kennedy", "Ursula von der Leyen".
_RUN = re.compile(rf"(?<![\w.]){_CAPITAL}(?:(?:\s[A-Z]\.)?\s{_PARTICLE}{_CAPITAL}){{1,4}}")


_NAMED = re.compile(rf"(?<![\w.]){_CAPITAL}(?:(?:\s[A-Z]\.)?\s{_PARTICLE}{_CAPITAL}){{0,4}}")
_AGE = re.compile(r",\s\d{2}\b|\s\(\d{2}\)")


@dataclass(frozen=True, slots=True)
class PersonNames:
    """For each sentence, the surnames that it gives in full and those that it uses bare."""

    full: list[frozenset[str]]
    bare: list[frozenset[str]]
    titled: frozenset[str]
    """The words of the title, in lower case: who stands there is not unheard of."""


def read(sentences: Sequence[str], known: CohesionRules, title: str = "") -> PersonNames:
    """A surname is the last of two capitalised words that also stands alone somewhere."""
    titled = frozenset(to_words(title.lower()))
    if not known.capitals:
        return PersonNames([frozenset()] * len(sentences), [frozenset()] * len(sentences), titled)
    people = _people(sentences, known)
    full = [_full(sentence, known.not_names) & people for sentence in sentences]
    surnames = frozenset().union(*full)
    alone = [
        surnames.intersection(_plain(word) for word in _WORD.findall(sentence)) for sentence in sentences
    ]
    return PersonNames(full, [used - given for used, given in zip(alone, full, strict=True)], titled)


def _people(sentences: Sequence[str], known: CohesionRules) -> frozenset[str]:
    """Words that the article uses of a person: with a title, an age or a calling, or saying something."""
    found: set[str] = set()
    for sentence in sentences:
        for run in _NAMED.finditer(sentence):
            before, after = sentence[: run.start()].rsplit(None, 1)[-1:], sentence[run.end() :]
            words = [_plain(word) for word in _WORD.findall(run.group())]
            calling = bool(before) and (before[0].lower() in known.callings or known.saying.match(before[0]))
            if calling or words[0] in _TITLES or _AGE.match(after) or known.saying.match(after.lstrip(" ,")):
                found.update(words)
    return frozenset(found)


def _full(sentence: str, not_names: frozenset[str]) -> frozenset[str]:
    """All but the first word of each run of capitalised words: any of them may be the surname."""
    runs = ([_plain(word) for word in _WORD.findall(found.group())] for found in _RUN.finditer(sentence))
    named = (run[2:] if run[0] in _TITLES - _OFFICES else run[1:] for run in runs)
    return frozenset(word for run in named for word in run if word not in not_names)


def _plain(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


# fmt: off
_OFFICES = frozenset(["Prof", "Judge", "President", "Senator", "Minister", "Chancellor", "Governor", "Mayor"])
"""Who "President Obama" is needs no first name; who "Mr Park" is does."""
_TITLES = frozenset([
    "Mr", "Mrs", "Ms", "Miss", "Dr", "Prof", "Sir", "Lord", "Lady", "Judge", "President", "Senator",
    "Minister", "Monsieur", "Madame", "M", "Mme", "Señor", "Herr", "Frau", "The", "In", "On", "At",
    "But", "And", "When", "While", "After", "For", "With", "If", "As", "From", "By", "Le", "La",
    "Les", "El", "O", "Il", "De", "Het",
])
# fmt: on
