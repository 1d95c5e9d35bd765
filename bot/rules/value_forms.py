"""Turns the forms in which people write values into the one form that `CommunityRules` takes.

A text that has no clear meaning is returned as it is, so that its validation explains what is wrong.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from bot.core.language_codes import fold_language
from bot.core.lazy_patterns import lazy_pattern
from bot.rules.place_names import language_named
from bot.rules.setting_kinds import (
    choices_of,
    is_bool,
    is_free_text,
    is_host_list,
    is_language_list,
    is_list,
    is_number,
    unit_of,
)

_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_NUMBER = lazy_pattern(r"([+-]?)(\d+|\d{1,3}(?:[ ,'’]\d{3})+)(?:[.,]0)?\s*([^\d\s.,'’+-].*)?")
_LIST_SEPARATORS = lazy_pattern(r"[\s,;]+")
_ITEM = lazy_pattern(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^,]*)\s*(?:,|$)""")
_LANGUAGE_CODE = lazy_pattern(r"[A-Za-z]{2,3}(?:[-_]\w+)*")
_NOT_A_WHOLE_NUMBER = "not a whole number"
"""For figures such as 1.000, which are a thousand in some languages and one in others."""
_COMMAS = str.maketrans(dict.fromkeys("，、،﹐", ","))
"""The commas of East Asian and Arabic writing."""
_LIMITS = frozenset({"allow_domains", "languages"})


def plain_value(name: str, text: str) -> str:
    """A single value of a setting in the plain form."""
    if is_free_text(name):
        return text
    text = unicodedata.normalize("NFKC", text).strip().strip("*`").rstrip(".,;!").strip()
    folded = _fold(text)
    if is_number(name):
        return _plain_number(name, text)
    if is_bool(name):
        return next((word for word, written in _words()["bools"].items() if folded in written), text)
    if choices := choices_of(name):
        own_words = _words()["choices"].get(name, {})
        joined = re.sub(r"[\s_-]", "", folded)
        named = (choice for choice in choices if joined == choice or folded in own_words.get(choice, ()))
        return next(named, _language_code(text) if "en" in choices else text)
    is_no = name == "quiet_hours" and (folded in ("no", "false") or folded in _words()["bools"]["false"])
    return "" if is_no or folded in _words()["nothing"]["always"] else text


def _language_code(text: str) -> str:
    return language_named(text) or fold_language(text) or text


def split_items(name: str, text: str) -> tuple[str, ...]:
    """The items of a list that is written on one line without brackets."""
    if is_host_list(name) or is_language_list(name):
        words = _words()["nothing"]
        if _fold(text) in words["always"] and name != "allow_domains":
            return ()
        if _fold(text) in words["limit"] and name in _LIMITS:
            return ()
        parts = _languages(text) if is_language_list(name) else _LIST_SEPARATORS.split(text)
        if is_host_list(name) and not all("." in part for part in parts if part):
            parts = re.split(r"[,;]", text)  # not a list of sites; the words together explain the error
        return tuple(part.strip(" \"'`") for part in parts if part.strip(" \"'`"))
    if "," not in text and not re.search(r"[\"']", text):
        text = re.sub(r"(?<=\w);(?=\s)", ",", text)
    items = (found[1].strip() for found in _ITEM.finditer(text.translate(_COMMAS)))
    return tuple(filter(None, (_unquoted(item) for item in items)))


def _languages(text: str) -> list[str]:
    """Codes or names, separated by commas or, if each word is a language by itself, by spaces."""
    words = re.split(r"[\s,;/]+", text)
    is_each_known = all(_LANGUAGE_CODE.fullmatch(word) or language_named(word) for word in words if word)
    return words if is_each_known else re.split(r"[,;/]", text)


def _unquoted(item: str) -> str:
    return item[1:-1] if len(item) > 1 and item[0] == item[-1] and item[0] in "\"'" else item


def _plain_number(name: str, text: str) -> str:
    found = _NUMBER.fullmatch(text.replace("−", "-"))
    if found is None:
        return text if not re.search(r"\d[.,]\d", text) else _NOT_A_WHOLE_NUMBER
    sign, digits, unit = found.groups()
    number = int(re.sub(r"\D", "", digits)) if digits.isdecimal() or digits.isascii() else -1
    if not unit:
        return f"{sign}{number}"
    units = [kind for kind, written in _words()["units"].items() if _fold(unit) in written]
    if is_list(name) or not units:
        return text
    unit_of_setting = unit_of(name)
    if unit_of_setting in _MINUTES:
        minutes = next((number * _MINUTES[kind] for kind in units if kind in _MINUTES), None)
        is_whole = minutes is not None and minutes % _MINUTES[unit_of_setting] == 0
        return f"{sign}{minutes // _MINUTES[unit_of_setting]}" if is_whole and minutes is not None else text
    return f"{sign}{number}" if unit_of_setting in units else text


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if unicodedata.category(char)[0] != "M").split())


@cache
def _words() -> dict[str, Any]:
    """The tables of `value_words.toml` with folded words."""
    text = files("bot.rules").joinpath("value_words.toml").read_text(encoding="utf-8")
    folded: dict[str, Any] = _folded(tomllib.loads(text))
    return folded


def _folded(table: Any) -> Any:
    if isinstance(table, list):
        return frozenset(map(_fold, table))
    return {key: _folded(value) for key, value in table.items()}
