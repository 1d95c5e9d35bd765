"""Who and what a sentence mentions, and whether a reader of the title and the sentence knows them.

Coreference light: no parser. A name is a run of capitalised words; its full form is the longest run of the
article that contains it. A definite noun is the word after a definite article or a demonstrative.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.summarize.cohesion_rules import CohesionRules
from bot.summarize.judge.sentence_words import SentenceWords
from bot.summarize.word_statistics import Floats
from bot.summarize.word_tokens import without_possessive

_PREFIX = 6
_RUN = re.compile(
    r"(?<![\w.])[^\W\d_a-zß-ÿ][\w’'&-]*"
    r"(?:\s(?:(?:van|de|von|der|den|da|do|dos|di|del|la|bin|al|of|the|and|&)\s){0,2}"
    r"[^\W\d_a-zß-ÿ][\w’'&-]*)*"
)
_EXPANDED = re.compile(r"\(([A-Z][A-Za-z]{1,7})\)")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

NAMES = (
    "names", "full_names", "single_names", "names_in_title", "bare_names", "bare_frequent", "first_bare",
    "first_name_words", "acronyms", "bare_acronyms", "new_names", "definite", "definite_old",
    "definite_title", "definite_first_old", "definite_first_new", "definite_first_title", "demonstratives",
    "possessives",
)  # fmt: skip
_NAME_COUNTS = NAMES.index("definite")


class _Run(NamedTuple):
    words: tuple[str, ...]
    at: int
    """The number of the first character in the sentence."""


def mention_signals(sentences: Sequence[SentenceWords], title: str, rules: CohesionRules) -> Floats:
    """One row for each sentence, one column for each of `NAMES`."""
    runs = [_runs(one.text, rules) for one in sentences]
    inside = {word for row in runs for run in row if run.at for word in run.words}
    runs = [[run for run in row if run.at or len(run.words) > 1 or run.words[0] in inside] for row in runs]
    counted: dict[str, int] = {}
    fullest: dict[str, int] = {}
    for row in runs:
        for run in row:
            for word in run.words:
                counted[word] = counted.get(word, 0) + 1
                fullest[word] = max(fullest.get(word, 0), len(run.words))
    known = {without_possessive(word).lower() for word in _WORD.findall(title)}
    stems = {word.lower()[:_PREFIX] for word in _WORD.findall(title)}
    seen_names, seen_words, result = set[str](), set[str](), []
    for sentence, row in zip(sentences, runs, strict=True):
        result.append(
            _name_counts(sentence.text, row, known, counted, fullest, seen_names)
            + _definite_counts(sentence, seen_words, stems, rules)
        )
        for run in row:
            seen_names.update(run.words)
        seen_words.update([word[:_PREFIX] for word in sentence.lower])
    return np.array(result, dtype=float).reshape(-1, len(NAMES))


def _runs(sentence: str, rules: CohesionRules) -> list[_Run]:
    if not rules.capitals_mark_names:
        return []
    found = []
    for run in _RUN.finditer(sentence):
        text = run.group()
        found_words = map(without_possessive, (text,) if text.isalnum() else _WORD.findall(text))
        words = tuple([word for word in found_words if word[:1].isupper()])
        opened = bool(words) and _is_no_name(words[0], rules)
        start = run.start() + (len(words[0]) + 1 if opened else 0)
        words = words[1:] if opened else words
        if words:
            found.append(_Run(words, start))
    return found


def _is_no_name(word: str, rules: CohesionRules) -> bool:
    """Whether a word has a capital only because it opens a sentence; an acronym is no such word ("WHO")."""
    if len(word) > 1 and word.isupper():
        return False
    return word in rules.not_names or word.lower() in rules.stop_words


def _name_counts(
    text: str,
    runs: Sequence[_Run],
    known: set[str],
    counted: dict[str, int],
    fullest: dict[str, int],
    seen: set[str],
) -> list[float]:
    if not runs:
        return [0.0] * _NAME_COUNTS
    here = {word for run in runs if len(run.words) > 1 for word in run.words}
    bare = [
        run
        for run in runs
        if len(run.words) == 1
        and fullest.get(run.words[0], 0) > 1
        and run.words[0].lower() not in known
        and run.words[0] not in here
    ]
    acronyms = [word for run in runs for word in run.words if 1 < len(word) < 7 and word.isupper()]
    expanded = set(_EXPANDED.findall(text)) if acronyms else set[str]()
    first = runs[0] if runs and runs[0].at < 30 else None
    return [
        len(runs),
        sum(len(run.words) > 1 for run in runs),
        sum(len(run.words) == 1 for run in runs),
        sum(any(word.lower() in known for word in run.words) for run in runs),
        len(bare),
        sum(counted[run.words[0]] > 2 for run in bare),
        bool(first) and first in bare,
        len(first.words) if first else 0,
        len(acronyms),
        sum(word not in expanded and word.lower() not in known for word in acronyms),
        sum(not any(word in seen for word in run.words) for run in runs),
    ]


def _definite_counts(
    sentence: SentenceWords, seen: set[str], title: set[str], rules: CohesionRules
) -> list[float]:
    words = sentence.lower
    found = [
        (one.start(), one.group(1).lower()[:_PREFIX]) for one in rules.definite_noun.finditer(sentence.text)
    ]
    old = [word in seen for _, word in found]
    first = bool(found) and found[0][0] < 3
    head = found[0][1] if found else ""
    demonstratives = sum(map(rules.demonstratives.__contains__, words))
    possessives = sum(map(rules.possessives.__contains__, words))
    first_word = words[0] if words else ""
    return [
        len(found),
        sum(old),
        sum(word in title for _, word in found),
        first and old[0],
        first and not old[0],
        first and head in title,
        demonstratives - (first_word in rules.demonstratives),
        possessives - (first_word in rules.possessives),
    ]
