"""Whether the canonical URL of a page can be its own.

Templates and content systems give one canonical URL to many articles: the home page, a section, an address
without the parameter that names the article, or that of the first article that was written.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote

from bot.core.lazy_patterns import lazy_pattern

_WORD = lazy_pattern(r"\w+")
_NUMBER = lazy_pattern(r"\d{3,}")
_INDEX = lazy_pattern(r"(?:index|default)\.\w+", re.IGNORECASE)
_FILE_TYPE = lazy_pattern(r"\.\w{2,5}$")
_VARIANT = lazy_pattern(
    r"amp|print\w*|mobile|comments?|share|full|single|all|embed|feed|live|page|seite|\d{1,2}", re.IGNORECASE
)
"""What follows the address of an article where it is shown in another form."""
_MIN_LENGTH = 4
_LONG_NAME = 20
_MIN_NAME = 3
"""Words in a part of the address that names an article."""


def names_the_page(canonical: SplitResult, fetched: SplitResult, title: str) -> bool:
    """Whether a canonical URL names the article that was fetched, judged by both URLs and the title."""
    own, other = _segments(canonical), _segments(fetched)
    if not own and not canonical.query:
        return False
    if own == other:
        kept = set(parse_qsl(canonical.query)) <= set(parse_qsl(fetched.query))
        return kept and (bool(canonical.query) or not fetched.query or _is_name(own[-1]))
    if other[: len(own)] == own and not canonical.query:
        return all(_VARIANT.fullmatch(segment) for segment in other[len(own) :])
    name = f"{own[-1] if own else ''} {unquote(canonical.query)}"
    address = _tokens(f"{' '.join(other)} {unquote(fetched.query)}")
    is_short_link = not address
    return is_short_link or not _tokens(name).isdisjoint(address | _tokens(title))


def _segments(parts: SplitResult) -> list[str]:
    segments = [segment.casefold() for segment in unquote(parts.path).split("/") if segment]
    return segments[:-1] if segments and _INDEX.fullmatch(segments[-1]) else segments


def _is_name(segment: str) -> bool:
    """Whether the last part of a path names one article: a number, or several words."""
    plain = _FILE_TYPE.sub("", segment)
    words = _WORD.findall(plain.replace("_", " "))
    return bool(_NUMBER.search(plain)) or len(words) >= _MIN_NAME or len(plain) >= _LONG_NAME


def _tokens(text: str) -> set[str]:
    """Numbers and words that are long enough to tell one article from another."""
    words = _WORD.findall(text.casefold().replace("_", " "))
    return {
        word for word in words if len(word) >= _MIN_LENGTH or _NUMBER.fullmatch(word) or not word.isascii()
    }
