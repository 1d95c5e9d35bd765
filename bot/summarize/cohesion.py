"""What a sentence leans on: whether it can be read without the ones before it.

The rules are word lists by language in data/cohesion.toml; quotation marks, question marks, colons
and names need no list. A rule never changes a sentence: it only says why it cannot stand alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.summarize import language_resources, quotations
from bot.summarize.quotations import QuotationState

_MAX_WORDS_BEFORE_PRONOUN = 8
"""Words from the start within which a pronoun with no name before it leans."""
_SHORT_WORDS, _FRAGMENT_WORDS = 8, 5
_MAX_HEADING_WORDS = 14
"""Most words of a heading or a caption."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_END = re.compile(r"[.!?…。！？؟۔।॥:;](?:[\"'”“’»›)\]」』\s]*|\s*\[\d+\])\Z")
_QUESTION = re.compile(r"\w[\"'”’“»›)\]」』\s]*[?？؟]+!?[\"'”’“»›)\]」』\s.]*\Z")
_INTRODUCES = re.compile(r"(?:[:：;]|,(?:\s\?)?)[\"'”’“»›)\]\s]*\.?\s*\Z")
_OPEN_QUOTE = re.compile(r"[\"“”„«»‘‚'「『][^\s]")
_LEAD = re.compile(r"[\s\"“”„«»‘’‚'(\[–—-]*")
_AGED = re.compile(
    r"(?:\d{1,3}[- ](?:year|ans|Jährige|jährige|jarige|años|anos|anni)|\d{1,3}-Jährige)", re.IGNORECASE
)
_INNER_NAME = re.compile(r"(?<=[a-zß-ÿ,]\s)[A-ZÀ-Þ][\w-]+")
_LETTERS = re.compile(r"[^\W\d_]")
_MIN_CAPITALS = 20
"""Letters of a line that could not all be capitals by chance."""
_LETTER_SPACE_LETTER = re.compile(r"[^\W\d_] [^\W\d_]")
_NAME = re.compile(r"[^\W\d_a-z][\w'’-]*[^\W\d_]")


@dataclass(frozen=True, slots=True)
class SentenceMarks:
    """What is true of one sentence. The first six are the prior's features, the rest are cohesion's."""

    opens_quoted: bool = False
    ends_quoted: bool = False
    pronoun: bool = False
    first_person: float = 0.0
    """First-person words for each word."""
    question: bool = False
    boilerplate: int = 0
    dependence: str = ""
    """Why the sentence before it is needed, or ""."""
    exclusion: str = ""
    """Why it is never picked, or ""."""
    penalties: tuple[tuple[str, float], ...] = ()
    """What is held against it, each with its price."""


@dataclass(frozen=True)
class CohesionRules:
    """The tables of one language as patterns."""

    dependent_openings: re.Pattern[str]
    independent_openings: re.Pattern[str]
    unnamed_persons: re.Pattern[str]
    name_after_noun: re.Pattern[str]
    """A name right behind such a description: "The company, Acme Ltd", "The mayor of Osby"."""
    person_pronouns: frozenset[str]
    group_pronouns: frozenset[str]
    articles: frozenset[str]
    verbs_of_saying: re.Pattern[str]
    first_person: re.Pattern[str]
    boilerplate: re.Pattern[str]
    page_references: re.Pattern[str]
    capitals_mark_names: bool
    not_names: frozenset[str]
    stop_words: frozenset[str]
    """Words that are no names even where they open a sentence with a capital."""
    without_end_marks: bool
    """Whether the script has no marks that end a sentence."""
    captions: re.Pattern[str]
    """What only the line under a picture says ("on Tuesday, Nov. 19, 2019")."""
    phrase_and_pronoun: re.Pattern[str]
    """A few words and a pronoun that they cannot be the antecedent of: "In Virginia, they voted"."""
    undescribed_things: re.Pattern[str]
    inner_demonstratives: re.Pattern[str]
    """A demonstrative after the start: "to photograph these checkpoints"."""
    person_nouns: frozenset[str]


def _at_start(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives(phrases)})", re.IGNORECASE)


def _anywhere(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_alternatives(phrases)})", re.IGNORECASE)


def _alternatives(phrases: Sequence[str]) -> str:
    if not phrases:
        return r"(?!)"
    longest_first = sorted(phrases, key=len, reverse=True)
    spelled = [re.escape(phrase).replace("'", "['’]").replace(r"\ ", r"\s+") for phrase in longest_first]
    return "|".join(one + (r"(?![\w’'])" if one[-1].isalnum() else "") for one in spelled)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((files("bot.summarize") / "data" / "cohesion.toml").read_text("utf-8"))


_EMPTY: dict[str, Any] = {"capitals": False}


@cache
def cohesion_rules(language: str) -> CohesionRules:
    """The rules of `language` (ISO 639-1); for one without a table, those that need no words."""
    table = _tables().get(language, _EMPTY)

    def words(key: str) -> list[str]:
        return list(table.get(key, ()))

    nouns = "|".join(map(re.escape, words("nouns"))) or "(?!)"
    things = "|".join(map(re.escape, words("things"))) or "(?!)"
    articles = (
        "|".join(re.escape(one) + ("" if one.endswith("'") else r"\s+") for one in words("the")) or "(?!)"
    )
    return CohesionRules(
        dependent_openings=_at_start(words("opens")),
        independent_openings=_at_start(words("free")),
        unnamed_persons=re.compile(rf"(?:{articles})(?:{_AGED.pattern}|(?:{nouns})(?![\w-]))", re.IGNORECASE),
        name_after_noun=re.compile(
            rf"[\w’'-]*,?\s+(?:(?:{_alternatives(words('of'))})\s*)?(?:{articles})?{_NAME.pattern}"
        ),
        person_pronouns=frozenset(words("person")),
        group_pronouns=frozenset(words("group")),
        articles=frozenset(words("the")),
        verbs_of_saying=_anywhere(words("saying")),
        first_person=_anywhere(words("first_person")),
        boilerplate=_anywhere(words("boilerplate")),
        page_references=_anywhere(words("promises")),
        capitals_mark_names=bool(table.get("capitals")),
        not_names=frozenset(words("not_names")),
        without_end_marks=bool(table.get("unmarked")),
        person_nouns=frozenset(words("nouns")),
        stop_words=language_resources.stop_words(language),
        captions=re.compile("|".join(words("captions")) or "(?!)"),
        phrase_and_pronoun=re.compile(
            rf"(?:{_alternatives(words('near'))})\s+[^\s,]+(?:\s+[^\s,]+)?,\s+(?:{_alternatives(words('group'))})",
            re.IGNORECASE,
        ),
        inner_demonstratives=re.compile(
            rf"(?<=\w\s)(?:{_alternatives(words('these'))})\s+(?!{_alternatives(words('times'))})\w",
            re.IGNORECASE,
        ),
        undescribed_things=re.compile(rf"(?:{articles})(?:{things})(?![\w-])", re.IGNORECASE),
    )


def mark_sentences(paragraphs: Sequence[Sequence[str]], language: str) -> list[SentenceMarks]:
    """The marks of all sentences of an article, paragraph by paragraph."""
    rules = cohesion_rules(language)
    result: list[SentenceMarks] = []
    inner_names = frozenset(name for part in paragraphs for one in part for name in _INNER_NAME.findall(one))
    for sentences in paragraphs:
        for sentence, quotation in zip(sentences, quotations.quotation_states(sentences), strict=True):
            result.append(_marks_of(sentence, quotation, rules, inner_names, first=not result))
    return result


def _marks_of(
    sentence: str,
    quotation: QuotationState,
    rules: CohesionRules,
    inner_names: frozenset[str],
    *,
    first: bool,
) -> SentenceMarks:
    body = sentence[_LEAD.match(sentence).end() :]  # type: ignore[union-attr]
    first_person_words = sum(
        not (len(one) > 1 and one.isupper()) for one in rules.first_person.findall(quotation.unquoted)
    )
    words = max(1, len(sentence.split()))
    question = bool(_QUESTION.search(sentence))
    boilerplate = len(rules.boilerplate.findall(sentence))
    opening = rules.dependent_openings.match(body)
    leans = (
        ""
        if first
        else _dependence(body, quotation, rules, inner_names, quoted=bool(_OPEN_QUOTE.match(sentence)))
    )
    faults = _penalties(sentence, body, quotation, rules, question, first_person_words, boilerplate)
    if (words < _SHORT_WORDS and leans) or (
        words < _FRAGMENT_WORDS and not rules.without_end_marks and _LETTER_SPACE_LETTER.search(sentence)
    ):
        faults.append(("short, and says nothing alone", SHORT))
    return SentenceMarks(
        opens_quoted=bool(_OPEN_QUOTE.match(sentence)),
        ends_quoted=sentence[-1:] in "\"”»'’“",
        pronoun=bool(opening)
        and not rules.independent_openings.match(body)
        and body.split(None, 1)[0].lower() in _all_pronouns(rules),
        first_person=first_person_words / words,
        question=question,
        boilerplate=boilerplate,
        dependence=leans,
        exclusion=_exclusion(sentence, words, rules),
        penalties=tuple(faults),
    )


def _all_pronouns(rules: CohesionRules) -> frozenset[str]:
    return rules.person_pronouns | rules.group_pronouns


def _dependence(
    body: str, quotation: QuotationState, rules: CohesionRules, inner_names: frozenset[str], *, quoted: bool
) -> str:
    """Why `body` needs the sentence before it, or ""."""
    free = rules.independent_openings.match(body)
    if rules.dependent_openings.match(body) and (quoted or not free):
        return "opens with a word that points back"
    described = rules.unnamed_persons.match(body)
    if described and not (rules.capitals_mark_names and rules.name_after_noun.match(body, described.end())):
        return "opens with somebody not named"
    if rules.phrase_and_pronoun.match(body) or _has_early_pronoun(
        body[free.end() :] if free else body, rules, inner_names
    ):
        return "has a pronoun before any name"
    if quoted and not _names_speaker(quotation.unquoted):
        return "quotes somebody not named"
    if _is_said_by_pronoun(quotation.unquoted, rules):
        return "quotes somebody not named"
    return ""


def _has_early_pronoun(body: str, rules: CohesionRules, inner_names: frozenset[str]) -> bool:
    words = _WORD.findall(body[:200])[: _MAX_WORDS_BEFORE_PRONOUN + 1]
    for at, word in enumerate(words):
        if word.lower() in rules.person_pronouns:
            return not at or words[0].lower() in rules.stop_words or words[0].split("'")[0] not in inner_names
        if at and _NAME.match(word):
            return False
    return False


def _is_said_by_pronoun(unquoted: str, rules: CohesionRules) -> bool:
    """ "...," he said: a verb of saying beside a pronoun at the end, and no name outside the quotation."""
    words = _WORD.findall(unquoted)
    tail = [word.lower() for word in words[-4:]]
    if not (_all_pronouns(rules).intersection(tail) and rules.verbs_of_saying.search(" ".join(tail))):
        return False
    return not any(_NAME.match(word) for word in words[1:])


def _names_speaker(unquoted: str) -> bool:
    """Whether there is more beside a quotation than a verb of saying ("…», afirmó")."""
    words = _WORD.findall(unquoted)
    return len(words) > 2 or any(_NAME.match(word) for word in words) or not words


def _exclusion(sentence: str, words: int, rules: CohesionRules) -> str:
    if _INTRODUCES.search(sentence):
        return "only introduces what follows"
    if (
        words <= _MAX_HEADING_WORDS
        and not rules.without_end_marks
        and (not _END.search(sentence) or sentence.endswith(" ."))
    ):
        return "a heading or a caption"
    if _is_in_capitals(sentence):
        return "a line in capitals"
    if rules.captions.search(sentence):
        return "a heading or a caption"
    if rules.page_references.search(sentence):
        return "points at another part of the page"
    return ""


def _is_in_capitals(sentence: str) -> bool:
    letters = _LETTERS.findall(sentence)
    return len(letters) >= _MIN_CAPITALS and sum(map(str.isupper, letters)) > 0.9 * len(letters)


def _penalties(
    sentence: str,
    body: str,
    quotation: QuotationState,
    rules: CohesionRules,
    question: bool,
    first_person_words: int,
    boilerplate: int,
) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if not quotation.complete:
        found.append(("cuts a quotation", CUT_QUOTATION))
    elif _is_unattributed(sentence, quotation, rules):
        found.append(("a quotation without its speaker", CUT_QUOTATION))
    if question:
        found.append(("a question", QUESTION))
    if first_person_words:
        found.append(("the reporter speaks", FIRST_PERSON))
    if rules.inner_demonstratives.search(quotation.unquoted):
        found.append(("points back within", THING))
    if rules.undescribed_things.match(body):
        found.append(("opens with something not described", THING))
    if boilerplate:
        found.append(("about the page", BOILERPLATE))
    if not rules.without_end_marks and not _END.search(sentence):
        found.append(("has no end", NO_END))
    return found


CUT_QUOTATION, QUESTION, FIRST_PERSON, BOILERPLATE, NO_END, THING, SHORT = 6.0, 6.0, 2.5, 6.0, 1.0, 0.5, 1.5


def _is_unattributed(sentence: str, quotation: QuotationState, rules: CohesionRules) -> bool:
    """Mostly quoted, and nobody says it."""
    unquoted_words = _WORD.findall(quotation.unquoted)
    mostly = quotation.quoted_characters > len(sentence) / 2 and (
        quotation.quoted_characters > 30 or not unquoted_words
    )
    return mostly and (
        len(unquoted_words) < 3
        or (len(unquoted_words) < 6 and not rules.verbs_of_saying.search(quotation.unquoted))
    )
