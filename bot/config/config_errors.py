"""The error messages for a settings file.

A table maps the types of pydantic's errors to messages (https://docs.pydantic.dev/latest/errors/
validation_errors/). A value is quoted only if it cannot be a misplaced secret.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from msgspec import Struct
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.config.introspection import (
    KeyPath,
    account_models,
    bounds_of,
    choices_of,
    example_of,
    field_at,
    is_secret,
    item_choices_of,
    model_at,
    named_tables,
    settings_tables,
)
from bot.config.setting_types import humanized, to_toml
from bot.core.lazy_patterns import lazy_pattern

_BARE = lazy_pattern(r"[A-Za-z0-9_-]+")
_HAS_PASSWORD = lazy_pattern(r"(?:^|//)[^/@\s]*:[^/@\s]*@|[?&]password=")
"""A user name with a password in an address."""


class ConfigProblem(Struct, frozen=True):
    """One problem: the setting that it is about, and the message."""

    key: KeyPath
    text: str


def problem_at(key: KeyPath, clause: str, *, table: bool = False) -> ConfigProblem:
    """A problem whose message begins with the setting: `[lemmy.main] username is missing`."""
    return ConfigProblem(key, f"{_location(key, table)} {clause}")


def problems_of(errors: Iterable[ErrorDetails]) -> list[ConfigProblem]:
    """One problem for each of pydantic's errors.

    A setting is not reported as missing if it is there with a misspelled name.
    """
    listed = list(errors)
    misspelled = {
        (*error["loc"][:-1], closest_name(error["loc"][-1], _known_names(error["loc"][:-1])))
        for error in listed
        if error["type"] == "extra_forbidden"
    }
    return [
        _problem_of(error) for error in listed if error["type"] != "missing" or error["loc"] not in misspelled
    ]


def closest_name(name: object, known: Iterable[str]) -> str | None:
    """The known name that is most similar, or None if none is similar enough."""
    near = difflib.get_close_matches(f"{name}".lower(), list(known), n=1, cutoff=0.65)
    return near[0] if near else None


def _known_names(table: KeyPath) -> list[str]:
    model = model_at(table)
    return list(model.model_fields) if model else []


def _problem_of(error: ErrorDetails) -> ConfigProblem:
    key = tuple(part for part in error["loc"] if part != "[key]")
    if error["loc"][-1] == "[key]" and key[0] == "moderators":
        return problem_at(key, "is not a valid name of a profile; use a to z, 0 to 9 and hyphens", table=True)
    if error["loc"][-1] == "[key]":
        what = "account name" if key[0] in account_models() else "name"
        return problem_at(key, f"is not a valid {what}; use a to z, 0 to 9 and single hyphens", table=True)
    if error["type"] == "missing":
        return _missing(key)
    field = field_at(key)
    if error["type"] == "extra_forbidden" or field is None:
        return _unknown(key, is_table=isinstance(error["input"], dict))
    if error["type"] in {"model_type", "dict_type"}:
        return _not_a_table((*key, "main") if key[0] in named_tables() else key, key)
    if key[0] == "templates":  # a template is too long to quote, and its error says what to write
        return problem_at(key, _clause(error, field))
    hidden = is_secret(field) or _HAS_PASSWORD.search(f"{error['input']}")
    found = "" if hidden else _current_value(error["input"])
    hint = "" if hidden else _hint(closest_name(error["input"], choices_of(field)), '"{}"')
    return problem_at(key, _clause(error, field) + found + (hint or _example_hint(key, field)))


def _location(key: KeyPath, table: bool) -> str:
    names = tuple(part for part in key if isinstance(part, str))
    head, last = (names, "") if table else (names[:-1], names[-1])
    items = "".join(f" (item {part + 1})" for part in key if isinstance(part, int))
    where = [f"[{_dotted(head)}]"] * bool(head) + [_dotted([last])] * (not table)
    return " ".join(where) + items


def _dotted(names: Iterable[str | int]) -> str:
    return ".".join(name if _BARE.fullmatch(name) else to_toml(name) for name in map(str, names))


def _missing(key: KeyPath) -> ConfigProblem:
    field = field_at(key)
    if len(key) == 1:
        return problem_at(key, "is missing; add this table with its settings", table=True)
    return problem_at(key, "is missing" + (_example_hint(key, field) if field else ""))


def _unknown(key: KeyPath, *, is_table: bool) -> ConfigProblem:
    """An unknown name. The value is not shown, because it may be a secret."""
    if len(key) == 2 and key[0] in named_tables():
        what = "account name" if key[0] in account_models() else "name"
        return ConfigProblem(
            key, f"[{key[0]}] has no {what}; write [{key[0]}.main] and the settings below it"
        )
    if len(key) == 1 and is_table:
        return problem_at(
            key,
            f"is not a table of settings{_hint(closest_name(key[0], _known_names(())), '[{}]')}",
            table=True,
        )
    if key[0] == "rules" and "@" in f"{key[-1]}":
        return _not_a_table(key, key)
    hint = _hint(closest_name(key[-1], _known_names(key[:-1])) if len(key) > 1 else None, '"{}"')
    return problem_at(key, "is not a setting" + (hint or _other_table_hint(f"{key[-1]}")))


def _not_a_table(right: KeyPath, key: KeyPath) -> ConfigProblem:
    return problem_at(key, f"must be a table; write [{_dotted(right)}] and its settings below", table=True)


def _hint(name: str | None, form: str) -> str:
    return f"; did you mean {form.format(name)}?" if name else ""


def _other_table_hint(name: str) -> str:
    """The table that a misplaced setting belongs to. The name of a table is not a misspelt setting."""
    if name in settings_tables():
        return ""
    named = {f"{group}.NAME": model for group, model in named_tables().items()}
    tables: dict[str, str] = {}
    for table, model in (settings_tables() | named).items():
        tables = dict.fromkeys(model.model_fields, table) | tables
    near = name if name in tables else closest_name(name, tables)
    return f"; did you mean {near} under [{tables[near]}]?" if near else ""


def _clause(error: ErrorDetails, field: FieldInfo) -> str:
    clause = _CLAUSES.get(error["type"])
    return clause(field, error) if clause else error["msg"].replace("Input should", "must")


def _choices_clause(field: FieldInfo, error: ErrorDetails) -> str:
    known = item_choices_of(field)
    listed = ", ".join(to_toml(choice) for choice in known[:-1])
    return f"must be {listed} or {to_toml(known[-1])}"


def _min_length_clause(field: FieldInfo, error: ErrorDetails) -> str:
    minimum = error["ctx"]["min_length"]
    return "must not be empty" if minimum == 1 else f"must have at least {minimum} characters"


_CLAUSES: dict[str, Callable[[FieldInfo, ErrorDetails], str]] = {
    "plain": lambda _, error: f"{error['msg']}",
    "string_type": lambda *_: "must be text in quotes",
    "string_too_short": _min_length_clause,
    "too_short": _min_length_clause,
    "string_pattern_mismatch": lambda *_: "contains characters that are not allowed",
    "int_type": lambda *_: "must be a whole number",
    "int_from_float": lambda *_: "must be a whole number",
    "bool_type": lambda *_: "must be true or false",
    "too_long": lambda field, error: f"has more than {error['ctx']['max_length']} entries",
    "string_too_long": lambda field, error: f"is longer than {error['ctx']['max_length']} characters",
    "dict_type": lambda *_: "must be a table of numbers, for example { words = 200 }",
    "tuple_type": lambda *_: "must be a list in square brackets",
    "greater_than_equal": lambda field, _: f"must be at least {humanized(bounds_of(field)[0])}",
    "less_than_equal": lambda field, _: f"must be at most {humanized(bounds_of(field)[1])}",
    "literal_error": _choices_clause,
    "enum": _choices_clause,
}


def _current_value(value: object) -> str:
    """The current value: `, not "1s"`."""
    if isinstance(value, list | dict):
        return f", not a {'list' if isinstance(value, list) else 'table'}"
    shown = to_toml(value)
    return f", not {shown}" if len(shown) <= 60 else f", not {shown[:57]}..."


def _example_hint(key: KeyPath, field: FieldInfo) -> str:
    shown = example_of(field)
    name = next(part for part in reversed(key) if isinstance(part, str))
    return f"; use for example {name} = {shown}" if shown else ""
