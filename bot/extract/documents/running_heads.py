"""Leave out what stands beside the text on the pages of a PDF: headers, footers, page and line numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from bot.extract.documents.page_layout import Fragment, PageLayout

_MARGIN = 0.12
"""Height of the zones at the top and bottom of a page in which headers and footers are, relative to it."""
_OUTER_MARGIN = 0.08
_MIN_PAGES = 3
_SAME_HEIGHT = 8.0
"""Points within which the baselines of a header are the same on all pages."""
_SMALL = 0.95
_LARGE = 1.15
"""Lines in larger print than this, relative to the text, can be headings with numbers at the top of pages."""
_MAX_SMALL_WORDS = 14
_MAX_PARTS_OF_FOOTER = 2
_MIN_LINE_NUMBERS = 8
_DIGITS = re.compile(r"\d+")
_ROMAN = r"[ivxlc]{1,7}"
_PAGE_WORD = r"(?:page|seite|pagina|página|strona|pág\.?|p\.|s\.)"
_PAGE_NUMBER = re.compile(
    rf"\W*(?:{_PAGE_WORD}\s*)?(?:\d{{1,4}}|{_ROMAN})(?:\s*(?:/|\||of|von|de|sur|di|van)\s*\d{{1,4}})?\W*",
    re.IGNORECASE,
)


def without_running_heads(pages: Sequence[PageLayout], body_size: float) -> list[PageLayout]:
    """The pages without headers, footers, page numbers and line numbers.

    A line near the border is one if it is on several pages at the same height (numbers may differ), if it is
    a page number, or if it is a few words in small print.
    """
    repeated = _repeated_lines(pages, body_size)
    found = []
    for page in pages:
        line_numbers = _line_numbers(page)
        kept = tuple(
            fragment
            for fragment in page.fragments
            if not (id(fragment) in line_numbers or _is_running_head(page, fragment, repeated, body_size))
        )
        found.append(replace(page, fragments=kept))
    return found


def _zone(page: PageLayout, fragment: Fragment, margin: float) -> str:
    """ "top" or "bottom" for a fragment near a border, otherwise ""."""
    if fragment.baseline >= (1 - margin) * page.height:
        return "top"
    return "bottom" if fragment.baseline <= margin * page.height else ""


def _key(page: PageLayout, fragment: Fragment, body_size: float, shift: int = 0) -> tuple[str, int, str]:
    is_large = fragment.size > _LARGE * body_size
    text = fragment.text if is_large else _DIGITS.sub("#", fragment.text).casefold()
    return _zone(page, fragment, _MARGIN), int(fragment.baseline / _SAME_HEIGHT) + shift, text


def _repeated_lines(pages: Sequence[PageLayout], body_size: float) -> frozenset[tuple[str, int, str]]:
    counts: Counter[tuple[str, int, str]] = Counter()
    for page in pages:
        counts.update(
            {_key(page, fragment, body_size) for fragment in page.fragments if _zone(page, fragment, _MARGIN)}
        )
    needed = min(_MIN_PAGES, max(2, len(pages)))
    return frozenset(key for key, count in counts.items() if count >= needed)


def _is_running_head(
    page: PageLayout, fragment: Fragment, repeated: frozenset[tuple[str, int, str]], body_size: float
) -> bool:
    if not _zone(page, fragment, _MARGIN):
        return False
    may_repeat = any(map(str.isalpha, fragment.text)) or not _is_in_row(page, fragment)
    if may_repeat and any(_key(page, fragment, body_size, shift) in repeated for shift in (-1, 0, 1)):
        return True
    if not _zone(page, fragment, _OUTER_MARGIN):
        return False
    if _PAGE_NUMBER.fullmatch(fragment.text):
        return True
    return fragment.size < _SMALL * body_size and len(fragment.words) <= _MAX_SMALL_WORDS


def _is_in_row(page: PageLayout, fragment: Fragment) -> bool:
    """Whether a figure has others beside it, as in the rows of a table."""
    beside = sum(abs(other.baseline - fragment.baseline) < 2 for other in page.fragments)
    return beside > _MAX_PARTS_OF_FOOTER


def _line_numbers(page: PageLayout) -> frozenset[int]:
    """The identities of the numbers in the margin that count the lines, as in pleadings and manuscripts."""
    columns: dict[int, list[Fragment]] = defaultdict(list)
    others = []
    for fragment in page.fragments:
        if fragment.text.isdigit() and len(fragment.text) <= len("9999"):
            columns[round(fragment.right / 4)].append(fragment)
        else:
            others.append(fragment.left)
    border = sorted(others)[len(others) // 4] if others else 0.0
    found: list[Fragment] = []
    for numbers in columns.values():
        numbers.sort(key=lambda fragment: -fragment.baseline)
        values = [int(fragment.text) for fragment in numbers]
        rising = sum(after > before for before, after in pairwise(values))
        if len(numbers) >= _MIN_LINE_NUMBERS and rising >= len(numbers) - 2 and numbers[0].right < border:
            found += numbers
    return frozenset(map(id, found))


def body_size_of(pages: Sequence[PageLayout]) -> float:
    """The font size of most characters, in points; 0 without text."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for fragment in page.fragments:
            sizes[round(2 * fragment.size) / 2] += len(fragment.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0
