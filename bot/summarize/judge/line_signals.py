"""Count what one sentence shows by itself: marks, capitals, digits, pronouns, words of the page.

Nothing here reads another sentence. Word lists are those of the cohesion rules; a language without a table
has the counts that need none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot.summarize.cohesion_rules import CohesionRules
from bot.summarize.word_statistics import Floats

_CHARACTERS = 1_500
"""Only this many characters of a sentence are read: a longer one is a list, and is never picked."""
_QUOTES = '"“”„«»'
_BULLETS = "•▪‣►▶✓✔●○■–—-*·→>"
_ENDS = ".!?…。！？؟।"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LINK = re.compile(r"https?:|www\.|@\w|\.(?:com|org|net|de|fr|br)\b")
_PAGE_MARKS = re.compile(r"[|©®™›»→#]|\.\.\.|…|\[…\]")
_GLUED = re.compile(r"[A-ZÀ-Þ](?<=[a-zß-ÿ0-9.!?].)[a-zß-ÿ]+\s")
"""Two lines without the space between them: "9 December 2024If you serve food"."""
_INNER_BULLETS = re.compile(r"[•▪·►]|\s[–-]\s")
_NUMBERED = re.compile(r"\(?\d{1,2}[.):]\s")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

NAMES = (
    "characters", "words", "word_length", "capitals", "all_caps", "capital_letters", "digits", "numbers",
    "years", "links", "page_marks", "quotes", "odd_quotes", "brackets", "odd_brackets", "colon",
    "colon_inside", "commas", "semicolons", "dashes", "ends_full", "ends_question", "ends_exclamation",
    "ends_colon", "ends_dots", "ends_letter", "ends_quote", "starts_lower", "starts_digit", "starts_quote",
    "starts_mark", "starts_dot", "second_person", "singular_i", "first_person", "person_pronouns",
    "group_pronouns", "pronoun_first", "pronoun_at", "time_back", "stop_words", "saying", "article_first",
    "two_capitals_first", "one_capital_first", "money", "percent", "question_inside", "label",
    "commas_per_word", "longest_word", "end_time_back",
    "glued", "bullets_inside", "starts_numbered", "capitals_in_a_row", "name_share",
)  # fmt: skip


def line_signals(texts: Sequence[str], rules: CohesionRules) -> Floats:
    """One row for each sentence, one column for each of `NAMES`."""
    return np.array([_row(text[:_CHARACTERS], rules) for text in texts], dtype=float).reshape(-1, len(NAMES))


def _row(text: str, rules: CohesionRules) -> list[float]:
    words = _TOKEN.findall(text)
    lower = [word.lower() for word in words]
    if "’" in text:
        lower = [word.replace("’", "'") for word in lower]
    count = max(1, len(words))
    capital = [word[0].isupper() for word in words]
    start, end = text[:1], text.rstrip()[-1:]
    letters, digits = max(1, sum(map(str.isalpha, text))), sum(map(str.isdigit, text))
    person, group = rules.person_pronouns, rules.group_pronouns
    pronoun_at = next((at for at, word in enumerate(lower) if word in person or word in group), 30)
    name_at = capital.index(True, 1) if any(capital[1:]) else 30
    body = text.rstrip("\"'”’»)] ")
    return [
        len(text), len(words), sum(map(len, words)) / count, sum(capital[1:]) / count,
        sum(word.isupper() and len(word) > 1 for word in words) / count,
        sum(map(str.isupper, text)) / letters, digits / max(1, len(text)),
        sum(word[0].isdigit() for word in words), len(_YEAR.findall(text)) if digits > 3 else 0,
        len(_LINK.findall(text.lower())),
        len(_PAGE_MARKS.findall(text)), sum(text.count(mark) for mark in _QUOTES),
        text.count('"') % 2 + abs(text.count("“") - text.count("”")), text.count("(") + text.count("["),
        abs(text.count("(") - text.count(")")), ":" in text, ":" in text[:40], text.count(","),
        text.count(";"), text.count(" – ") + text.count("—") + text.count(" - "), body[-1:] in _ENDS,
        body[-1:] in "?？؟", body[-1:] == "!", end == ":", text.endswith(("...", "…")), end.isalnum(),
        end in _QUOTES, start.islower(), start.isdigit(), start in _QUOTES, start in _BULLETS,
        start in ".,;:)", _count(lower, rules.reader_words), _count(lower, rules.writer_words),
        _count(lower, rules.first_person_words), _count(lower, person), _count(lower, group),
        pronoun_at < name_at, pronoun_at, _count(lower[:3], rules.back_words),
        _count(lower, rules.stop_words) / count,
        not rules.saying_words.isdisjoint(lower), bool(rules.articles.match(text)),
        len(capital) > 1 and capital[0] and capital[1],
        bool(capital) and capital[0] and not any(capital[1:2]), sum(text.count(mark) for mark in "$€£¥"),
        "%" in text, "?" in text[:-2], _label_length(text), text.count(",") / count,
        max(map(len, words), default=0), _count(lower[-3:], rules.back_words),
        len(_GLUED.findall(text)), len(_INNER_BULLETS.findall(text[3:])), bool(_NUMBERED.match(text)),
        _first_in_a_row(capital), sum(capital) / count,
    ]  # fmt: skip


def _count(words: Sequence[str], listed: frozenset[str]) -> int:
    """How many of the words are in a list."""
    return sum(map(listed.__contains__, words))


def _label_length(text: str) -> int:
    """Words before a colon near the start, or 0."""
    head, colon, _ = text[:60].partition(":")
    return len(head.split()) if colon else 0


def _first_in_a_row(capital: Sequence[bool]) -> int:
    """How many words at the start have a capital: a heading before a sentence."""
    return next((at for at, one in enumerate(capital) if not one), len(capital))
