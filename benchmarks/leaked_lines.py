"""Lines of an extracted text that are not part of the article, by kind. The rule for each line:

A line leaks if it matches the pattern of a kind, or for captions if it is the text of a `<figcaption>` of
the page (three words or more), and fewer than half of its runs of three words are in the true text
(shorter lines: the whole line is not). A page counts once per kind.
"""

from __future__ import annotations

import re

from lxml import html

KINDS = ("caption", "newsletter", "read-more", "byline", "cookie")
_WORD = re.compile(r"\w+")
_PATTERNS = {
    "caption": re.compile(
        r"^(?:photo|image|picture|credit|caption)s?\s?(?:by|credit|:|/)|getty images|shutterstock|\(photo\b",
        re.IGNORECASE,
    ),
    "newsletter": re.compile(r"newsletter|^(?:sign up|subscribe)\b|your inbox", re.IGNORECASE),
    "read-more": re.compile(
        r"^(?:read (?:more|also|next)|also read|see also|related|more:|more on)\b", re.IGNORECASE
    ),
    "byline": re.compile(r"^(?:(?:written|posted|reported) )?by [A-Z][\w.'-]+(?: [A-Z][\w.'-]+)+\W*$"),
    "cookie": re.compile(r"\bcookies\b", re.IGNORECASE),
}
_LONGEST = {"caption": 60, "newsletter": 60, "read-more": 30, "byline": 12, "cookie": 90}


def captions(page: str) -> frozenset[str]:
    """The texts of a page's figcaptions, normalised by `_plain`."""
    root = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))
    found = (_plain(element.text_content()) for element in root.iter("figcaption"))
    return frozenset(text for text in found if text.count(" ") > 1)


def leaked_kinds(answer: str, truth: str, figcaptions: frozenset[str]) -> set[str]:
    """The kinds of lines that leaked into a text."""
    plain = _plain(truth)
    return {
        kind
        for line in answer.splitlines()
        for kind in KINDS
        if _fits(kind, line.strip(), figcaptions) and not _in_truth(_plain(line), plain)
    }


def _fits(kind: str, line: str, figcaptions: frozenset[str]) -> bool:
    words = _WORD.findall(line)
    if not words or len(words) > _LONGEST[kind]:
        return False
    return bool(_PATTERNS[kind].search(line)) or (kind == "caption" and _plain(line) in figcaptions)


def _in_truth(line: str, truth: str) -> bool:
    words = line.split()
    runs = [" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))]
    return 2 * sum(f" {run} " in f" {truth} " for run in runs) >= len(runs)


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))
