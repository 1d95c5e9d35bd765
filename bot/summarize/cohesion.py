"""Decide whether a sentence can be understood without the sentences before it.

The rules never change a sentence. They only give the reason why it cannot stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bot.summarize import abbreviations, line_labels, quotations
from bot.summarize.character_counts import latin_small_letters
from bot.summarize.cohesion_rules import NAME, CohesionRules, cohesion_rules
from bot.summarize.phrases import first_word, plain_words
from bot.summarize.quotations import QuotationState
from bot.summarize.sentence_rules import boundary_rules

INCOMPLETE = "incomplete quotation"
_MAX_WORDS_BEFORE_PRONOUN = 8
"""A personal pronoun among this many words from the start, without a name before it, refers back."""
_SHORT_WORDS, _FRAGMENT_WORDS = 8, 5
_MAX_HEADING_WORDS = 14
"""A line with more words is not a heading or a caption."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_END_MARKS = tuple(".!?…。！？؟۔।॥:;")
_END = re.compile(r"[.!?…。！？؟۔।॥:;](?:[\"'”“’»›)\]」』\s]*|\s*\[\d+\])\Z")
_QUESTION = re.compile(r"\w[\"'”’“»›)\]」』\s]*[?？؟]+!?[\"'”’“»›)\]」』\s.]*\Z")
_SPACES = "".join(one for one in map(chr, range(0x3001)) if one.isspace())
_AFTER_INTRODUCING = "\"'”’“»›)].?" + _SPACES
"""All that may follow the mark of `_INTRODUCES`."""
_INTRODUCING = frozenset(":：;,")
_INTRODUCES = re.compile(r"[:：;,](?:(?<=,)\s\?)?[\"'”’“»›)\]\s]*\.?\s*\Z")
_OPENING_QUOTES = frozenset("\"“”„«»‘‚'「『")
_OPEN_QUOTE = re.compile(r"[\"“”„«»‘‚'「『][^\s]")
_LEAD = re.compile(r"[\s\"“”„«»‘’‚'(\[–—-]*")
_INNER_NAME = re.compile(r"[A-ZÀ-Þ](?<=[a-zß-ÿ,]\s.)[\w-]+")
_LETTERS = re.compile(r"[^\W\d_]")
_MIN_CAPITALS = 20
"""A line with fewer letters may be in capitals by chance."""
_OFFER = re.compile(
    r"(?i:\b(?:code|codes|promo|gutscheincode|rabattcode|código|cupón|cupom|codice|kortingscode))\W{1,3}"
    r"(?=[A-Z0-9]*[A-Z])[A-Z0-9]{5,}\b"
)
"""A code for a discount: "with the code SPRING20"."""
_OFFER_WORDS = frozenset(
    {"code", "codes", "promo", "gutscheincode", "rabattcode", "código", "cupón", "cupom", "codice"}
    | {"kortingscode"}
)
_LOG_ENTRY = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s?:?\s+\w")
_TAIL = 100
"""Characters at the end of a text that usually have its last words."""
_LETTER_SPACE_LETTER = re.compile(r"[^\W\d_] [^\W\d_]")


class SentenceMarks(Struct, frozen=True):
    """Properties of one sentence. The first six are features of the base score, the rest is cohesion."""

    opens_quoted: bool = False
    ends_quoted: bool = False
    pronoun: bool = False
    first_person: float = 0.0
    """Number of first-person words divided by the number of words."""
    question: bool = False
    boilerplate: int = 0
    dependence: str = ""
    """Why it depends on the sentence before it, or ""."""
    exclusion: str = ""
    """Why it is never picked, or ""."""
    flaws: tuple[str, ...] = ()
    """The flaws of the sentence that do not exclude it."""


def mark_sentences(paragraphs: Sequence[Sequence[str]], language: str) -> list[SentenceMarks]:
    """The marks of all sentences of an article, in order."""
    rules = cohesion_rules(language)
    result: list[SentenceMarks] = []
    inner_names = frozenset(name for part in paragraphs for one in part for name in _INNER_NAME.findall(one))
    labels = line_labels.speakers(part[0] for part in paragraphs if part)
    for sentences in paragraphs:
        for sentence, quotation in zip(sentences, quotations.quotation_states(sentences), strict=True):
            marks = _marks_of(sentence, quotation, rules, inner_names, first=not result)
            if abbreviations.ends_with_abbreviation(sentence, boundary_rules(language)):
                marks = replace(marks, exclusion="ends with an abbreviation")
            elif labels and line_labels.is_turn(sentence, labels):
                marks = replace(marks, exclusion="answers a question or another person")
            result.append(marks)
    return result


def _marks_of(
    sentence: str,
    quotation: QuotationState,
    rules: CohesionRules,
    inner_names: frozenset[str],
    *,
    first: bool,
) -> SentenceMarks:
    # checks of single characters and words are much faster than the patterns, and rule out most of them
    opening = _opening_of(sentence)
    lower = sentence.lower()
    plain = plain_words(sentence)
    own = rules.first_person.find(quotation.unquoted, plain)
    first_person_words = sum(not (len(one) > 1 and one.isupper()) for one in own) if own else 0
    words = max(1, len(sentence.split()))
    question = ("?" in sentence or "？" in sentence or "؟" in sentence) and bool(_QUESTION.search(sentence))
    boilerplate = len(rules.boilerplate.find(lower, plain))
    depends = rules.dependent_openings.match(opening.body, opening.word)
    dependence = (
        "" if first else _dependence_with_label(sentence, opening, quotation, rules, plain, inner_names)
    )
    has_end = sentence.endswith(_END_MARKS) or bool(_END.search(sentence))
    flaws = _flaws(
        sentence, opening, quotation, rules, plain, question, first_person_words, boilerplate, has_end
    )
    if (words < _SHORT_WORDS and dependence) or (
        words < _FRAGMENT_WORDS and not rules.without_end_marks and _LETTER_SPACE_LETTER.search(sentence)
    ):
        flaws.append("too short to be understood alone")
    return SentenceMarks(
        opens_quoted=opening.quoted,
        ends_quoted=sentence[-1:] in "\"”»'’“",
        pronoun=bool(depends)
        and not rules.independent_openings.match(opening.body, opening.word)
        and opening.body.split(None, 1)[0].lower() in rules.all_pronouns,
        first_person=first_person_words / words,
        question=question,
        boilerplate=boilerplate,
        dependence=dependence,
        exclusion=_exclusion(sentence, lower, opening, words, plain, rules, has_end),
        flaws=tuple(flaws),
    )


class _Opening(NamedTuple):
    """How a text starts."""

    body: str
    """The text without the marks at its start."""
    word: str
    """The `first_word` of the body."""
    quoted: bool
    """Whether it starts with a quotation."""


def _opening_of(text: str) -> _Opening:
    if text[:1].isalnum():
        return _Opening(text, first_word(text), False)
    body = text[_LEAD.match(text).end() :]  # type: ignore[union-attr]
    return _Opening(body, first_word(body), text[:1] in _OPENING_QUOTES and bool(_OPEN_QUOTE.match(text)))


def _dependence_with_label(
    sentence: str,
    opening: _Opening,
    quotation: QuotationState,
    rules: CohesionRules,
    plain: frozenset[str],
    inner_names: frozenset[str],
) -> str:
    """Why the sentence depends on the one before it, with or without a label at its start ("Berg: It is")."""
    may_be_pronoun = not rules.pronoun_words.isdisjoint(plain)
    why = _dependence(opening, quotation, rules, inner_names, may_be_pronoun=may_be_pronoun)
    rest = sentence if why else line_labels.without_label(sentence)
    if rest is sentence:
        return why
    return _dependence(_opening_of(rest), quotation, rules, inner_names, may_be_pronoun=may_be_pronoun)


def _dependence(
    opening: _Opening,
    quotation: QuotationState,
    rules: CohesionRules,
    inner_names: frozenset[str],
    *,
    may_be_pronoun: bool,
) -> str:
    """Why a text depends on the sentence before it, or ""."""
    body, word, quoted = opening
    free = rules.independent_openings.match(body, word)
    if rules.dependent_openings.match(body, word) and (quoted or not free):
        return "starts with a word that refers back"
    described = rules.unnamed_persons.match(body) if _may_be_article(word, rules) else None
    if described and not (rules.capitals_mark_names and rules.name_after_noun.match(body, described.end())):
        return "starts with a person or group that is not named"
    if may_be_pronoun and (
        rules.phrase_and_pronoun.match(body)
        or _has_early_pronoun(body[free.end() :] if free else body, rules, inner_names)
    ):
        return "has a pronoun before any name"
    if quoted and not _names_speaker(quotation.unquoted):
        return "quotes a person who is not named"
    if may_be_pronoun and _is_said_by_pronoun(quotation.unquoted, rules):
        return "quotes a person who is not named"
    return ""


def _may_be_article(word: str, rules: CohesionRules) -> bool:
    """Whether a first word may be a definite article, also one that `re.IGNORECASE` takes for one ("ſ")."""
    return word in rules.article_words or not word.isascii()


def _has_early_pronoun(body: str, rules: CohesionRules, inner_names: frozenset[str]) -> bool:
    first = ""
    for at, found in enumerate(islice(_WORD.finditer(body, 0, 200), _MAX_WORDS_BEFORE_PRONOUN + 1)):
        word = found.group()
        first = first or word
        if word.lower() in rules.person_pronouns:
            return not at or first.lower() in rules.stop_words or first.split("'")[0] not in inner_names
        if at and NAME.match(word):
            return False
    return False


def _is_said_by_pronoun(unquoted: str, rules: CohesionRules) -> bool:
    """ "...," he said: a verb of saying and a pronoun at the end, and no name outside the quotation."""
    words = _WORD.findall(unquoted[-_TAIL:])
    if len(words) < 5:  # the first one may be a part of a word
        words = _WORD.findall(unquoted)
    tail = [word.lower() for word in words[-4:]]
    if rules.all_pronouns.isdisjoint(tail) or not rules.verbs_of_saying.pattern.search(" ".join(tail)):
        return False
    return not any(NAME.match(word) for word in _WORD.findall(unquoted)[1:])


def _names_speaker(unquoted: str) -> bool:
    """Whether there is more outside a quotation than a verb of saying ("…», afirmó")."""
    words = _WORD.findall(unquoted)
    return len(words) > 2 or any(NAME.match(word) for word in words) or not words


def _exclusion(
    sentence: str,
    lower: str,
    opening: _Opening,
    words: int,
    plain: frozenset[str],
    rules: CohesionRules,
    has_end: bool,
) -> str:
    if sentence.rstrip(_AFTER_INTRODUCING)[-1:] in _INTRODUCING and _INTRODUCES.search(sentence):
        return "only introduces what follows"
    if (
        words <= _MAX_HEADING_WORDS
        and not rules.without_end_marks
        and (not has_end or sentence.endswith(" ."))
    ):
        return "a heading or a caption"
    if _is_in_capitals(sentence):
        return "a line in capitals"
    if any(map(sentence.__contains__, rules.caption_parts)) and rules.captions.search(sentence):
        return "a heading or a caption"
    if rules.page_references.find(lower, plain):
        return "refers to another part of the page"
    if rules.calls.match(opening.body, opening.word) or (
        not _OFFER_WORDS.isdisjoint(plain) and _OFFER.search(sentence)
    ):
        return "an offer or a call to the reader"
    if _LOG_ENTRY.match(sentence):
        return "an entry of a log of changes"
    return ""


def _is_in_capitals(sentence: str) -> bool:
    if latin_small_letters(sentence) > 0.1 * len(sentence) + 1:
        return False  # faster than to count the capitals
    capitals = sum(map(str.isupper, sentence))
    if capitals < 0.9 * _MIN_CAPITALS:
        return False
    letters = len(_LETTERS.findall(sentence))
    return letters >= _MIN_CAPITALS and capitals > 0.9 * letters


def _flaws(
    sentence: str,
    opening: _Opening,
    quotation: QuotationState,
    rules: CohesionRules,
    plain: frozenset[str],
    question: bool,
    first_person_words: int,
    boilerplate: int,
    has_end: bool,
) -> list[str]:
    flaws: list[str] = []
    if not quotation.complete:
        flaws.append(INCOMPLETE)
    elif _is_unattributed(sentence, quotation, rules):
        flaws.append("quotation without its speaker")
    if question:
        flaws.append("question")
    if first_person_words:
        flaws.append("words of the reporter")
    if rules.inner_demonstratives.find(quotation.unquoted, plain):
        flaws.append("refers back inside the sentence")
    if _may_be_article(opening.word, rules) and rules.undescribed_things.match(opening.body):
        flaws.append("starts with something not described before")
    if boilerplate:
        flaws.append("about the page")
    if not rules.without_end_marks and not has_end:
        flaws.append("no full stop at the end")
    return flaws


def _is_unattributed(sentence: str, quotation: QuotationState, rules: CohesionRules) -> bool:
    """Whether most of the sentence is quoted and the speaker is not given."""
    if quotation.quoted_characters <= len(sentence) / 2:
        return False
    unquoted_words = _WORD.findall(quotation.unquoted)
    return (quotation.quoted_characters > 30 or not unquoted_words) and (
        len(unquoted_words) < 3
        or (len(unquoted_words) < 6 and not rules.verbs_of_saying.pattern.search(quotation.unquoted))
    )
