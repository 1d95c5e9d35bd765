"""Names of languages and time zones in the forms that people write, from CLDR and the IANA database."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.core.lazy_patterns import lazy_pattern
from bot.i18n.translations import LANGUAGES

_OWN_NAMES = {
    "svenska": "sv", "norsk": "no", "bokmål": "nb", "nynorsk": "nn", "dansk": "da", "suomi": "fi",
    "eesti": "et", "polski": "pl", "čeština": "cs", "slovenčina": "sk", "magyar": "hu", "română": "ro",
    "hrvatski": "hr", "türkçe": "tr", "català": "ca", "euskara": "eu", "galego": "gl", "ελληνικά": "el",
    "русский": "ru", "українська": "uk", "български": "bg", "српски": "sr", "العربية": "ar", "עברית": "he",
    "فارسی": "fa", "हिन्दी": "hi", "ไทย": "th", "tiếng việt": "vi", "bahasa indonesia": "id", "中文": "zh",
    "日本語": "ja", "한국어": "ko",
}  # fmt: skip
"""Names of languages in themselves, except the bot's languages."""
_CODES_NEVER_DETECTED = """
    aa ab ae ak av ay bi bm ce ch co cr cu cv ee fj gv ho hz ia ie ii ik io iu kg kj kl kr ks kv kw li lu mh
    mi na nd ng nv ny oj os pi rm sc sd sg sm su tn to ts tw ty ve wo za
"""
_NEVER_DETECTED = frozenset(_CODES_NEVER_DETECTED.split())
"""Languages that the detector does not know. Many of their codes are those of a country: `kr`, `ch`, `tw`."""
_OFFSET = lazy_pattern(r"(?:utc|gmt)?_*([+-])_*0?(\d{1,2})(?::?00)?")


def language_named(name: str) -> str | None:
    """The ISO 639-1 code of a language, from its name in one of the bot's languages or in its own."""
    return _language_names().get(_fold(name))


def is_language(code: str) -> bool:
    """Whether a code of two letters is that of a language in which an article can be found."""
    from babel import Locale  # here: few commands look up a name

    return code in Locale("en").languages and code not in _NEVER_DETECTED


def zone_named(name: str) -> str | None:
    """The key of a time zone, from its key in any case, its city, or an offset in whole hours (`UTC+2`)."""
    folded = _fold(name)
    offset = _OFFSET.fullmatch(folded)
    if offset:
        sign = "-" if offset[1] == "+" else "+"  # POSIX: east of Greenwich is negative
        folded = f"etc/gmt{sign}{int(offset[2])}" if int(offset[2]) else "etc/utc"
    key = _zones().get(folded)
    return None if key is None else ZoneInfo(key).key


@cache
def _zones() -> Mapping[str, str]:
    """Each zone by its folded key and, if no other zone has it, by its city."""
    keys = sorted(available_timezones())
    zones = {_fold(key): key for key in keys}
    cities: dict[str, list[str]] = {}
    for key in keys:
        if "/" in key and not key.startswith(("Etc/", "posix/", "right/", "SystemV/")):
            cities.setdefault(_fold(key.rpartition("/")[2]), []).append(key)
    return {city: found[0] for city, found in cities.items() if len(found) == 1} | zones


@cache
def _language_names() -> Mapping[str, str]:
    from babel import Locale

    names: dict[str, str] = {}
    codes = [code for code in map(str, Locale("en").languages) if len(code) == 2]
    for locale in map(Locale, LANGUAGES):
        for code in codes:
            names.setdefault(_fold(str(locale.languages.get(code, code))), code)
    return names | {_fold(name): code for name, code in _OWN_NAMES.items()}


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold().replace(" ", "_"))
    return "".join(char for char in decomposed if unicodedata.category(char)[0] != "M")
