"""Rules for a single position where a sentence may end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.summarize import abbreviations
from bot.summarize.sentence_rules import BoundaryRules

_WINDOW = 60
_OPENERS = "“‘„‚«‹([{¿¡「『《〈（"
_CLOSERS = "”’»›)]}」』》〉）"
_EITHER = "\"'“”‘’»«"
_ENDS = ".!?…"

# Each pattern starts with the mark: the search for one character of a set is fast, also if nothing is found.
# Ends that need no space after them, with the closing marks that follow.
_FULL_WIDTH = re.compile(r"[。！？｡][。！？｡]*[」』”’）》〉\")\]]*")
# Urdu and Arabic, Indic, Khmer, Tibetan, Burmese, Ethiopic, Armenian, Santali, Meitei
_OTHER_SCRIPTS = re.compile(r"[؟۔।॥។៕།༎༔။።፧։᱾᱿꯫][؟۔।॥។៕།༎༔။።፧։᱾᱿꯫]*[\"”»)\]]*")
_NATIVE_FULL_STOP = re.compile(r"[۔।॥។៕།༎။።։᱾᱿꯫]")
_GREEK_QUESTION = re.compile(r"[;\u037e](?<=[\u0370-\u03ff\u1f00-\u1fff].)[\"”»)]*\s+(?=[\"“„«]?[^\W\d_])")
_QUOTED_END = re.compile(r"[.!?…][\"”“»’')]{1,2}[\"”]?\s*(?=[\"“„«]?\s?[^\W\d_])")
_NUMBER_NEXT = re.compile(
    r"[.!?…](?:(?<=[^\W\d_]{2}.)[\"”»)]?\s+(?=[\"“„«]?[\d$£€¥])|(?<=\d%[.!?])\s+(?=\d))"
)
_MISSING_SPACE = re.compile(r"[.!?](?<=[^\W\d_A-Z]{2}.)[\"”]?(?=[\"“]?[^\W\d_][^\W\d_A-Z]|[\"“]?[AI]\s)")
_NEED_NO_WORD = (_FULL_WIDTH, _OTHER_SCRIPTS, _NUMBER_NEXT, _GREEK_QUESTION)
_WORD_NEXT = re.compile(r"[.!?…][\"”»)’']*\s+(?=(?:[‘’'][kmnrst]\s+|[\"“„«‘'(]*)(?P<word>[^\W\d_]+))")
_URL_LIKE = re.compile(r"(?i)//|www\.|@|[\w-]+\.(?:com|org|net|co|io|gov|edu|uk|de|fr)\b")
_NAME_WITH_EXCLAMATION_MARK = re.compile(r"(?<!\w)(?:[A-Z]|Yahoo|Jeopardy)!\s*\Z")  # "E! News"
_APOSTROPHES = frozenset("‘’'")
_CLITIC = re.compile(r"[‘’'][kmnrst]\s+(?=[^\W\d_a-z])")  # Dutch "'s Avonds", Afrikaans "'n Man"
_FIRST_WORD = re.compile(r"[\"“”„«»‹›‘’'(\[¿¡\s]*(?P<word>[^\W\d_]+)")
_DOT_OF_A_NAME = re.compile(r"(?:\s|\A)\.\Z")  # ".NET"
_DASHES = frozenset("—–―-")
_DASH_AND_WORD = re.compile(r"\s*(?P<dash>[—–―-])\s+(?P<word>[^\W\d_]+)")
_QUOTE_WITH_STRONG_END = re.compile(r"[?!…][\"”“»’']\s*\Z")


def candidate_boundaries(line: str, rules: BoundaryRules) -> Iterator[int]:
    """Positions that sentencex misses: after quotations, before digits, missing spaces, known first words."""
    for pattern in (_NUMBER_NEXT,) if line.isascii() else _NEED_NO_WORD:
        yield from (match.end() for match in pattern.finditer(line))
    for match in _QUOTED_END.finditer(line):
        if _may_start_sentence(line, match.end()):
            yield match.end()
    for match in _MISSING_SPACE.finditer(line):
        if _may_start_sentence(line, match.end()) and not _is_in_url(line, match.start()):
            yield match.end()
    for match in _WORD_NEXT.finditer(line):
        if match["word"] in rules.starters or _is_word_end(line, match, rules):
            yield match.end()


def _is_word_end(line: str, match: re.Match[str], rules: BoundaryRules) -> bool:
    """A lower-case word, then a capital: sentencex treats "ill." and "art." as abbreviations."""
    if not match["word"][0].isupper():
        return False
    before = line[max(0, match.start() - 3) : match.start()]
    if len(before) == 3 and before.isalpha() and before.islower():
        return True
    left = line[max(0, match.start() - _WINDOW) : match.start() + 1]
    return before[-1:].islower() and abbreviations.may_end_sentence(left, rules)


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


def has_native_full_stops(line: str) -> bool:
    """Whether a line ends its sentences with the full stop of another script than Latin."""
    return not line.isascii() and bool(_NATIVE_FULL_STOP.search(line))


def is_same_sentence(line: str, position: int, rules: BoundaryRules, *, native_stops: bool = False) -> bool:
    """Whether the text at `position` continues the sentence before it.

    With `native_stops`, a Latin full stop only marks an abbreviation.
    """
    left, right = line[max(0, position - _WINDOW) : position], line[position : position + _WINDOW]
    if not any(map(str.isalnum, left)) or not any(map(str.isalnum, right)):
        return True
    if native_stops and left.rstrip().endswith("."):
        return True
    first = _first_word(right)
    if first and _starts_lower_case(first):
        return True
    if _goes_on_after_dash(left, right):
        return True
    if ("!" in left and _NAME_WITH_EXCLAMATION_MARK.search(left)) or (
        not left[-1].isspace()
        and (right[0] in "-–/" or _is_in_url(line, position) or _DOT_OF_A_NAME.search(left))
    ):
        return True
    if _QUOTE_WITH_STRONG_END.search(left) and _names_speaker(right, rules):
        return True
    return abbreviations.is_within_sentence(left, right, first, rules)


def _goes_on_after_dash(left: str, right: str) -> bool:
    """Russian, Polish, Hungarian and others: "Why?" — she asked. A hyphen counts only after a quotation."""
    found = _DASH_AND_WORD.match(right) if right.lstrip()[:1] in _DASHES else None
    if not found or not _starts_lower_case(found["word"]):
        return False
    return found["dash"] != "-" or left.rstrip()[-1:] in tuple(_EITHER)


def _names_speaker(right: str, rules: BoundaryRules) -> bool:
    """ "Why?" Smith asked, "Why?" the head of the police said: a verb of saying after one to four words."""
    words = re.findall(r"[\w’'-]+|[.,;:!?\"“”]", right)[:5]
    for at, word in enumerate(words):
        if not word[0].isalnum():
            return False
        if word in rules.verbs_of_saying:
            return at > 0
    return False


def _first_word(text: str) -> str:
    """The first word of `text`, "" if it has none. In Dutch "'s Avonds", the second part has the capital."""
    clitic = _CLITIC.match(text) if text[:1] in _APOSTROPHES else None
    found = _FIRST_WORD.match(text, clitic.end() if clitic else 0)
    return found["word"] if found else ""


def _starts_lower_case(word: str) -> bool:
    """Whether a word starts in lower case and is not a name such as iPad."""
    return abbreviations.is_lower_case(word[0]) and not (len(word) > 1 and word[1].isupper())


def _may_start_sentence(line: str, position: int) -> bool:
    """Whether a capital follows, or after a space a letter of a script without capitals."""
    first = _first_word(line[position : position + _WINDOW])
    if not first:
        return False
    spaced = line[position - 1].isspace() or line[position : position + 1].isspace()
    return first[0].isupper() or (spaced and not abbreviations.is_lower_case(first[0]))


def _is_in_url(line: str, position: int) -> bool:
    left = line[max(0, position - _WINDOW) : position].rsplit(None, 1)
    right = line[position : position + _WINDOW].split(None, 1)
    return bool(_URL_LIKE.search((left[-1] if left else "") + (right[0] if right else "")))
