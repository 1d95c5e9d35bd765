"""Loads a settings file into a `Config`, or raises a `ConfigError` with all problems of the file."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config import installed_platforms
from bot.config.config_errors import ConfigProblem, problem_at, problems_of
from bot.config.cross_checks import cross_check
from bot.config.secrets import OTHERS_CAN_READ, SecretsContext, fill_secrets
from bot.config.settings import Config
from bot.config.toml_syntax import explain
from bot.core.errors import ConfigError

_MAX_BYTES = 500_000


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """The settings in the file `path`. Secrets may come from `environ` (see `bot.config.secrets`).

    Raises `ConfigError` with one line for each problem in the file.
    """
    content, mode = _read_file(path)
    return parse(_decode(content, path), SecretsContext(path, environ, exposed=bool(mode & OTHERS_CAN_READ)))


def parse(text: str, context: SecretsContext) -> Config:
    """The settings in `text`.

    Raises `ConfigError` with one line for each problem.
    """
    name = f"{context.file}"
    tree = _parse_toml(text, name)
    unusable = installed_platforms.load_for(tree)
    if unusable:
        raise ConfigError(
            name,
            _format_problems(text, [problem_at((key,), why, table=True) for key, why in unusable.items()]),
        )
    problems = list(fill_secrets(tree, context))
    config, found = _validate(tree, context.file.parent)
    problems += found
    problems += cross_check(tree)
    if problems or config is None:
        raise ConfigError(name, _format_problems(text, problems))
    return config


def _read_file(path: Path) -> tuple[bytes, int]:
    """The bytes and the mode of the file."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise ConfigError(f"{path}", (f" is {kind}; choose the settings file with --config",))
        with path.open("rb") as file:
            return file.read(_MAX_BYTES + 1), mode
    except FileNotFoundError:
        hint = "run precis init to create it, or choose another file with --config"
        raise ConfigError(f"{path}", (f" not found; {hint}",)) from None
    except OSError as error:
        raise ConfigError(f"{path}", (f" cannot be read: {error.strerror}",)) from error


def _decode(content: bytes, path: Path) -> str:
    if len(content) > _MAX_BYTES:
        raise ConfigError(
            f"{path}", (" is too large for a settings file; choose another file with --config",)
        )
    if not content.strip():
        raise ConfigError(f"{path}", (" is empty; delete it and run precis init to create a new one",))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}", (f":{line}: is not UTF-8 text; save the file as UTF-8",)) from None


def _parse_toml(text: str, name: str) -> dict[str, Any]:
    try:
        tree = tomllib.loads(text)
        _to_json(tree)
        return tree
    except ValueError as error:  # a TOMLDecodeError, or a number with more digits than Python allows
        raise ConfigError(name, (explain(text, f"{error}"),)) from None
    except RecursionError:
        raise ConfigError(name, (" has lists or tables nested too deeply",)) from None


def _validate(tree: dict[str, Any], folder: Path) -> tuple[Config | None, list[ConfigProblem]]:
    try:
        return installed_platforms.config_model().model_validate_json(
            _to_json(tree), strict=True, context={"folder": folder}
        ), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, problems_of(item for item in found if _is_informative(item["loc"], tree))


def _to_json(tree: dict[str, Any]) -> str:
    """JSON for pydantic. In its strict JSON mode, lists and texts become tuples, enums and paths, but
    neither true nor "1" becomes 1."""
    return json.dumps(tree, default=str)


def _is_informative(location: tuple[int | str, ...], tree: Any) -> bool:
    """Whether an error adds information. An invalid account name does not if its value is not a table,
    because that is reported already."""
    if location[-1:] != ("[key]",):
        return True
    return isinstance(tree[location[0]][location[1]], dict)


def _format_problems(text: str, problems: list[ConfigProblem]) -> tuple[str, ...]:
    """The problems in the order of the file, without duplicates."""
    from bot.config.toml_lines import line_numbers  # loads a second parser, and few files have errors

    lines = line_numbers(text, (problem.key for problem in problems))
    first_lines: dict[str, int] = {}
    for problem in sorted(problems, key=lambda each: lines[each.key]):
        first_lines.setdefault(problem.text, lines[problem.key])
    return tuple(f":{line}: {sentence}" for sentence, line in first_lines.items())
