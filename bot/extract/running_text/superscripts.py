"""Write superscripts so that numbers keep their value, and leave out those that refer to a note."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from bot.extract.running_text.raised_digits import lowered, raised
from bot.extract.running_text.tree_text import change_texts, replace, text_after, text_before, text_of

_MARKS = "[¹²³⁴⁵⁶⁷⁸⁹⁰"
_RAISED_SPAN = re.compile(r"(?:^|\s)(?:sup|superscript)(?:\s|$)|vertical-align\s*:\s*(?:super|text-top)")
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[*†‡§¶]{1,3})[\])]?", re.IGNORECASE)
_NOTE_NUMBERS = re.compile(r"\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*|[*†‡§¶#]{1,3}")
_BRACKETED = re.compile(r"[\[［【(].{1,60}[\]］】)]")
_NOTE_NAME = re.compile(
    r"noteref|footnote|fnref|\bfn\b|reference|citation|cite|noprint|endnote", re.IGNORECASE
)
_NOTE_TARGET = re.compile(
    r"#(?:_?_?fn|_?ftn|_?edn|foot|end|note|cite|ref|anm|quelle|n\d|f\d|s\d|\d)", re.IGNORECASE
)
_ORDINALS = frozenset(
    (
        *("st", "nd", "rd", "th", "e", "er", "re", "ere", "ère", "ème", "eme", "nde", "d", "de", "ste", "te"),
        *("me", "mme", "o", "a", "os", "as", "º", "ª", "r", "rs", "lle", "le", "t", "tm", "sm", "®", "™"),
        *("га", "й", "я", "го"),
    )
)
_UNIT = re.compile(r"(?:^|[^\w])(?:[kcdmnµμ]?m|[kKM]?[gW]|ft|in|mi|yd|s|h|ha|l|L|mol|м|км|см|мм|дм|с)$")
_CURRENCY_BEFORE = re.compile(r"[$£€¥₹]\s?\d[\d.,]*$")
_CURRENCY_AFTER = re.compile(r"\s?(?:[€$£]|EUR\b|kr\b|zł\b)")
_ROMAN_OR_SHORT = re.compile(r"(?:^|[^\w])(?:[IVXLCDM]+|\d[\d.,]*|\w{1,2})$")
_CODE = ("pre", "code", "kbd", "samp")
_TEXT_MARKS = re.compile(
    r"(?<=[\w.,;:!?\"”’»)])\[(?:\d{1,3}(?:[,–-]\s?\d{1,3})*|citation needed|clarification needed|who\?|when\?"
    r"|Quelle\?|réf\. nécessaire|cita requerida|carece de fontes|senza fonte|bron\?|источник\?|要出典)\]"
    r"|(?<=[.!?,;:\"”’»])[¹²³⁴-⁹⁰]{1,3}(?=\s|$)|(?<=[^\W\d_]{4})[¹²³⁴-⁹⁰]{1,3}(?=[\s.,;:!?]|$)"
    r"|(?<=\))(?![²³](?:\s|$))[¹²³⁴-⁹⁰]{1,3}(?=\s|$)"  # a square or a cube of a bracket is a power or a name
)


def write_superscripts(root: HtmlElement) -> None:
    """Change superscripts and subscripts of the tree in place, and remove marks of notes in the text."""
    for element in list(root.iter("sup", "sub", "span", "a")):
        if not _may_be_raised(element):
            continue
        if element.getparent() is None or next(element.iterancestors(*_CODE), None) is not None:
            continue
        if element.tag == "a":
            if _is_note_link(element):
                _remove_mark(element)
        elif element.tag == "sub":
            text = text_of(element)
            if text.isdigit() and text_before(element)[-1:].isdigit():
                replace(element, lowered(text))
        elif element.tag == "sup" or _RAISED_SPAN.search(
            f"{element.get('class', '')} {element.get('style', '')}"
        ):
            _write(element)
    change_texts(root, _MARKS, lambda text: _TEXT_MARKS.sub("", text), skipped=_CODE)


def _may_be_raised(element: HtmlElement) -> bool:
    """Whether the names of an element allow that it is raised or a mark; cheap, for every link of a page."""
    if element.tag in ("sup", "sub"):
        return True
    attributes = element.attrib
    if element.tag == "span":
        return not len(element) and (
            "sup" in attributes.get("class", "") or "vertical-align" in attributes.get("style", "")
        )
    return (
        "#" in attributes.get("href", "")
        or "noteref" in attributes.get("role", "")
        or "note" in attributes.get("class", "")
    )


def _write(element: HtmlElement) -> None:
    text, before, after = text_of(element), text_before(element), text_after(element)
    if _refers_to_note(element, text, before):
        _remove_mark(element)
    elif after[:1] in ("/", "⁄") and text.isdigit():  # a fraction, perhaps after a whole number
        replace(element, f" {text}" if before[-1:].isdigit() else text)
    elif text.isdigit() and len(text) == 2 and _is_price(before, after):
        replace(element, f"{',' if _CURRENCY_AFTER.match(after) else '.'}{text}")
    elif text.casefold() in _ORDINALS:
        replace(element, text)
    elif text:
        replace(element, raised(text))


def _is_price(before: str, after: str) -> bool:
    return bool(_CURRENCY_BEFORE.search(before)) or (
        before[-1:].isdigit() and bool(_CURRENCY_AFTER.match(after))
    )


def _refers_to_note(element: HtmlElement, text: str, before: str) -> bool:
    if not text or _BRACKETED.fullmatch(text):
        return True
    names = " ".join((element.get("class", ""), element.get("id", ""), element.get("role", "")))
    if _NOTE_NAME.search(names) or any(
        _is_note_link(link) or link.get("href", "").startswith("#") for link in element.iter("a")
    ):
        return True
    last = before.rstrip()[-1:]
    if _NOTE_NUMBERS.fullmatch(text):
        if not text[0].isdigit():
            return True
        return bool(last) and not last.isdigit() and not _UNIT.search(before) and not _is_symbol(before)
    # "residents<sup>a</sup>" refers to a note, "XIX<sup>e</sup>" and "n<sup>o</sup>" do not
    return len(text) == 1 and text.isalpha() and bool(last) and not _ROMAN_OR_SHORT.search(before)


def _is_symbol(before: str) -> bool:
    """Whether the text ends with a single letter, as a variable or an isotope's surroundings do."""
    return before[-1:].isspace() or bool(re.search(r"(?:^|[^\w])[^\W\d_]$|[=(+*/·×−-]$", before))


def _is_note_link(link: HtmlElement) -> bool:
    text = text_of(link)
    if not _NOTE_MARK.fullmatch(text):
        return False
    names = " ".join((link.get("class", ""), link.get("id", ""), link.get("role", ""), link.get("rel", "")))
    return bool(_NOTE_NAME.search(names) or _NOTE_TARGET.search(link.get("href", "")))


def _remove_mark(element: HtmlElement) -> None:
    """Remove a note's mark; two sentences that only it kept apart get a space."""
    after = text_after(element)
    glued = text_before(element)[-1:] in ".!?…" and after[:1].isupper()
    replace(element, " " if glued else "")
