"""Where the secrets of an account, of [notify.NAME] and of other tables come from.

For the setting `password` of `[lemmy.main]`, Precis uses the first of these that exists. For other
accounts and secrets the names change accordingly; a hyphen becomes an underscore in variable names.

1. the environment variable PRECIS_LEMMY_MAIN_PASSWORD,
2. the file named in PRECIS_LEMMY_MAIN_PASSWORD_FILE (usual in containers),
3. the file lemmy-main-password in $CREDENTIALS_DIRECTORY (systemd's LoadCredential, systemd.exec(5)),
4. `password` in the table, or the file named in `password_file`.

Precis refuses a file that other users can read, unless systemd or the container provides it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from bot.config.accounts import ACCOUNT_NAME
from bot.config.config_errors import ConfigProblem, closest_name, problem_at
from bot.config.introspection import leads_accounts, model_at, named_tables_in, secret_fields, settings_tables
from bot.config.setting_types import resolve_path

_MAX_BYTES = 65536
_PLACEHOLDER = "https://stand-in.invalid"
"""Valid for every secret, because some are addresses."""
OTHERS_CAN_READ = 0o044
"""The bits of a file's mode that let its group or everybody read it."""


class SecretsContext(Struct, frozen=True):
    """Where to look for secrets."""

    file: Path
    """The settings file. Paths in it are relative to its folder."""
    environ: Mapping[str, str]
    exposed: bool = False
    """Whether other users can read the settings file."""


class _UnusableError(Exception):
    """Why a secret cannot be used, as a clause."""


class _MissingSecretError(_UnusableError):
    """It is set nowhere. A machine that leads no account does not need it."""


def fill_secrets(tree: Mapping[str, Any], context: SecretsContext) -> Iterator[ConfigProblem]:
    """Write each secret of each table into `tree`, and yield the problems.

    An invalid secret is replaced by a placeholder, so that validation does not report it a second time.
    """
    for table, given in _tables_with_secrets(tree):
        for field in secret_fields(_model(table)):
            try:
                secret = _find_secret((*table, field), given, context)
                given |= {} if secret is None else {field: secret}
            except _MissingSecretError as error:
                if leads_accounts(tree):
                    yield problem_at((*table, _reported_field(field, given)), f"{error}")
                given[field] = _PLACEHOLDER
            except _UnusableError as error:
                yield problem_at((*table, _reported_field(field, given)), f"{error}")
                given[field] = _PLACEHOLDER


def _tables_with_secrets(tree: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    for group, name, given in named_tables_in(tree):
        yield (group, name), given
    for name, model in settings_tables().items():
        if secret_fields(model):
            table = tree.get(name, {})
            if isinstance(table, dict):
                yield (name,), table
                if table and isinstance(tree, dict):
                    tree[name] = table


def _model(table: tuple[str, ...]) -> type[BaseModel]:
    model = model_at(table)
    assert model is not None
    return model


def _reported_field(field: str, given: Mapping[str, Any]) -> str:
    return f"{field}_file" if f"{field}_file" in given and field not in given else field


def environment_variable(*key: str) -> str:
    """The name of the environment variable of a secret such as `("lemmy", "main", "password")`."""
    return "_".join(("PRECIS", *key)).upper().replace("-", "_")


def _find_secret(key: tuple[str, ...], given: Mapping[str, Any], context: SecretsContext) -> object | None:
    """The value of a secret. None if it is optional and not set."""
    has_name = len(key) == 3
    if has_name and not re.fullmatch(ACCOUNT_NAME, key[1]):
        return _PLACEHOLDER  # it is reported elsewhere, and must not become a file or variable name
    name = environment_variable(*key)
    if value := context.environ.get(name):
        return value
    if path := context.environ.get(f"{name}_FILE"):
        return _read_secret_file(Path(path), context)
    credential = Path(context.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / "-".join(key)
    if credential.is_file():
        return _read_secret_file(credential, context)
    return _from_table(key, given, context)


def _from_table(key: tuple[str, ...], given: Mapping[str, Any], context: SecretsContext) -> object | None:
    field = key[-1]
    if field in given and f"{field}_file" in given:
        raise _UnusableError(f"is set together with {field}_file; remove one of them")
    if field in given:
        if context.exposed:
            raise _UnusableError(f"is in a file that other users can read; run chmod 600 {context.file}")
        written: object = given[field]
        return written
    if f"{field}_file" in given:
        return _from_file(given[f"{field}_file"], context)
    known = _model(key[:-1]).model_fields
    if any(closest_name(name, (field, f"{field}_file")) for name in given if name not in known):
        return _PLACEHOLDER  # the misspelled name is reported elsewhere
    if not known[field].is_required():
        return None
    raise _MissingSecretError(_missing_clause(key))


def _missing_clause(key: tuple[str, ...]) -> str:
    field = key[-1]
    return (
        f'is missing; put it into a file and set {field}_file = "{"-".join(key[:-1])}.{field}", '
        f"or set {environment_variable(*key)} (or {environment_variable(*key)}_FILE) in the environment, "
        f"or add the systemd credential {'-'.join(key)}, or write {field} here"
    )


def _from_file(value: object, context: SecretsContext) -> str:
    try:
        path = resolve_path(value, context.file.parent)
    except PydanticCustomError:
        return _PLACEHOLDER  # validation reports the invalid path
    return _read_secret_file(path, context)


def _read_secret_file(path: Path, context: SecretsContext) -> str:
    """The secret in a file: its only line."""
    try:
        if path.stat().st_mode & OTHERS_CAN_READ and not _is_provided(path, context.environ):
            raise _UnusableError(f"names {path}, which other users can read; run chmod 600 {path}")
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)[:_MAX_BYTES].decode().rstrip("\r\n")
    except OSError as error:
        raise _UnusableError(f"names {path}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise _UnusableError(f"names {path}, which is not UTF-8 text") from None
    if not text or "\n" in text:
        raise _UnusableError(f"names {path}, which must contain the secret on one line and nothing else")
    return text


def _is_provided(path: Path, environ: Mapping[str, str]) -> bool:
    """Whether systemd or the container provides the file and controls who can read it."""
    folders = [Path("/run/secrets"), Path(environ.get("CREDENTIALS_DIRECTORY") or "/run/secrets")]
    return any(path.is_relative_to(folder) for folder in folders)
