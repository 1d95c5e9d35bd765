"""Count what one sentence shows by itself: marks, capitals, digits, pronouns, words of the page.

Nothing here reads another sentence. Word lists are those of the cohesion rules; a language without a table
has the counts that need none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot.summarize.character_counts import letters_capitals_digits
from bot.summarize.cohesion_rules import COUNT_BITS, COUNT_MASK, COUNTED, CohesionRules
from bot.summarize.judge.sentence_words import SentenceWords
from bot.summarize.word_statistics import Floats

_PAGE_MARKS = "|©®™›»→#…"
_QUOTES = '"“”„«»'
_BULLETS = "•▪‣►▶✓✔●○■–—-*·→>"
_ENDS = ".!?…。！？؟।"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_INNER_DOT = re.compile(r"\.(?=\w)")
_LINK = re.compile(r"https?:|www\.|@\w|\.(?:com|org|net|de|fr|br)\b")
_GLUED = re.compile(r"[A-ZÀ-Þ](?<=[a-zß-ÿ0-9.!?].)[a-zß-ÿ]+\s")
"""Two lines without the space between them: "9 December 2024If you serve food"."""
_GLUING = ".!?×÷"
"""The characters of `_GLUED` that are neither letters nor digits."""
_INNER_BULLET_MARKS = "-–•▪·►"
_MARK = re.compile(r"[^\w\s.'’-]")
"""A mark that is counted by itself."""
_INNER_BULLETS = re.compile(r"[•▪·►]|\s[–-]\s")
_NUMBERED = re.compile(r"\(?\d{1,2}[.):]\s")

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


def line_signals(sentences: Sequence[SentenceWords], rules: CohesionRules) -> Floats:
    """One row for each sentence, one column for each of `NAMES`."""
    return np.array([_row(one, rules) for one in sentences], dtype=float).reshape(-1, len(NAMES))


def _row(sentence: SentenceWords, rules: CohesionRules) -> list[float]:
    text, words, lower = sentence.text, sentence.words, sentence.lower
    count = max(1, len(words))
    capital = [word[0].isupper() for word in words]
    capital_words = sum(capital)
    capitals_inside = capital_words - any(capital[:1])
    start, end = text[:1], text.rstrip()[-1:]
    before_end = text[:-1]
    has_inner_stop = "." in before_end
    letters, capitals, digits = letters_capitals_digits(text)
    letters = max(1, letters)
    counted = rules.counted_words
    packed = sum([counted[word] for word in lower if word in counted])
    reader, writer, first_person, person, group, saying, stop = [
        packed >> at & COUNT_MASK for at in range(0, len(COUNTED) * COUNT_BITS, COUNT_BITS)
    ]
    pronoun_at = 30
    if person or group:
        pronoun_at = next(at for at, word in enumerate(lower) if word in rules.all_pronouns)
    name_at = capital.index(True, 1) if capitals_inside else 30
    marks = _MARK.findall(text)
    has = marks.count
    inner = text[3:]
    # tests of single characters rule out most searches
    may_be_link = ":" in text or "@" in text or "www" in text or (has_inner_stop and _INNER_DOT.search(text))
    has_capital_in_word = capitals > capital_words
    # with digits, or letters that have no capitals, a word is all capitals if only its first letter is one
    may_be_all_caps = has_capital_in_word or digits or not text.isascii()
    # a capital that does not begin a word, or one right after a mark
    may_be_glued = has_capital_in_word or any(map(before_end.__contains__, _GLUING))
    may_be_inner_bullet = any(map(inner.__contains__, _INNER_BULLET_MARKS))
    may_be_number = start == "(" or start.isdigit()
    body = text.rstrip("\"'”’»)] ")
    return [
        len(text), len(words), sum(map(len, words)) / count, capitals_inside / count,
        len([word for word in words if len(word) > 1 and word.isupper()]) / count if may_be_all_caps else 0,
        capitals / letters, digits / max(1, len(text)),
        sum([word[0].isdigit() for word in words]) if digits else 0,
        len(_YEAR.findall(text)) if digits > 3 else 0,
        len(_LINK.findall(text.lower())) if may_be_link else 0,
        sum(map(has, _PAGE_MARKS)) + text.count("..."), sum(map(has, _QUOTES)),
        has('"') % 2 + abs(has("“") - has("”")), has("(") + has("["),
        abs(has("(") - has(")")), ":" in marks, ":" in text[:40], has(","),
        has(";"), text.count(" – ") + has("—") + text.count(" - "), body[-1:] in _ENDS,
        body[-1:] in "?？؟", body[-1:] == "!", end == ":", text.endswith(("...", "…")), end.isalnum(),
        end in _QUOTES, start.islower(), start.isdigit(), start in _QUOTES, start in _BULLETS,
        start in ".,;:)", reader, writer, first_person, person, group,
        pronoun_at < name_at, pronoun_at, _count(lower[:3], rules.back_words),
        stop / count, saying > 0, bool(rules.articles.match(text)),
        len(capital) > 1 and capital[0] and capital[1],
        bool(capital) and capital[0] and not any(capital[1:2]), sum(map(has, "$€£¥")),
        "%" in marks, "?" in text[:-2], _label_length(text), has(",") / count,
        max(map(len, words), default=0), _count(lower[-3:], rules.back_words),
        len(_GLUED.findall(text)) if may_be_glued else 0,
        len(_INNER_BULLETS.findall(inner)) if may_be_inner_bullet else 0,
        may_be_number and bool(_NUMBERED.match(text)),
        _first_in_a_row(capital), capital_words / count,
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
