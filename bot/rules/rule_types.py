"""Types of the settings of a community. They accept values in the forms that people write.

A refused value raises an error of type `plain`: its text follows the name of the setting. `code` in its
context is the key of the same text in `bot.i18n`, for answers to moderators in their language.
"""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from bot.core.installed_packages import SUMMARIZERS, installed
from bot.core.language_codes import fold_language
from bot.core.lazy_patterns import lazy_pattern
from bot.i18n.translations import TextLanguage
from bot.rules.place_names import language_named, zone_named


def _or_installed(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    try:
        return check(value)
    except ValidationError:
        if isinstance(value, str) and value in installed(SUMMARIZERS):
            return value
        raise


BuiltInMethod = Literal[
    "precis", "lexrank", "lsa", "textrank", "luhn", "kl", "sumbasic", "reduction", "edmundson"
]
Method = Annotated[BuiltInMethod, WrapValidator(_or_installed)]
"""A method of Precis, or the name of one in an installed package (`bot.summarize.installed_methods`)."""
FooterLanguage = Literal["auto", TextLanguage]
"""auto is the language of the article."""

MAX_ITEMS = 200
"""Entries of one list."""

FREE_TEXT = "free text"
"""Marks a type that takes any text, so that a # or a bracket in it is part of the value."""

_CLOCK = r"(\d{1,2})(?:[:.h]|\s?uhr\s?)?(\d\d)?\s?(am|pm|a\.m\.?|p\.m\.?|h|uhr|uur|heures|horas|ore)?"
_TIME_RANGE = lazy_pattern(
    rf"(?:from |von |de |da |van )?{_CLOCK}\s*(?:-|–|—|~|〜|to|until|till|bis|à|a|alle|às|tot)\s*{_CLOCK}"
)


def invalid_value(clause: str, code: str = "bad-value") -> PydanticCustomError:
    """An error whose text is `clause`, to be read after the name of the setting."""
    return PydanticCustomError("plain", "{clause}", {"clause": clause, "code": code})


def _normalize_host(value: object) -> object:
    """The bare host: `https://www.Example.org/`, `*.example.org` and `.example.org` become example.org."""
    if not isinstance(value, str):
        return value
    text = re.sub("[。．｡]", ".", value.strip().strip("<>").lower())  # the dots of East Asian keyboards
    host = re.sub(r"^\w*\**:/{1,2}", "", text)
    host = re.split(r"[/?#]", host, maxsplit=1)[0].removeprefix("*.").strip(".")
    return re.sub(r":(?:\d+|\*)$", "", host).removeprefix("www.")


Host = Annotated[
    str, BeforeValidator(_normalize_host), Field(min_length=1, max_length=253, pattern=r"^[^\s/:@]+$")
]
Hosts = Annotated[tuple[Host, ...], Field(max_length=MAX_ITEMS)]


def _collapse_spaces(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value


Phrase = Annotated[str, BeforeValidator(_collapse_spaces), Field(min_length=1, max_length=100)]
Phrases = Annotated[tuple[Phrase, ...], Field(max_length=MAX_ITEMS)]
"""Words or phrases; case is ignored."""


def _normalize_language(value: object) -> object:
    """The code of a language, from a longer code such as `en-US` or `deu`, or from its name."""
    if not isinstance(value, str):
        return value
    text = value.strip().casefold()
    is_code = re.fullmatch(r"[a-z]{2,3}([-_].+)?", text) is not None
    return (fold_language(text) if is_code else language_named(text)) or text


def _check_language_code(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2}", value):
        raise invalid_value("must be a two-letter language code, such as en", "bad-language")
    return value


Language = Annotated[str, BeforeValidator(_normalize_language), AfterValidator(_check_language_code)]
"""ISO 639-1."""
Languages = Annotated[tuple[Language, ...], Field(max_length=MAX_ITEMS)]


def _normalize_hours(value: str) -> str:
    """The range as `22:00-07:00`, from any accepted form; "" for no hours."""
    if not value.strip():
        return ""
    found = _TIME_RANGE.fullmatch(value.strip().lower())
    if found is None:
        raise _invalid_hours()
    try:
        return f"{_clock_time(*found.groups()[:3])}-{_clock_time(*found.groups()[3:])}"
    except ValueError:
        raise _invalid_hours() from None


def _invalid_hours() -> PydanticCustomError:
    return invalid_value("must be two times, such as 22:00-07:00", "bad-hours")


def _clock_time(hour: str, minute: str | None, half: str | None) -> str:
    """HH:MM. The hour 24 is accepted for midnight."""
    number = 0 if hour == "24" else int(hour)
    if half and half[0] in "ap":
        if not 1 <= number <= 12:
            raise ValueError(half)
        number = number % 12 + (12 if half.startswith("p") else 0)
    return f"{time(number, int(minute or 0)):%H:%M}"


Hours = Annotated[str, AfterValidator(_normalize_hours)]
"""A daily range of hours; it may cross midnight."""


def _check_zone(value: str) -> str:
    found = zone_named(value)
    if found is None:
        raise invalid_value("must be a time zone, such as Europe/Berlin", "bad-zone")
    return found


Zone = Annotated[str, AfterValidator(_check_zone)]
"""The name of a time zone in the IANA database."""

Line = Annotated[str, BeforeValidator(_collapse_spaces), Field(max_length=200), FREE_TEXT]
"""One line of text. Code that displays it must escape it."""
