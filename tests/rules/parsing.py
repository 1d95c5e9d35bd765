"""Helpers for the tests of the settings language."""

from __future__ import annotations

from bot.i18n.translations import translator
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_errors import InvalidSettings
from bot.rules.validation import parse_settings
from bot.rules.yaml_lines import Entry, parse_entries

NO_LIMITS = ModeratorLimits()


def entries_of(text: str) -> tuple[Entry, ...]:
    """The entries of a text that has no problem."""
    parsed = parse_entries(text)
    assert parsed.problems == ()
    return parsed.entries


def problem_codes(text: str) -> list[tuple[int, str]]:
    """The line and the code of each problem; empty for a valid text."""
    try:
        parse_settings(text, NO_LIMITS)
    except InvalidSettings as error:
        return [(problem.line, problem.code) for problem in error.problems]
    return []


def messages_of(text: str, language: str = "en") -> list[str]:
    """The problems of a text as they are sent."""
    try:
        parse_settings(text, NO_LIMITS)
    except InvalidSettings as error:
        return [problem.to_markdown(translator(language)) for problem in error.problems]
    return []
