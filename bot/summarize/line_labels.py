"""Labels at the start of a line: speakers of an interview ("Q:", "Berg:") and time codes of a transcript."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_CODE = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_RANGE = rf"{_CODE}(?:\s*(?:--?>|[-–—])\s*{_CODE})?"
_TIME_CODE = re.compile(
    rf"\s*(?:[(\[【<]\s*{_RANGE}\s*[)\]】>]|\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d{{1,3}})?"
    rf"(?:\s*(?:--?>|[-–—])\s*{_CODE})?)\s*(?:[-–—:|]\s+)?"
)
_TIME_CODE_AT_END = re.compile(rf"\s*[\[【]\s*{_RANGE}\s*[\]】]\s*\Z")
_BARE_TIME_CODE = re.compile(r"\s*\d{1,3}:\d{2}\s+(?:[-–—|]\s+)?(?=[^\W\d_a-z])")
_MIN_TIME_CODES = 3
_LABEL = re.compile(
    r"(?P<label>[^\W\d_][\w.'’-]{0,24}(?: [^\W\d_][\w.'’-]{0,24}){0,3})(?:\s?:\s+|\s?：\s*)(?=\S)"
)
_SECTIONS = (
    "why it matters|why this matters|the big picture|the bottom line|bottom line|between the lines|"
    "what's next|what’s next|what they're saying|what they’re saying|driving the news|state of play|"
    "by the numbers|zoom in|zoom out|the latest|the other side|reality check|flashback|the intrigue|"
    "key takeaway|key takeaways|takeaway|in short|in brief|tl;dr|tldr|abstract|fact|overview|"
    "warum das wichtig ist|darum geht es|kurz gesagt|in kürze|fazit|zusammenfassung|"
    "en bref|pourquoi c'est important|pourquoi c’est important|résumé|por qué importa|en resumen|resumen|"
    "por que importa|em resumo|resumo|perché è importante|in breve|in sintesi|waarom het ertoe doet|"
    "in het kort|kort gezegd|samenvatting"
)
_SECTION_LABEL = re.compile(rf"\s*(?i:{_SECTIONS})\s?:\s*(?=[\"“„«]?[^\W_a-zß-ÿ])")
"""What editors put before a paragraph. Not any words before a colon: those may name who speaks."""
_MIN_WORDS_LEFT = 5
_MIN_TURNS = 2
_MAX_QUESTION_LABEL = 3
"""Letters and digits of "Q", "A" and "Q12"."""


def has_bare_time_codes(lines: Iterable[str]) -> bool:
    """Whether so many lines start with a time that the times are time codes: "0:10 The council"."""
    return sum(bool(_BARE_TIME_CODE.match(line)) for line in lines) >= _MIN_TIME_CODES


def without_time_codes(sentence: str, *, bare: bool = False) -> str:
    """The sentence without the time code at its start or its end; with `bare`, one without brackets too."""
    found = _TIME_CODE.match(sentence) or (_BARE_TIME_CODE.match(sentence) if bare else None)
    rest = sentence[found.end() :] if found else sentence
    return _TIME_CODE_AT_END.sub("", rest) if rest.rstrip().endswith(("]", "】")) else rest


def without_section_label(sentence: str) -> str:
    """The sentence without a label of editors at its start ("Why it matters:"), if enough is left."""
    found = _SECTION_LABEL.match(sentence)
    rest = sentence[found.end() :] if found else ""
    return rest if len(rest.split()) >= _MIN_WORDS_LEFT else sentence


def without_label(sentence: str) -> str:
    """The sentence without the label at its start."""
    found = _label(sentence)
    return sentence[found.end() :] if found else sentence


def speakers(paragraphs: Iterable[str]) -> frozenset[str]:
    """The labels of persons who speak in turns: "Q" and "A", or any that several paragraphs start with."""
    labels = Counter(found["label"] for text in paragraphs if (found := _label(text)))
    return frozenset(
        label
        for label, count in labels.items()
        if count >= _MIN_TURNS or (len(label) <= _MAX_QUESTION_LABEL and label[0] in "QA")
    )


def is_turn(sentence: str, labels: frozenset[str]) -> bool:
    """Whether a sentence starts with one of the labels."""
    found = _label(sentence)
    return found is not None and found["label"] in labels


def _label(sentence: str) -> re.Match[str] | None:
    """The label at the start: words that all have a capital, or are in a script without capitals."""
    if ":" not in sentence and "：" not in sentence:
        return None
    found = _LABEL.match(sentence)
    return found if found and not any(word[0].islower() for word in found["label"].split(" ")) else None
