"""The errors in the text of moderators, and their translation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from bot.i18n.translations import Translator


class SettingProblem(Struct, frozen=True):
    """One error. `code` is the key of its message in `bot.i18n`, `values` fill the placeholders."""

    line: int
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    suggestion: str | None = None
    """The setting that was probably meant."""
    example: str | None = None
    """A valid line."""

    def to_markdown(self, translate: Translator) -> str:
        """The line and the problem in one or two sentences."""
        return translate("at-line", line=self.line, problem=self.sentences(translate))

    def sentences(self, translate: Translator) -> str:
        """The problem without its line."""
        sentences = [translate(self.code, **dict(self.values))]
        if self.suggestion:
            sentences.append(translate("did-you-mean", nearest=self.suggestion))
        if self.example:
            sentences.append(translate("example", example=self.example))
        return " ".join(sentences)


class InvalidSettings(Exception):
    """The text has errors; nothing of it is applied."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__(f"{len(self.problems)} invalid settings")
