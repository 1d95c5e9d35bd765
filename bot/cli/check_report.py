"""Prints the results of `precis check` and `precis doctor`: as lines for people, or as JSON."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Literal

from rich.console import Console

from bot.cli.terminal import escaped, print_json
from bot.core.errors import UserError
from bot.core.models import CheckResult

_MARKS = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "error": "[red]✗[/]"}
_INDENT = 4
_MIN_WIDTH = 40


def level_of(result: CheckResult) -> Literal["ok", "warning", "error"]:
    """A result that is not an error but has a remedy is a warning."""
    if not result.ok:
        return "error"
    return "warning" if result.remedy else "ok"


def report_results(results: Sequence[CheckResult], summary: str, *, as_json: bool) -> None:
    """Print the results, and `summary` if all checks passed. Raises `UserError` if a check failed."""
    failed = sum(not result.ok for result in results)
    if as_json:
        print_json({"ok": not failed, "results": [_json_result(result) for result in results]})
    else:
        _print_lines(results)
    if failed:
        where = "The remedies" if as_json else "The lines with ✗"
        raise UserError(f"{failed} of {len(results)} checks failed. {where} say how to fix them.")
    if not as_json:
        print(summary)


def _json_result(result: CheckResult) -> dict[str, Any]:
    return {
        "subject": result.subject,
        "level": level_of(result),
        "text": result.text,
        "remedy": result.remedy,
    }


def _print_lines(results: Sequence[CheckResult]) -> None:
    """One line for each result, however long it is, so that addresses stay whole. Remedies are indented."""
    console = Console(highlight=False, emoji=False)
    width = max(console.width - _INDENT, _MIN_WIDTH)
    for result in results:
        line = f"{_MARKS[level_of(result)]} {escaped(result.subject)}: {escaped(result.text)}"
        console.print(line, soft_wrap=True)
        remedy = textwrap.wrap(
            f"To fix: {result.remedy}", width, break_long_words=False, break_on_hyphens=False
        )
        for part in remedy if result.remedy else []:
            console.print(f"{' ' * _INDENT}{escaped(part)}", soft_wrap=True)
