"""Invented texts of any length for made documents: the same for the same number."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WORDS = Path(__file__).with_name("document_words.toml")
_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]


def sentences(count: int, seed: int, language: str = "en") -> list[str]:
    chosen = random.Random(seed)
    words = tomllib.loads(_WORDS.read_text("utf-8"))[language]
    found = []
    for _ in range(count):
        subject, verb, thing, addition = (chosen.choice(words[name]) for name in words)
        joint = "," if language == "de" or addition.startswith(("although", "while", "which")) else ""
        text = f"{subject} {verb} {thing}{joint} {addition.format(n=chosen.randint(2, 980))}."
        found.append(text[0].upper() + text[1:])
    return found


def paragraph(seed: int, language: str = "en", length: int = _SENTENCES) -> str:
    return " ".join(sentences(length, seed, language))


def sections(count: int, seed: int, language: str = "en", paragraphs: int = 4) -> Iterator[Section]:
    name = {"en": "Findings of year", "de": "Ergebnisse des Jahres"}[language]
    for number in range(count):
        first = 1000 * seed + 10 * number
        texts = tuple(paragraph(first + index, language) for index in range(paragraphs))
        yield Section(f"{name} {1990 + number}", texts)
