"""Rules for a single position where a sentence may end."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_WINDOW = 60
_OPENERS = "“‘„‚«‹([{¿¡「『《〈（"
_CLOSERS = "”’»›)]}」』》〉）"
_EITHER = "\"'“”‘’»«"
_ENDS = ".!?…"

# Ends that need no space after them, with the closing marks that follow.
_FULL_WIDTH = re.compile(r"[。！？｡]+[」』”’）》〉\")\]]*")
_OTHER_SCRIPTS = re.compile(r"[؟۔।॥]+[\"”»)\]]*")
_QUOTED_END = re.compile(r"[.!?…][\"”“»’')]{1,2}[\"”]?\s*(?=[\"“„«]?\s?[^\W\d_])")
_NUMBER_NEXT = re.compile(r"[^\W\d_]{2}[.!?…][\"”»)]?\s+(?=[\"“„«]?[\d$£€¥])|(?<=\d%)[.!?]\s+(?=\d)")
_MISSING_SPACE = re.compile(
    r"(?<=[^\W\d_A-Z][^\W\d_A-Z])[.!?][\"”]?(?=[\"“]?[^\W\d_][^\W\d_A-Z]|[\"“]?[AI]\s)"
)
_WORD_NEXT = re.compile(r"[.!?…][\"”»)’']*\s+(?=[\"“„«‘'(]*(?P<word>[^\W\d_]+))")
_URL_LIKE = re.compile(r"(?i)//|www\.|@|[\w-]+\.(?:com|org|net|co|io|gov|edu|uk|de|fr)\b")
_LAST_TOKEN = re.compile(r"(?P<token>[^\s()\[\"“„«]+)[.][\"”“»’')\]\s]*\Z")
_TWO_TOKENS = re.compile(r"(?P<token>\S+\s\S+)[.]\s*\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z|(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}\Z")
_AFTER_HYPHEN = re.compile(r"\w+-[A-Z]\Z")  # "R-W.Va."
_NAME_WITH_EXCLAMATION_MARK = re.compile(r"(?<!\w)(?:[A-Z]|Yahoo|Jeopardy)!\s*\Z")  # "E! News"
_ORDINAL = re.compile(r"(?:\d{1,2}|[IVX]{1,4})\Z")
_FIRST_WORD = re.compile(r"[\"“”„«»‹›‘’'(\[¿¡\s]*(?P<word>[^\W\d_]+)")
_QUOTE_WITH_STRONG_END = re.compile(r"[?!…][\"”“»’']\s*\Z")


@dataclass(frozen=True, slots=True)
class BoundaryRules:
    """The word lists of one language."""

    titles: frozenset[str]
    before_numbers: frozenset[str]
    starters: frozenset[str]
    verbs_of_saying: frozenset[str]
    has_ordinals: bool


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("bot.summarize") / "data" / "sentences.toml").read_text("utf-8"))


@cache
def boundary_rules(language: str) -> BoundaryRules:
    """The word lists of `language`; those of English if the language is unknown ("")."""
    tables, key = _tables(), language or "en"
    return BoundaryRules(
        titles=frozenset(tables["titles"].get(key, ())),
        before_numbers=frozenset(tables["numbered"]["any"]),
        starters=frozenset(tables["starters"].get(key, ())),
        verbs_of_saying=frozenset(tables["said"].get(key, ())),
        has_ordinals=key in tables["ordinals"]["languages"],
    )


def candidate_boundaries(line: str, rules: BoundaryRules) -> Iterator[int]:
    """Positions that sentencex misses: after quotations, before digits, missing spaces, known first words."""
    for pattern in (_FULL_WIDTH, _OTHER_SCRIPTS, _NUMBER_NEXT):
        yield from (match.end() for match in pattern.finditer(line))
    for match in _QUOTED_END.finditer(line):
        if _starts_with_capital(line, match.end()):
            yield match.end()
    for match in _MISSING_SPACE.finditer(line):
        if _starts_with_capital(line, match.end()) and not _is_in_url(line, match.start()):
            yield match.end()
    for match in _WORD_NEXT.finditer(line):
        if match["word"] in rules.starters or _is_word_end(line, match):
            yield match.end()


def _is_word_end(line: str, match: re.Match[str]) -> bool:
    """A lower-case word, then a capital: sentencex treats "ill." and "art." as abbreviations."""
    before = line[max(0, match.start() - 3) : match.start()]
    return len(before) == 3 and before.isalpha() and before.islower() and match["word"][0].isupper()


def adjust_boundary(line: str, position: int) -> int:
    """`position`, moved so that closing marks belong to the sentence before and opening marks to the next."""
    start = end = position
    while (
        start > 0 and position - start < _WINDOW and (line[start - 1].isspace() or line[start - 1] in _MARKS)
    ):
        start -= 1
    while end < len(line) and end - position < _WINDOW and (line[end].isspace() or line[end] in _MARKS):
        end += 1
    for at in range(start, end):
        if _is_opening_mark(line, at, start):
            return at
    return end


_MARKS = frozenset(_OPENERS + _CLOSERS + _EITHER)


def _is_opening_mark(line: str, at: int, start: int) -> bool:
    """Whether the mark at `at` is an opening mark. For straight marks, the spaces around them decide."""
    mark = line[at]
    if mark.isspace():
        return False
    attached = at > start and line[at - 1] in _MARKS and _is_opening_mark(line, at - 1, start)
    spaced = at == 0 or line[at - 1].isspace() or attached
    touching = at + 1 < len(line) and not line[at + 1].isspace()
    if mark in "«‹":
        return spaced or (touching and at > 0 and line[at - 1] not in _ENDS)
    if mark in _OPENERS and mark not in "“‘":
        return True
    return mark in _EITHER and spaced and touching


def is_same_sentence(line: str, position: int, rules: BoundaryRules) -> bool:
    """Whether the text at `position` continues the sentence before it."""
    left, right = line[max(0, position - _WINDOW) : position], line[position : position + _WINDOW]
    if not any(map(str.isalnum, left)) or not any(map(str.isalnum, right)):
        return True
    first = _FIRST_WORD.match(right)
    if first and _starts_lower_case(first["word"]):
        return True
    if _NAME_WITH_EXCLAMATION_MARK.search(left) or (not left[-1].isspace() and _is_in_url(line, position)):
        return True
    if _QUOTE_WITH_STRONG_END.search(left) and _names_speaker(right, rules):
        return True
    return _ends_with_abbreviation(left, right, first["word"] if first else "", rules)


def _ends_with_abbreviation(left: str, right: str, word: str, rules: BoundaryRules) -> bool:
    last = _LAST_TOKEN.search(left)
    if not last:
        return False
    token = last["token"]
    two = _TWO_TOKENS.search(left)
    if token in rules.titles:
        return True
    if right[:1].isdigit():
        return token in rules.before_numbers or bool(_INITIALS.match(token) and len(token) < 3)
    if word in rules.starters:
        return False
    if two and two["token"] in rules.titles:
        return True
    if _INITIALS.match(token) or _AFTER_HYPHEN.match(token):
        return True
    return rules.has_ordinals and bool(_ORDINAL.match(token))


def _names_speaker(right: str, rules: BoundaryRules) -> bool:
    """ "Why?" Smith asked, "Why?" the head of the police said: a verb of saying after one to four words."""
    words = re.findall(r"[\w’'-]+|[.,;:!?\"“”]", right)[:5]
    for at, word in enumerate(words):
        if not word[0].isalnum():
            return False
        if word in rules.verbs_of_saying:
            return at > 0
    return False


def _starts_lower_case(word: str) -> bool:
    """Whether a word starts in lower case and is not a name such as iPad."""
    return word[0].islower() and not (len(word) > 1 and word[1].isupper())


def _starts_with_capital(line: str, position: int) -> bool:
    first = _FIRST_WORD.match(line[position : position + _WINDOW])
    return bool(first) and first["word"][0].isupper() if first else False


def _is_in_url(line: str, position: int) -> bool:
    left = line[max(0, position - _WINDOW) : position].rsplit(None, 1)
    right = line[position : position + _WINDOW].split(None, 1)
    return bool(_URL_LIKE.search((left[-1] if left else "") + (right[0] if right else "")))
