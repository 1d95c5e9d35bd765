"""Set apart dates, labels and headings that a page puts into the paragraph that they stand before.

<p><strong>Background</strong>The mill was built in 1904.</p>
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from bot.extract.running_text.tree_text import INLINE

_TAGS = ("span", "strong", "b", "em", "i", "small", "time", "font", "u", "mark", "cite", "big")
_BOLD = frozenset({"strong", "b"})
_LABEL_NAMES = re.compile(
    r"(?<![a-z])(?:date|time|timestamp|published|updated|kicker|eyebrow|overline|topline|dachzeile|spitzmarke|"
    r"readtime|reading-time)(?![a-z])",
    re.IGNORECASE,
)
_STARTS_A_SENTENCE = re.compile(r"[\"“„«‘'¿¡(]?(?=[^\W\d_])(?![a-zß-öø-ÿ]|Â\W)")
_SENTENCE_START = 3
"""Characters that the expression looks at."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_ENDS_OF_SENTENCES = (".", ":", "!", "?", "…", "。", "：")
_OPENERS = frozenset(
    {
        "the", "a", "an", "this", "these", "those", "it", "in", "on", "at", "for", "when", "while",
        "if", "as", "we", "you", "they", "he", "she", "there", "by", "with",
        "der", "die", "das", "ein", "eine", "einen", "im", "am", "bei", "mit", "es", "wer", "wenn",
        "le", "la", "les", "un", "une", "des", "ce", "cette", "en", "dans", "pour", "il", "elle",
        "nous", "l",
        "el", "los", "las", "una", "se", "lo", "gli", "è", "de", "het", "een", "op", "o", "os", "um",
        "uma", "em", "no", "na",
    }
)  # fmt: skip
"""Words that seldom have a capital inside a sentence: a capital shows that a sentence starts."""
_MAX_LABEL_WORDS = 12
_SENTENCE = re.compile(
    r"\W*(?:[^\W_]+[^\w.!?…]+){4}[^.!?…。]*(?:[^\W\d_]{2}[)\]\"”»]?[.!?…]|\d[.!?…]|。)(?!\w)"
)
"""At least five words and a full stop that is not that of an initial."""
_MAX_REST = 400
_MAX_STEPS = 60
"""How many elements are looked at on each side: a page cannot make this slow."""
_MIN_LAST_LETTERS = 4
"""A heading seldom ends with a short word without a capital: "if", "of the", "für", "de la"."""


def set_labels_apart(root: HtmlElement) -> None:
    """Put a line break, or the missing space, after labels at the start of a paragraph, in place."""
    words: Counter[str] | None = None
    for element in list(root.iter(*_TAGS)):
        if not _may_precede_a_sentence(element):
            continue
        label = _first_text(element)
        if not label.strip() or len(label) > _MAX_REST or len(_WORD.findall(label)) > _MAX_LABEL_WORDS:
            continue
        if not _starts_line(element):
            continue
        rest = _rest_of_line(element)
        if not _STARTS_A_SENTENCE.match(rest.lstrip()):
            continue
        if not _SENTENCE.match(rest) or next(element.iterancestors("a"), None) is not None:
            continue
        touching = not label[-1:].isspace() and not rest[:1].isspace()
        if touching and label.endswith(_ENDS_OF_SENTENCES):
            element.tail = f" {element.tail or ''}"
            continue
        if touching and words is None:
            words = Counter(word.casefold() for word in _WORD.findall(" ".join(root.itertext())))
        if (
            is_glued(label, rest, words or Counter())
            if touching
            else _is_marked(element, label) or is_run_in(element, label, rest)
        ):
            _break_after(element)


def _may_precede_a_sentence(element: HtmlElement) -> bool:
    """Whether the rest of the line may start a sentence; quick, False is certain."""
    start = (element.tail or "").lstrip()
    if len(start) >= _SENTENCE_START:
        return _STARTS_A_SENTENCE.match(start) is not None
    if start:
        return True
    following = element.getnext()
    if following is None:
        parent = element.getparent()
        return parent is not None and parent.tag in INLINE
    return following.tag in INLINE


def is_glued(label: str, rest: str, words: Counter[str]) -> bool:
    """Whether a label touches the sentence after it, and the two are not one word. `words` are the page's."""
    if not (label[-1].isalnum() or label[-1] in ")]”\"'’"):
        return False
    own, following = _WORD.findall(label), _WORD.findall(rest)
    if len(own) > 1 or any(map(str.isdigit, label)):
        return True
    joined = f"{own[-1]}{following[0]}".casefold() if own else ""
    return words[following[0].casefold()] > 1 and words[joined] == 0


def is_run_in(element: HtmlElement, label: str, rest: str) -> bool:
    """Whether bold words are a heading in the paragraph: the sentence after them starts with an article."""
    first, last = _WORD.findall(rest)[0], _WORD.findall(label)[-1:]
    return (
        element.tag in _BOLD
        and label.strip()[-1].isalnum()
        and not (len(last[0]) < _MIN_LAST_LETTERS and last[0].islower())
        and label.strip()[0].isupper()
        and len(first) > 1
        and re.split("['’]", first.casefold())[0] in _OPENERS
        and first[1:].islower()
    )


def _is_marked(element: HtmlElement, label: str) -> bool:
    """Whether the element says that it is a date, a time or a label above the text."""
    named = element.tag == "time" or bool(_LABEL_NAMES.search(element.get("class", "")))
    return named and not label.rstrip().endswith((",", ";", "-", "–", "—"))


def _starts_line(element: HtmlElement) -> bool:
    """Whether an inline element has no text of its line before it."""
    one, steps = element, 0
    while True:
        before = one.getprevious()
        while before is not None:
            if (before.tail or "").strip():
                return False
            if before.tag not in INLINE:
                return True
            steps += 1
            if steps > _MAX_STEPS or _first_text(before).strip():
                return False
            before = before.getprevious()
        parent = one.getparent()
        if parent is None or (parent.text or "").strip():
            return False
        if parent.tag not in INLINE:
            return True
        one = parent


def _rest_of_line(element: HtmlElement) -> str:
    """The text of the line after an inline element, up to `_MAX_REST` characters."""
    rest = ""
    for text in islice(_texts_after(element), _MAX_STEPS):
        rest += text
        if len(rest) > _MAX_REST:
            break
    return rest


def _texts_after(element: HtmlElement) -> Iterator[str]:
    one = element
    while True:
        yield one.tail or ""
        following = one.getnext()
        while following is None:
            parent = one.getparent()
            if parent is None or parent.tag not in INLINE:
                return
            one = parent
            yield one.tail or ""
            following = one.getnext()
        if following.tag not in INLINE:
            return
        yield _first_text(following)
        one = following


def _first_text(element: HtmlElement) -> str:
    """The text of an element, or a part of it that is longer than `_MAX_REST`."""
    if not len(element):
        return element.text or ""
    pieces, length = list[str](), 0
    for text in islice(element.itertext(), _MAX_STEPS):
        pieces.append(text)
        length += len(text)
        if length > _MAX_REST:
            break
    return "".join(pieces)


def _break_after(element: HtmlElement) -> None:
    line_break = etree.SubElement(element, "br")
    element.remove(line_break)
    line_break.tail, element.tail = element.tail, None
    element.addnext(line_break)
