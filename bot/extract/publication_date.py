"""Find dates as pages write them for people."""

from __future__ import annotations

import re
from datetime import date

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
_MONTH = r"([^\W\d_]{3,12})\.?"
_DATE_FORMATS = (
    re.compile(r"(?P<y>(?:19|20)\d\d)[-/.年]\s?(?P<m>\d{1,2})[-/.月]\s?(?P<d>\d{1,2})(?!\d)"),
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s(?:de\s|of\s)?{_MONTH},?\s(?:de\s)?(?P<y>(?:19|20)\d\d)"
    ),
    re.compile(rf"{_MONTH}\s(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y>(?:19|20)\d\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>(?:19|20)\d\d)"),
)


def find_date(text: str) -> str | None:
    """The first date in a short text, as YYYY-MM-DD; dates with slashes are ambiguous and ignored."""
    for date_format in _DATE_FORMATS:
        for found in date_format.finditer(text):
            named = found.groupdict()
            month = int(named["m"]) if named.get("m") else _month(found)
            try:
                return date(int(named["y"]), month, int(named["d"])).isoformat()
            except ValueError:
                continue
    return None


def _month(found: re.Match[str]) -> int:
    name = next(group for group in found.groups() if group and not group[0].isdigit()).casefold()
    return _MONTHS.get(name, _MONTHS.get(name[:4], _MONTHS.get(name[:3], 0)))
