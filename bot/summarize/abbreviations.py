"""Whether a full stop belongs to an abbreviation, an initial or an ordinal, so that the sentence goes on.

What stands before and after it decides: a list of the language, a number, a usual first word, or the form
of the word. A word without a vowel is an abbreviation in any language with an alphabet.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from bot.summarize.sentence_rules import BoundaryRules

_MARKS = re.compile(r".*[()\[\]\"“”„«»]")
_SPACED_PART = re.compile(r"[^\W\d_]{1,2}\.\Z")  # "p." in "p. m."
_ELISION = re.compile(r"[^\W\d_]{1,6}['’](?=\w)")
_ORDINAL = re.compile(r"(?:\d{1,2}|[IVX]{1,4})\Z")
_ENDS_WITH_DIGIT = re.compile(r"[\d½¼¾][%+]?\Z")
_AFTER_HYPHEN = re.compile(r"\w+-[A-Z]\Z")  # "R-W.Va."
_TIME_ZONE = re.compile(r"[A-Z]{2,4}\b")
_VOWELS = frozenset("aeiouyæœøıаеёиоуыэюяіїєўъѫαεηιουω")
_SYLLABIC = frozenset("lrлр")
"""Vowels in Slavic words such as "smrt" and "vlk"."""
_MAX_UNIT = 3
_MAX_LENGTH = 16
"""A longer word is not an abbreviation."""
_MAX_FRAGMENT = 4


class _Word(Struct, frozen=True):
    """The word before a full stop."""

    last: str
    """The word itself, after the last space or inner full stop."""
    joined: str
    """The word with its dotted parts, without spaces: "p.m" for "p. m."."""
    before: str
    """The word in front of it with its marks, "" if there is none."""
    earlier: str
    """The word two places in front of `before`, "" if there is none."""

    def forms(self) -> set[str]:
        """The forms in which it may be in a list."""
        forms = {self.joined}
        if "-" in self.last:  # "Dipl.-Ing", "Fax-Nr"
            forms.add(self.last.rpartition("-")[2])
        if elided := _ELISION.match(self.last):
            forms.add(self.last[elided.end() :])
        if self.last[0] in "ו\u0648":  # "and" in Hebrew and Arabic
            forms.add(self.last[1:])
        return forms


def is_within_sentence(left: str, right: str, word: str, rules: BoundaryRules) -> bool:
    """Whether the sentence goes on between `left`, which may end with a full stop, and `right`.

    `word` is the first word of `right`, "" if it has none.
    """
    found = _word_before(left)
    if found is None or (len(found.joined) > _MAX_LENGTH and not found.last.endswith(rules.suffixes)):
        return False
    forms = found.forms()
    follows_number = bool(_ENDS_WITH_DIGIT.search(found.before))
    if right[:1].isdigit():
        return _stands_before_number(found, forms, follows_number, rules)
    is_unit = follows_number and _is_unit(found)
    if is_unit and (_ends_sentence(found.earlier, rules) or word in rules.dates or _TIME_ZONE.match(right)):
        return True  # "В 2019 г. Омск вырос."
    if forms & rules.never_final:
        return not (follows_number and forms & rules.may_be_final)
    if forms & rules.may_be_final:
        return False
    if is_unit:
        return _is_caseless(found.last[-1])
    if word in rules.starters and not right.startswith(f"{word}."):  # an initial is not a first word
        return False
    return (
        bool(forms & rules.rarely_final)
        or _is_initial(found)
        or (not follows_number and _looks_abbreviated(found.joined, rules))
        or (rules.has_ordinals and _is_ordinal(found, rules) and not _is_abbreviation(word, right, rules))
        or _is_fragment(found, rules)
    )


def may_end_sentence(left: str, rules: BoundaryRules) -> bool:
    """Whether `left` ends with an abbreviation that may end a sentence ("etc.")."""
    found = _word_before(left)
    return found is not None and bool(found.forms() & rules.may_be_final)


def ends_with_abbreviation(sentence: str, rules: BoundaryRules) -> bool:
    """Whether a sentence ends with an abbreviation that never ends one, so that a part is missing."""
    found = _word_before(sentence[-60:])
    return found is not None and bool(found.forms() & rules.never_final) and len(found.last) > 1


def _word_before(left: str) -> _Word | None:
    """The word at the end of `left`; None if `left` does not end with a word and a full stop."""
    text = left.rstrip()
    if not text.endswith(".") or text[-2:-1].isspace():
        return None
    tokens = text[:-1].split()
    if not tokens:
        return None
    joined = tokens.pop()
    if not joined.isalnum():
        joined = _MARKS.sub("", joined)
    if len(joined) <= 2 and joined.isalpha():
        while tokens and _SPACED_PART.match(tokens[-1]):
            joined = tokens.pop() + joined
    last = joined.rpartition(".")[2]
    if not last:
        return None
    return _Word(last, joined, tokens[-1] if tokens else "", tokens[-3] if len(tokens) > 2 else "")


def _stands_before_number(found: _Word, forms: set[str], follows_number: bool, rules: BoundaryRules) -> bool:
    if forms & (rules.before_numbers | rules.never_final | rules.rarely_final):
        return True
    if follows_number:
        return _is_unit(found) and "." not in found.joined  # "5 ft. 10 in."
    if rules.has_ordinals and found.last.isdigit() and len(found.last) <= 2:
        return True  # "12. 3. 2026"
    return _is_initial(found) or _looks_abbreviated(found.joined, rules)


def _is_unit(found: _Word) -> bool:
    """A short word in lower case, such as "kg" or "p.m"."""
    letters = found.joined.replace(".", "")
    return len(letters) <= _MAX_UNIT and not any(map(str.isupper, letters))


def _is_initial(found: _Word) -> bool:
    """ "J", "U.S", or one letter behind a hyphen."""
    if _AFTER_HYPHEN.match(found.last):
        return True
    parts = found.joined.lstrip("-–").split(".")
    if len(parts) == 1:
        return len(parts[0]) == 1 and parts[0].isalpha() and not _is_ideographic(parts[0])
    return all(0 < len(part.strip("-–")) <= 2 and part.strip("-–").isalpha() for part in parts)


@lru_cache(maxsize=4_096)
def _looks_abbreviated(word: str, rules: BoundaryRules) -> bool:
    if word.endswith(rules.suffixes) and len(word) > 3:
        return True
    if len(word) < 2 or not word.isalpha() or not word[1:].islower():
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    script = unicodedata.name(word[-1], "").partition(" ")[0]
    if script == "GREEK" and word[-1] not in "ςνρξψ" and not _VOWELS.intersection(letters[-2:]):
        return True  # Greek words end in a vowel or in one of these; "σ" never ends a word
    vowels = _VOWELS | _SYLLABIC if rules.has_ordinals else _VOWELS
    return script in ("LATIN", "CYRILLIC", "GREEK") and not vowels.intersection(letters)


def _is_ordinal(found: _Word, rules: BoundaryRules) -> bool:
    """Whether a number is an ordinal: not after a word that stands before numbers ("kl. 5", "Nr. 4")."""
    before = found.before.rstrip(".")
    return bool(_ORDINAL.match(found.last)) and not (
        before in rules.before_numbers or before.lower() in rules.before_numbers or before == "§"
    )


def _is_abbreviation(word: str, right: str, rules: BoundaryRules) -> bool:
    """Whether the next sentence starts with an abbreviation: "… 3. Np. Kowalski"."""
    return right.startswith(f"{word}.") and word in rules.never_final


def _is_fragment(found: _Word, rules: BoundaryRules) -> bool:
    """Whether one short word would be the whole sentence: an abbreviation that no list has."""
    return (
        bool(rules.starters)
        and 1 < len(found.joined) <= _MAX_FRAGMENT
        and found.joined.istitle()
        and found.joined.isalpha()
        and _ends_sentence(found.before, rules)
    )


def _ends_sentence(before: str, rules: BoundaryRules) -> bool:
    """Whether a sentence ends with the word `before`, or there is none."""
    text = before.rstrip("\"”»’')]")
    if not text.endswith("."):
        return not text or text[-1] in "!?…"
    word = text[:-1]
    lists = (rules.never_final, rules.rarely_final, rules.before_numbers)
    return len(word) > 1 and not any(word in one for one in lists)


def _is_ideographic(letter: str) -> bool:
    return letter >= "\u2e80" or "\u1100" <= letter <= "\u11ff" or "\u0e00" <= letter <= "\u0eff"


def is_lower_case(letter: str) -> bool:
    """Whether a letter is in lower case in a script that has capitals.

    Georgian is written without capitals, although Unicode has them.
    """
    return letter.islower() and not "\u10d0" <= letter <= "\u10ff"


def _is_caseless(letter: str) -> bool:
    return letter.isalpha() and not letter.isupper() and not is_lower_case(letter)
