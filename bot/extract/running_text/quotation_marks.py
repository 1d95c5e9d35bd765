"""Write the quotation marks that browsers show around `q` elements, by the language of the text.

The marks are those of the HTML standard, section 15.3.4, "Quotes", which takes them from Unicode's CLDR.
"""

from __future__ import annotations

from lxml.html import HtmlElement

from bot.extract.running_text.tree_text import text_after, text_before, text_of

_DEFAULT = "“”‘’"
# Two marks for a quotation, and two for one inside it.
_MARKS = {
    "bg": "„“„“", "ca": "«»“”", "cs": "„“‚‘", "da": "””’’", "de": "„“‚‘", "el": "«»“”", "es": "«»“”",
    "et": "„“«»", "fa": "«»‹›", "fi": "””’’", "fr": "«»«»", "hr": "„“‚‘", "hu": "„”»«", "is": "„“‚‘",
    "it": "«»“”", "ja": "「」『』", "lt": "„“„“", "nb": "«»‘’", "nn": "«»‘’", "no": "«»‘’", "pl": "„”«»",
    "ro": "„”«»", "ru": "«»„“", "sk": "„“‚‘", "sl": "„“‚‘", "sv": "””’’", "uk": "«»„“",
}  # fmt: skip
_ALL_MARKS = frozenset("\"'“”‘’„‚«»‹›「」『』")
_CODE = ("pre", "code", "kbd", "samp")


def write_quotation_marks(root: HtmlElement) -> None:
    """Put marks around the text of each `q` in place, unless the page has written its own."""
    for element in list(root.iter("q")):
        text = text_of(element).strip()
        if not text or next(element.iterancestors(*_CODE), None) is not None:
            continue
        outside = text_before(element).rstrip()[-1:], text_after(element).lstrip()[:1]
        if text[0] in _ALL_MARKS or (outside[0] in _ALL_MARKS and outside[1] in _ALL_MARKS):
            continue
        marks = _MARKS.get(_language(element), _DEFAULT)
        depth = sum(1 for _ in element.iterancestors("q"))
        first = depth % 2 * 2
        closing = marks[first + 1]
        element.text = marks[first] + (element.text or "")
        if len(element):
            element[-1].tail = (element[-1].tail or "") + closing
        else:
            element.text += closing


def _language(element: HtmlElement) -> str:
    """The language of the text around a `q`: the words inside may be in another one."""
    declared = next((one.get("lang") for one in element.iterancestors() if one.get("lang")), "")
    return declared.lower().replace("_", "-").partition("-")[0]
