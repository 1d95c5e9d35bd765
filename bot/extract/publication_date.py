"""Find dates as pages write them for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache

from babel import localedata

_MONTH_NAMES = (
    "jan jän gen ene янв січ",
    "feb fév fev févr лют фев",
    "mar mär mrt maa мар бер",
    "apr avr abr апр кві",
    "may mai mei mag maj mayo май мая тра",
    "jun juin giu июн чер",
    "jul juil lug июл лип",
    "aug août aoû ago авг сер",
    "sep set сен вер",
    "oct okt ott out окт жов",
    "nov ноя лис",
    "dec dez déc dic дек гру",
)
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_ANY_MONTH = r"[^\W\d_][^\s\d.,]{2,13}"
_YEAR = r"(?P<y>\d{4})(?!\d)"
_DAY = r"(?<!\d)(?P<d>\d{1,2})"
_SLASHES = re.compile(rf"(?<![\d/])(\d{{1,2}})\s?/\s?(\d{{1,2}})\s?/\s?{_YEAR}")
_DAY_FIRST = re.compile(r"ca|cs|da|de|el|es|fi|fr|gl|id|it|nb|nl|no|pl|pt|ro|ru|sv|tr|uk|vi")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_OTHER_MONTHS = {
    "ar": ("ar_SY", "ar_DZ", "ar_MA", "ar_MR", "ar_SA"),
    "bs": ("bs_Cyrl",), "de": ("de_AT",), "fa": ("fa_AF",), "sr": ("sr_Latn",), "uz": ("uz_Cyrl",),
}  # fmt: skip
"""Locales of CLDR that name months in another way than their language does. Reading all would take 0.1 s."""
_ISO_DATE = re.compile(r"((?:19|20)\d\d)[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MAYBE_YEAR = re.compile(r"\d{4}")
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_BUDDHIST_ERA = 543


def may_have_date(text: str) -> bool:
    """Whether a text has four digits in a row, as every date of `find_date` has. Few texts do."""
    return bool(_MAYBE_YEAR.search(text))


def find_date(text: str, language: str = "", *, is_data: bool = False) -> str | None:
    """The first date in a short text, as YYYY-MM-DD.

    `language` is the ISO 639-1 code of the page, for the names of months and for dates with slashes; these
    are ignored if their order is unknown. `is_data`: the text is for machines, and may be 20261105T1015.
    """
    if not may_have_date(text):
        return None
    if is_data and (day := iso_date(_ISO_DATE.search(text))):
        return day
    for date_format in _date_formats(language):
        for found in date_format.finditer(text):
            named = found.groupdict()
            month = int(named["m"]) if named.get("m") else _month(found, language)
            year = int(named["y"]) - (_BUDDHIST_ERA if language == "th" else 0)
            if day := _iso(year, month, int(named["d"])):
                return day
    return next((day for found in _SLASHES.finditer(text) if (day := _slashes_date(found, language))), None)


def iso_date(found: re.Match[str] | None) -> str | None:
    """The date whose year, month and day are the groups of a match."""
    return _iso(int(found[1]), int(found[2]), int(found[3])) if found else None


def _iso(year: int, month: int, day: int) -> str | None:
    # the clock is not read here: a date after the year 2099 is a typing error
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _slashes_date(found: re.Match[str], language: str) -> str | None:
    """Day and month stand in both orders in English; a number above 12 tells them apart."""
    one, other, year = int(found[1]), int(found[2]), int(found["y"])
    day_first, month_first = _iso(year, other, one), _iso(year, one, other)
    if day_first and month_first and day_first != month_first and not _DAY_FIRST.fullmatch(language):
        return None
    return day_first or month_first


def _month(found: re.Match[str], language: str) -> int:
    name = _folded(next(group for group in found.groups() if group and not group[0].isdigit()))
    number = _months_of(language).get(name, 0)
    return number or _MONTHS.get(name, _MONTHS.get(name[:4], _MONTHS.get(name[:3], 0)))


def _folded(name: str) -> str:
    return " ".join(name.casefold().strip(".").split())


@cache
def _date_formats(language: str) -> tuple[re.Pattern[str], ...]:
    """The ways to write a date, with those names of months that `_ANY_MONTH` does not match."""
    special = [name for name in _months_of(language) if not re.fullmatch(_ANY_MONTH, name)]
    if special:
        # the longest first: one name may be the beginning of another
        names = "|".join(
            r"\s".join(map(re.escape, name.split())) for name in sorted(special, key=len, reverse=True)
        )
        return _formats_with(rf"((?i:{names})(?!\w)|{_ANY_MONTH})\.?")
    return _USUAL_FORMATS


def _formats_with(month: str) -> tuple[re.Pattern[str], ...]:
    """`month`: a pattern with one group, the name of the month."""
    return (
        re.compile(rf"{_YEAR}\s?[-/.年년]\s?(?P<m>\d{{1,2}})\s?[-/.月월]\s?(?P<d>\d{{1,2}})(?!\d)"),
        re.compile(
            rf"{_DAY}(?:st|nd|rd|th|er|º|ª|\.)?\s?(?:-a\s)?(?:de\s|of\s|d['’]|ב)?{month},?\s?(?:de[l]?\s)?{_YEAR}"
        ),
        re.compile(rf"{month}\s{_DAY}(?:st|nd|rd|th)?,?\s{_YEAR}"),
        re.compile(rf"{_YEAR}\.?(?:\sm\.|\s?年|\s?г\.,?)?\s{month}\s{_DAY}(?!\d)"),
        re.compile(rf"{_YEAR}\.?\sgada\s{_DAY}\.\s{month}"),
        re.compile(rf"{_DAY}\s(?:tháng|thg)\s(?P<m>\d{{1,2}}),?\s(?:năm\s)?{_YEAR}"),
        re.compile(rf"{_DAY}\.\s?(?P<m>\d{{1,2}})\.\s?{_YEAR}"),
    )


_USUAL_FORMATS = _formats_with(rf"({_ANY_MONTH})\.?")


@cache
def _months_of(language: str) -> dict[str, int]:
    """The names and abbreviations of the months in a language, from Unicode's CLDR."""
    if not _LANGUAGE.fullmatch(language) or not localedata.exists(language):
        return {}
    return {
        _folded(name): number
        for locale in (*_OTHER_MONTHS.get(language, ()), language)
        for names in _lists_of_months(locale)
        for number, name in names.items()
        if not any(map(str.isdigit, name))
    }


def _lists_of_months(locale: str) -> Iterator[Mapping[int, str]]:
    """Wide and abbreviated names, in both grammatical contexts of CLDR."""
    # Babel writes what an alias stands for into the data that languages share: without the copy, a language
    # would have months of the language that was read before it
    own = deepcopy(localedata.load(locale)["months"])
    months = localedata.LocaleDataDict(own, base={"months": own})
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            yield months[context][width]
