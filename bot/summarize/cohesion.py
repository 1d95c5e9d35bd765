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

_EARLY = 8
"""Words from the start within which a pronoun with no name before it leans."""
_SHORT, _FRAGMENT = 8, 5
_HEADING = 14
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
_SHOUTED = 20
"""Letters of a line that could not all be capitals by chance."""
_SPACED = re.compile(r"[^\W\d_] [^\W\d_]")
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
    leans: str = ""
    """Why the sentence before it is needed, or ""."""
    excluded: str = ""
    """Why it is never picked, or ""."""
    faults: tuple[tuple[str, float], ...] = ()
    """What is held against it, each with its price."""


@dataclass(frozen=True)
class CohesionRules:
    """The tables of one language as patterns."""

    opens: re.Pattern[str]
    free: re.Pattern[str]
    described: re.Pattern[str]
    naming: re.Pattern[str]
    """A name right behind such a description: "The company, Acme Ltd", "The mayor of Osby"."""
    person: frozenset[str]
    group: frozenset[str]
    articles: frozenset[str]
    saying: re.Pattern[str]
    first_person: re.Pattern[str]
    boilerplate: re.Pattern[str]
    promises: re.Pattern[str]
    capitals: bool
    not_names: frozenset[str]
    common: frozenset[str]
    """Words that are no names even where they open a sentence with a capital."""
    unmarked: bool
    """Whether the script has no marks that end a sentence."""
    captions: re.Pattern[str]
    """What only the line under a picture says ("on Tuesday, Nov. 19, 2019")."""
    aside: re.Pattern[str]
    """A few words and a pronoun that they cannot be the antecedent of: "In Virginia, they voted"."""
    things: re.Pattern[str]
    within: re.Pattern[str]
    """A demonstrative after the start: "to photograph these checkpoints"."""
    callings: frozenset[str]


def _starting(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(f"(?:{_any(phrases)})", re.IGNORECASE)


def _within(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(phrases)})", re.IGNORECASE)


def _any(phrases: Sequence[str]) -> str:
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
def rules(language: str) -> CohesionRules:
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
        opens=_starting(words("opens")),
        free=_starting(words("free")),
        described=re.compile(rf"(?:{articles})(?:{_AGED.pattern}|(?:{nouns})(?![\w-]))", re.IGNORECASE),
        naming=re.compile(rf"[\w’'-]*,?\s+(?:(?:{_any(words('of'))})\s*)?(?:{articles})?{_NAME.pattern}"),
        person=frozenset(words("person")),
        group=frozenset(words("group")),
        articles=frozenset(words("the")),
        saying=_within(words("saying")),
        first_person=_within(words("first_person")),
        boilerplate=_within(words("boilerplate")),
        promises=_within(words("promises")),
        capitals=bool(table.get("capitals")),
        not_names=frozenset(words("not_names")),
        unmarked=bool(table.get("unmarked")),
        callings=frozenset(words("nouns")),
        common=language_resources.stop_words(language),
        captions=re.compile("|".join(words("captions")) or "(?!)"),
        aside=re.compile(
            rf"(?:{_any(words('near'))})\s+[^\s,]+(?:\s+[^\s,]+)?,\s+(?:{_any(words('group'))})",
            re.IGNORECASE,
        ),
        within=re.compile(
            rf"(?<=\w\s)(?:{_any(words('these'))})\s+(?!{_any(words('times'))})\w", re.IGNORECASE
        ),
        things=re.compile(rf"(?:{articles})(?:{things})(?![\w-])", re.IGNORECASE),
    )


def read(paragraphs: Sequence[Sequence[str]], language: str) -> list[SentenceMarks]:
    """The marks of all sentences of an article, paragraph by paragraph."""
    known = rules(language)
    result: list[SentenceMarks] = []
    named = frozenset(name for part in paragraphs for one in part for name in _INNER_NAME.findall(one))
    for sentences in paragraphs:
        for sentence, quotation in zip(sentences, quotations.read(sentences), strict=True):
            result.append(_marks(sentence, quotation, known, named, first=not result))
    return result


def _marks(
    sentence: str, quotation: QuotationState, known: CohesionRules, named: frozenset[str], *, first: bool
) -> SentenceMarks:
    body = sentence[_LEAD.match(sentence).end() :]  # type: ignore[union-attr]
    mine = sum(not (len(one) > 1 and one.isupper()) for one in known.first_person.findall(quotation.outside))
    words = max(1, len(sentence.split()))
    question = bool(_QUESTION.search(sentence))
    boilerplate = len(known.boilerplate.findall(sentence))
    opening = known.opens.match(body)
    leans = "" if first else _leans(body, quotation, known, named, quoted=bool(_OPEN_QUOTE.match(sentence)))
    faults = _faults(sentence, body, quotation, known, question, mine, boilerplate)
    if (words < _SHORT and leans) or (words < _FRAGMENT and not known.unmarked and _SPACED.search(sentence)):
        faults.append(("short, and says nothing alone", SHORT))
    return SentenceMarks(
        opens_quoted=bool(_OPEN_QUOTE.match(sentence)),
        ends_quoted=sentence[-1:] in "\"”»'’“",
        pronoun=bool(opening)
        and not known.free.match(body)
        and body.split(None, 1)[0].lower() in _pronouns(known),
        first_person=mine / words,
        question=question,
        boilerplate=boilerplate,
        leans=leans,
        excluded=_excluded(sentence, words, known),
        faults=tuple(faults),
    )


def _pronouns(known: CohesionRules) -> frozenset[str]:
    return known.person | known.group


def _leans(
    body: str, quotation: QuotationState, known: CohesionRules, named: frozenset[str], *, quoted: bool
) -> str:
    """Why `body` needs the sentence before it, or ""."""
    free = known.free.match(body)
    if known.opens.match(body) and (quoted or not free):
        return "opens with a word that points back"
    described = known.described.match(body)
    if described and not (known.capitals and known.naming.match(body, described.end())):
        return "opens with somebody not named"
    if known.aside.match(body) or _early_pronoun(body[free.end() :] if free else body, known, named):
        return "has a pronoun before any name"
    if quoted and not _names_anybody(quotation.outside):
        return "quotes somebody not named"
    if _said_by_a_pronoun(quotation.outside, known):
        return "quotes somebody not named"
    return ""


def _early_pronoun(body: str, known: CohesionRules, named: frozenset[str]) -> bool:
    words = _WORD.findall(body[:200])[: _EARLY + 1]
    for at, word in enumerate(words):
        if word.lower() in known.person:
            return not at or words[0].lower() in known.common or words[0].split("'")[0] not in named
        if at and _NAME.match(word):
            return False
    return False


def _said_by_a_pronoun(outside: str, known: CohesionRules) -> bool:
    """ "...," he said: a verb of saying beside a pronoun at the end, and no name outside the quotation."""
    words = _WORD.findall(outside)
    tail = [word.lower() for word in words[-4:]]
    if not (_pronouns(known).intersection(tail) and known.saying.search(" ".join(tail))):
        return False
    return not any(_NAME.match(word) for word in words[1:])


def _names_anybody(outside: str) -> bool:
    """Whether there is more beside a quotation than a verb of saying ("…», afirmó")."""
    words = _WORD.findall(outside)
    return len(words) > 2 or any(_NAME.match(word) for word in words) or not words


def _excluded(sentence: str, words: int, known: CohesionRules) -> str:
    if _INTRODUCES.search(sentence):
        return "only introduces what follows"
    if words <= _HEADING and not known.unmarked and (not _END.search(sentence) or sentence.endswith(" .")):
        return "a heading or a caption"
    if _shouted(sentence):
        return "a line in capitals"
    if known.captions.search(sentence):
        return "a heading or a caption"
    if known.promises.search(sentence):
        return "points at another part of the page"
    return ""


def _shouted(sentence: str) -> bool:
    letters = _LETTERS.findall(sentence)
    return len(letters) >= _SHOUTED and sum(map(str.isupper, letters)) > 0.9 * len(letters)


def _faults(
    sentence: str,
    body: str,
    quotation: QuotationState,
    known: CohesionRules,
    question: bool,
    mine: int,
    boilerplate: int,
) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if not quotation.whole:
        found.append(("cuts a quotation", CUT_QUOTATION))
    elif _unattributed(sentence, quotation, known):
        found.append(("a quotation without its speaker", CUT_QUOTATION))
    if question:
        found.append(("a question", QUESTION))
    if mine:
        found.append(("the reporter speaks", FIRST_PERSON))
    if known.within.search(quotation.outside):
        found.append(("points back within", THING))
    if known.things.match(body):
        found.append(("opens with something not described", THING))
    if boilerplate:
        found.append(("about the page", BOILERPLATE))
    if not known.unmarked and not _END.search(sentence):
        found.append(("has no end", NO_END))
    return found


CUT_QUOTATION, QUESTION, FIRST_PERSON, BOILERPLATE, NO_END, THING, SHORT = 6.0, 6.0, 2.5, 6.0, 1.0, 0.5, 1.5


def _unattributed(sentence: str, quotation: QuotationState, known: CohesionRules) -> bool:
    """Mostly quoted, and nobody says it."""
    outside = _WORD.findall(quotation.outside)
    mostly = quotation.quoted > len(sentence) / 2 and (quotation.quoted > 30 or not outside)
    return mostly and (len(outside) < 3 or (len(outside) < 6 and not known.saying.search(quotation.outside)))
