"""Fills the operator's templates.

A template is Jinja2 in its sandbox (https://jinja.palletsprojects.com/en/stable/sandbox/). Its own text is
Markdown of the operator and is not changed. Values are text from strangers: each one is escaped where it is
written, after all filters, unless it is `Markdown` that Precis has made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bot.core.lazy_patterns import lazy_pattern
from bot.rules.reply_templates import Markdown

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import ImmutableSandboxedEnvironment

_BLANK_LINES = lazy_pattern(r"\n(?:[ \t]*\n){2,}")


def fill(template: str, values: Mapping[str, Any], escape: Callable[[str], str]) -> Markdown:
    """The template with its values. `escape` makes text harmless. Empty values leave no blank lines.

    Raises `jinja2.TemplateError`, or what an operation of the template raises.
    """
    written = _compiled(template, escape).render(values)
    return Markdown(_BLANK_LINES.sub("\n\n", written).strip("\n"))


@lru_cache(maxsize=32)  # the daemon has two templates for each dialect; compiling takes longer than filling
def _compiled(template: str, escape: Callable[[str], str]) -> Template:
    return _environment(escape).from_string(template)


@lru_cache(maxsize=8)  # one for each dialect
def _environment(escape: Callable[[str], str]) -> ImmutableSandboxedEnvironment:
    def write(value: object) -> object:
        return value if isinstance(value, Markdown) else escape(str(value))

    return new_environment(write)


def new_environment(write: Callable[[object], object] | None = None) -> ImmutableSandboxedEnvironment:
    """A sandbox without functions. `write` changes each value where the template writes it."""
    from jinja2 import StrictUndefined  # here: a daemon starts without, and renders its first reply later
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, finalize=write, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    return environment
