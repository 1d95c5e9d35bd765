"""The language of a public page, from its parameter or the preferences of the browser."""

from __future__ import annotations

from bot.i18n.translations import LANGUAGES

MAX_HEADER_LENGTH = 500


def page_language(parameter: str, accept_language: str) -> str:
    """One of `LANGUAGES`: `parameter` if it is one, else the preferred one of the header Accept-Language
    (RFC 9110, section 12.5.4), else English."""
    if parameter in LANGUAGES:
        return parameter
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept_language[:MAX_HEADER_LENGTH].split(",")):
        tag, _, weight = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        quality = _quality(weight)
        if code in LANGUAGES and quality > 0:
            ranked.append((-quality, position, code))
    return min(ranked)[2] if ranked else LANGUAGES[0]


def _quality(weight: str) -> float:
    """The number of `q=0.8`; 1 if there is none, 0 if it is not a number from 0 to 1."""
    name, _, number = weight.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        quality = float(number)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
