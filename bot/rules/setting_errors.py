"""What is wrong in somebody's settings, and how it is said in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.i18n.translations import Translator


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One mistake. `code` is the key of its text in `bot.i18n.translations`, `values` are what it names."""

    line: int
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    nearest: str | None = None
    """The setting that was probably meant."""
    example: str | None = None
    """A line that would be right."""

    def to_markdown(self, say: Translator) -> str:
        """The problem as a sentence or two, in Markdown."""
        parts = [say(self.code, **dict(self.values))]
        if self.nearest:
            parts.append(say("nearest", nearest=self.nearest))
        if self.example:
            parts.append(say("example", example=self.example))
        return say("at-line", line=self.line, problem=" ".join(parts))


class InvalidSettings(Exception):
    """Settings that do not hold, with everything that is wrong in them."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda one: one.line))
        super().__init__(f"{len(self.problems)} mistakes")
