"""Where the secrets of an account come from, when not from config.toml itself.

For the setting `password` of `[lemmy.main]`, the first of these that is there (for other accounts and
secrets the names follow; a hyphen becomes an underscore in the names of variables):

1. the environment variable PRECIS_LEMMY_MAIN_PASSWORD,
2. the file that PRECIS_LEMMY_MAIN_PASSWORD_FILE names (the way of containers),
3. the file lemmy-main-password in $CREDENTIALS_DIRECTORY (systemd's LoadCredential, systemd.exec(5)),
4. `password` in the table, or the file that `password_file` there names.

A file that others than its owner can read is refused, unless systemd or the container gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from bot.config.accounts import ACCOUNT_NAME
from bot.config.config_errors import ConfigProblem, closest_name, problem_at
from bot.config.introspection import accounts_in, model_at, secret_fields
from bot.config.setting_types import resolve_path

_MOST_BYTES = 65536
_STAND_IN = "stand-in"
OTHERS_CAN_READ = 0o044
"""Of a file's mode: its group or everybody can read it."""


@dataclass(frozen=True, slots=True)
class SecretsContext:
    """Where to look."""

    file: Path
    """The settings file; paths in it count from its folder."""
    environ: Mapping[str, str]
    exposed: bool = False
    """Whether others can read the settings file."""


class _UnusableError(Exception):
    """Why a secret cannot be had, as a clause."""


def fill_secrets(tree: Mapping[str, Any], context: SecretsContext) -> Iterator[ConfigProblem]:
    """Write each secret of each account into `tree`; yield what is wrong with it.

    A secret with a mistake gets a stand-in, so that the reader finds no second mistake in its place.
    """
    for table, given in _tables_with_secrets(tree):
        for field in secret_fields(_model(table)):
            try:
                secret = _secret((*table, field), given, context)
                given |= {} if secret is None else {field: secret}
            except _UnusableError as error:
                yield problem_at((*table, _blamed(field, given)), f"{error}")
                given[field] = _STAND_IN


def _tables_with_secrets(tree: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for platform, name, given in accounts_in(tree):
        yield (platform, name), given
    pages = tree.setdefault("web", {}) if isinstance(tree, dict) else {}
    if isinstance(pages, dict):
        yield ("web",), pages


def _model(table: tuple[str, ...]) -> type[BaseModel]:
    model = model_at(table)
    assert model is not None
    return model


def _blamed(field: str, given: Mapping[str, Any]) -> str:
    return f"{field}_file" if f"{field}_file" in given and field not in given else field


def environment_variable(*key: str) -> str:
    """The name of the environment variable for a secret, such as `("lemmy", "main", "password")`."""
    return "_".join(("PRECIS", *key)).upper().replace("-", "_")


def _secret(key: tuple[str, ...], given: Mapping[str, Any], context: SecretsContext) -> object | None:
    """None for one that is nowhere and need not be."""
    if not re.fullmatch(ACCOUNT_NAME, key[1]):
        return _STAND_IN  # the name is a mistake of its own, and names no file or variable
    name = environment_variable(*key)
    if value := context.environ.get(name):
        return value
    if path := context.environ.get(f"{name}_FILE"):
        return _read(Path(path), context)
    credential = Path(context.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / "-".join(key)
    if credential.is_file():
        return _read(credential, context)
    return _from_table(key, given, context)


def _from_table(key: tuple[str, ...], given: Mapping[str, Any], context: SecretsContext) -> object | None:
    field = key[-1]
    if field in given and f"{field}_file" in given:
        raise _UnusableError(f"stands beside {field}_file; take one of the two out")
    if field in given:
        if context.exposed:
            raise _UnusableError(f"stands in a file that others can read; run chmod 600 {context.file}")
        written: object = given[field]
        return written
    if f"{field}_file" in given:
        return _from_file(given[f"{field}_file"], context)
    known = _model(key[:-1]).model_fields
    if any(closest_name(name, (field, f"{field}_file")) for name in given if name not in known):
        return _STAND_IN  # the slip in the name is a mistake of its own
    if not known[field].is_required():
        return None
    raise _UnusableError(_no_secret(key))


def _no_secret(key: tuple[str, ...]) -> str:
    field = key[-1]
    return (
        f'is missing; put it into a file and write {field}_file = "{"-".join(key[:-1])}.{field}", '
        f"or set {environment_variable(*key)} (or {environment_variable(*key)}_FILE) in the environment, "
        f"or give systemd the credential {'-'.join(key)}, or write {field} here"
    )


def _from_file(value: object, context: SecretsContext) -> str:
    try:
        path = resolve_path(value, context.file.parent)
    except PydanticCustomError:
        return _STAND_IN  # the model says what is wrong with the path
    return _read(path, context)


def _read(path: Path, context: SecretsContext) -> str:
    """The one line of a secret's file."""
    try:
        if path.stat().st_mode & OTHERS_CAN_READ and not _was_given(path, context.environ):
            raise _UnusableError(f"names {path}, which others can read; run chmod 600 {path}")
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES + 1)[:_MOST_BYTES].decode().rstrip("\r\n")
    except OSError as error:
        raise _UnusableError(f"names {path}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise _UnusableError(f"names {path}, which is not UTF-8 text") from None
    if not text or "\n" in text:
        raise _UnusableError(f"names {path}, which must hold the secret on one line and nothing else")
    return text


def _was_given(path: Path, environ: Mapping[str, str]) -> bool:
    """Whether systemd or the container put the file there, and sees to it who can read it."""
    folders = [Path("/run/secrets"), Path(environ.get("CREDENTIALS_DIRECTORY") or "/run/secrets")]
    return any(path.is_relative_to(folder) for folder in folders)
