"""docs/reference/config.md, made from the settings models.

`python -m bot.config.docs_page`, in the project's folder, writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from bot.config import secrets
from bot.config.introspection import account_models, bounds_of, choices_of, settings_tables
from bot.config.setting_types import humanized, to_toml

OUTPUT_PATH = Path("docs/reference/config.md")

_HEAD = """# config.toml

<!-- Written by `python -m bot.config.docs_page` from bot/config/settings.py and bot/rules. -->

All settings of Precis. `precis init` writes a first file; `config.example.toml` is the same with
comments; `precis check` names every mistake with its line.

- Times are text with a unit, `"90s"`, `"5m"`, `"12h"`, `"7d"`, `"2w"`, or a plain number of seconds.
- Paths count from the folder of config.toml; `~/` is your home.
- NAME stands for a name of your choice, of the letters a to z, digits and single hyphens.
"""
_COMMUNITY = """
## `[rules."name@server"]`

What differs in one community: the settings of `[rules]` again. What is not named holds as in `[rules]`.
The community has to be watched by an account.
"""
_TYPES: dict[object, str] = {
    bool: "`true` or `false`",
    str: "text",
    int: "number",
    Path: "path",
    SecretStr: "text, [secret](#secrets)",
}


def render_page() -> str:
    """The whole page, in Markdown."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield _HEAD
    tables = settings_tables()
    yield _table("bot", tables.pop("bot"))
    for platform, model in account_models().items():
        yield _table(f"{platform}.NAME", model)
    for name, table in tables.items():
        yield _table(name, table)
    yield _COMMUNITY
    yield f"\n## Secrets\n\n{secrets.__doc__}"


def _table(name: str, model: type[BaseModel]) -> str:
    rows = "".join(_row(key, field) for key, field in model.model_fields.items())
    about = (model.__doc__ or "").strip().split("\n")[0]
    return (
        f"\n## `[{name}]`\n\n{about}\n\n"
        f"| setting | what it says | value | default |\n|---|---|---|---|\n{rows}"
    )


def _row(key: str, field: FieldInfo) -> str:
    return f"| `{key}` | {field.description} | {_values(field)} | {_default(field)} |\n"


def _values(field: FieldInfo) -> str:
    if known := choices_of(field):
        return ", ".join(f"`{to_toml(choice)}`" for choice in known)
    least, most = bounds_of(field)
    kind = _kind(field.annotation)
    return f"{kind}, {humanized(least)} to {humanized(most)}" if most is not None else kind


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is tuple:
        return "list of texts"
    if get_origin(annotation) is dict:
        return "numbers by setting"
    if get_args(annotation):  # Annotated, or a union with None
        return _kind(get_args(annotation)[0])
    return _TYPES.get(annotation, "time")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be set"
    return "none" if field.default is None else f"`{to_toml(field.default)}`"


if __name__ == "__main__":
    OUTPUT_PATH.write_text(render_page(), encoding="utf-8")
