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
    "why it matters|why this matters|why now|the big picture|big picture|the bottom line|bottom line|"
    "between the lines|what's next|what’s next|what's new|what’s new|what they're saying|what they’re saying|"
    "what happened|what we know|driving the news|state of play|by the numbers|zoom in|zoom out|the latest|"
    "the other side|reality check|flashback|the intrigue|go deeper|catch up quick|the details|the context|"
    "background|context|key points?|key takeaways?|the takeaway|takeaway|the upshot|in short|in brief|"
    "at a glance|tl;dr|tldr|abstract|fact|overview|update|breaking|breaking news|exclusive|"
    "warum das wichtig ist|darum geht es|darum geht's|worum es geht|was passiert ist|hintergrund|"
    "kurz gesagt|kurz und knapp|in kürze|auf einen blick|das wichtigste in kürze|das wichtigste|fazit|"
    "zusammenfassung|einordnung|eilmeldung|exklusiv|"
    "en bref|l'essentiel|l’essentiel|à retenir|ce qu'il faut retenir|ce qu’il faut retenir|contexte|"
    "le contexte|pourquoi c'est important|pourquoi c’est important|en résumé|résumé|"
    "por qué importa|por qué es importante|lo esencial|en breve|en resumen|resumen|en síntesis|contexto|"
    "por que importa|por que isso importa|em resumo|resumo|em síntese|o que aconteceu|"
    "perché è importante|perché conta|in breve|in sintesi|in poche parole|contesto|il contesto|i fatti|"
    "waarom het ertoe doet|waarom dit belangrijk is|in het kort|kort gezegd|samenvatting|achtergrond"
)
_SECTION_LABEL = re.compile(rf"\s*(?i:{_SECTIONS})(?:\s?[:：]\s*|\s+[–—|]\s+)(?=[\"“„«]?[^\W_a-zß-ÿ])")
"""What editors put before a paragraph. Not any words before a colon: those may name who speaks."""
_AFTER_SECTION = ":：–—|"
_MARKER = re.compile(
    r"\s*(?:[•▪►‣◦●■✓✔➤➔→]\s*|[–—*]\s*(?=[^\W\d_])|\d{1,2}[.)]\s+)(?=[\"“„«]?[^\W\d_a-zß-ÿ])"
)
"""The mark or the number of a list item."""
_CLOCK = re.compile(
    r"\s*\d{1,2}[:.h]\d{2}(?:\s?(?:[ap]\.?m\.?|Uhr|h|GMT|BST|UTC|ET|E[SD]T|P[SD]T|CES?T|MES?Z))?"
    r"\s*(?:[:|–—]|-\s)\s*(?=[\"“„«]?[^\W\d_a-zß-ÿ])"
)
"""The time of an entry of a live blog: "14:32 Uhr: Die"."""
_MIN_WORDS_LEFT = 5
_REPEATED = re.compile(r"\s*(?P<label>[^\W\d_][^:\d.!?\n]{1,60}):\s+(?=[^\W\d_a-zß-ÿ])")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_LABEL_WORD = re.compile(r"[^\W\d_]+")
_MIN_LETTERS, _STEM = 5, 6
_MIN_TURNS = 2
_MIN_RETURNS = 3
_MAX_QUESTION_LABEL = 3
"""Letters and digits of "Q", "A" and "Q12"."""


def has_bare_time_codes(lines: Iterable[str]) -> bool:
    """Whether so many lines start with a time that the times are time codes: "0:10 The council"."""
    return sum(bool(_BARE_TIME_CODE.match(line)) for line in lines) >= _MIN_TIME_CODES


def without_time_codes(sentence: str, *, bare: bool = False) -> str:
    """The sentence without the time code at its start or its end; with `bare`, one without brackets too."""
    found = None
    if not sentence[:1].isalpha():  # one test rules out most sentences
        found = _TIME_CODE.match(sentence) or (_BARE_TIME_CODE.match(sentence) if bare else None)
    rest = sentence[found.end() :] if found else sentence
    return _TIME_CODE_AT_END.sub("", rest) if rest.rstrip().endswith(("]", "】")) else rest


def without_front_matter(sentence: str) -> str:
    """The sentence without what is before its first word, if a sentence is left.

    This is the mark of a list item, the time of an entry, a label of editors ("Why it matters:"), or a
    label whose words the sentence repeats ("Backrest: The backrest should …").
    """
    if not sentence[:1].isalpha():  # neither a mark nor a number
        sentence = _rest_after(_CLOCK, _rest_after(_MARKER, sentence))
    return without_repeated_label(without_section_label(sentence))


def without_section_label(sentence: str) -> str:
    """The sentence without a label of editors at its start ("Why it matters:"), if enough is left."""
    if any(map(sentence.__contains__, _AFTER_SECTION)):
        return _rest_after(_SECTION_LABEL, sentence)
    return sentence


def without_repeated_label(sentence: str) -> str:
    """The sentence without a label at its start, if it has all of the label's words again."""
    found = _REPEATED.match(sentence) if ":" in sentence else None
    if found is None:
        return sentence
    words = _LABEL_WORD.findall(_IN_BRACKETS.sub("", found["label"]))
    label = [_stem(word) for word in words] if max(map(len, words), default=0) >= _MIN_LETTERS else []
    rest = sentence[found.end() :]
    stems = {_stem(word) for word in _LABEL_WORD.findall(rest)}
    return rest if label and stems.issuperset(label) and len(rest.split()) >= _MIN_WORDS_LEFT else sentence


def returning_labels(lines: Iterable[str]) -> frozenset[str]:
    """The phrases before a colon that at least three lines start with ("Why we love it:").

    Most words of a phrase have small letters: a name that returns tells who speaks.
    """
    found = (_REPEATED.match(line) for line in lines if ":" in line)
    labels = Counter(one["label"] for one in found if one and _is_phrase(one["label"]))
    return frozenset(label for label, count in labels.items() if count >= _MIN_RETURNS)


def _is_phrase(label: str) -> bool:
    words = label.split()
    return sum(word[0].islower() for word in words) > len(words) / 2


def without_returning_label(sentence: str, labels: frozenset[str]) -> str:
    """The sentence without one of the labels at its start, if enough is left."""
    found = _REPEATED.match(sentence) if labels else None
    return _rest_after(_REPEATED, sentence) if found and found["label"] in labels else sentence


def _rest_after(pattern: re.Pattern[str], sentence: str) -> str:
    found = pattern.match(sentence)
    rest = sentence[found.end() :] if found else ""
    return rest if len(rest.split()) >= _MIN_WORDS_LEFT else sentence


def _stem(word: str) -> str:
    return word.casefold()[:_STEM]


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
