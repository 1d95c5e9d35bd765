"""Title, author and date of a PDF document, from its information and its first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.extract.documents.line_joining import join_lines
from bot.extract.documents.page_layout import Line
from bot.extract.documents.pdf_pages import PdfInfo
from bot.extract.person_names import NAMES, clean_name, is_name
from bot.extract.publication_date import find_date

_FILE_NAME = re.compile(
    r"\.(?:docx?|odt|rtf|tex|dvi|ps|pdf|indd|qxp|pages|pptx?|xlsx?|html?)\b|[\\_]|^https?:", re.IGNORECASE
)
_PROGRAM = re.compile(
    r"^(?:microsoft (?:word|powerpoint)|powerpoint|word|untitled|unbenannt|sans titre|sin título|document\d*"
    r"|slide \d+|title|titel|layout \d|print(?:ing)?|acrobat|scan(?:ned)?)\b",
    re.IGNORECASE,
)
_CREATED = re.compile(r"(?:D:)?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_MIN_TITLE, _MAX_TITLE = 8, 300
_MIN_SHARED = 0.6
"""Share of the words of a title that must be on the first page."""
_LARGER = 1.12
_MAX_TITLE_LINES = 5
_LINES_WITH_DATE = 30
_MAX_LINE = 300
_MAX_SIZES = 5
_WORD = re.compile(r"\w+")


def find_title(info: PdfInfo, first_page: Sequence[Line], body_size: float) -> str:
    """The title in the information if the first page has it, else the largest text there, else ""."""
    on_page = _largest_text(first_page, body_size)
    stated = " ".join(info.title.split())
    if _is_sensible(stated) and _is_on_page(stated, first_page):
        return stated
    return on_page if _is_sensible(on_page) else ""


def find_author(info: PdfInfo, first_page: Sequence[Line], title: str) -> str | None:
    """The names in the information, else those in the line below the title."""
    stated = " ".join(info.author[:_MAX_LINE].split())
    if is_name(stated) and NAMES.fullmatch(clean_name(stated)):
        return clean_name(stated)
    if not title:
        return None
    of_title = [index for index, line in enumerate(first_page) if line.text in title]
    below = first_page[of_title[-1] + 1 :] if of_title else ()
    name = clean_name(" ".join(below[0].text[:_MAX_LINE].split())) if below else ""
    return name if not name.isupper() and is_name(name) and NAMES.fullmatch(name) else None


def find_published(info: PdfInfo, first_page: Sequence[Line]) -> str | None:
    """The first date on the first page, else the day on which the file was created."""
    for line in first_page[:_LINES_WITH_DATE]:
        if found := find_date(line.text[:_MAX_LINE]):
            return found
    created = _CREATED.match(info.created)
    if created is None:
        return None
    try:
        return date(*(int(part) for part in created.groups())).isoformat()
    except ValueError:
        return None


def _is_sensible(title: str) -> bool:
    if not _MIN_TITLE <= len(title) <= _MAX_TITLE or " " not in title.strip():
        return False
    return not (_FILE_NAME.search(title) or _PROGRAM.match(title)) and any(map(str.isalpha, title))


def _is_on_page(title: str, first_page: Sequence[Line]) -> bool:
    words = {word.casefold() for word in _WORD.findall(title)}
    page = {word.casefold() for line in first_page for word in _WORD.findall(line.text)}
    return len(words & page) >= _MIN_SHARED * len(words)


def _largest_text(lines: Sequence[Line], body_size: float) -> str:
    """The first lines in the largest font that are more than a number or an initial."""
    candidates = [
        line for line in lines if sum(map(str.isalpha, line.text)) > 3 and line.size >= _LARGER * body_size
    ]
    for size in sorted({round(line.size, 1) for line in candidates}, reverse=True)[:_MAX_SIZES]:
        group: list[Line] = []
        for line in candidates:
            if abs(line.size - size) < 0.05 * size:
                if group and group[-1].baseline - line.baseline > 2.2 * size:
                    break
                group.append(line)
        text = join_lines(line.text for line in group)
        if len(group) <= _MAX_TITLE_LINES and _is_sensible(text):
            return text
    return ""
