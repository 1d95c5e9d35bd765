"""The kinds of value a setting for a community can have, in the forms in which people write them.

What is refused is said in an error of the type `plain`, whose text goes after the setting's name. Its
context has a `code` by which the answer to a moderator finds the same sentence in their language.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

Method = Literal["precis", "lexrank", "lsa", "textrank", "luhn", "kl", "sumbasic", "reduction", "edmundson"]
FooterLanguage = Literal["auto", "en", "de", "fr", "es", "pt", "it", "nl"]
"""What the bot has words in (`bot.i18n.translations`), or the language of the article."""

MAX_ITEMS = 200
"""Entries of one list."""

_HOURS = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|—|to|bis|à|a|tot)\s*(\d{1,2})(?:[:.](\d\d))?")


def invalid_value(clause: str, code: str = "bad-value") -> PydanticCustomError:
    """An error that says `clause` after the setting's name."""
    return PydanticCustomError("plain", "{clause}", {"clause": clause, "code": code})


def _host(value: object) -> object:
    """A host as people write it: `https://www.Example.org/` means example.org."""
    if not isinstance(value, str):
        return value
    host = value.strip().lower().removeprefix("https://").removeprefix("http://")
    return host.split("/", 1)[0].removeprefix("www.").rstrip(".")


Host = Annotated[str, BeforeValidator(_host), Field(min_length=1, max_length=253, pattern=r"^[^\s/:@]+$")]
Hosts = Annotated[tuple[Host, ...], Field(max_length=MAX_ITEMS)]


def _phrase(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


Phrase = Annotated[str, BeforeValidator(_phrase), Field(min_length=1, max_length=100)]
Phrases = Annotated[tuple[Phrase, ...], Field(max_length=MAX_ITEMS)]
"""Words, or words in a row; capitals do not matter."""


def _language(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _two_letters(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", value):
        raise invalid_value("must be a language's code of two letters, such as en", "bad-language")
    return value


Language = Annotated[str, BeforeValidator(_language), AfterValidator(_two_letters)]
"""ISO 639-1."""
Languages = Annotated[tuple[Language, ...], Field(max_length=MAX_ITEMS)]


def _hours(value: str) -> str:
    """`22:00-07:00` from any way of writing it; "" for none."""
    if not value.strip():
        return ""
    found = _HOURS.fullmatch(value.strip().lower())
    if found is None:
        raise _no_hours()
    try:
        return f"{_o_clock(found[1], found[2])}-{_o_clock(found[3], found[4])}"
    except ValueError:
        raise _no_hours() from None


def _no_hours() -> PydanticCustomError:
    return invalid_value("must be two times, such as 22:00-07:00", "bad-hours")


def _o_clock(hour: str, minute: str | None) -> str:
    """Midnight may be called 24."""
    at = time(0 if hour == "24" else int(hour), int(minute or 0))
    return f"{at:%H:%M}"


Hours = Annotated[str, AfterValidator(_hours)]
"""A part of each day, from one time to another, past midnight too."""


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid_value("must be a time zone, such as Europe/Berlin", "bad-zone") from None


Zone = Annotated[str, AfterValidator(_zone)]
"""A time zone by its name in the IANA database."""


def _one_line(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


Line = Annotated[str, BeforeValidator(_one_line), Field(max_length=200)]
"""A line of text; whoever shows it has to escape it."""
