"""`precis init`: writes a first settings file from a few questions or from options."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from bot.config.first_config import FIRST_ACCOUNT_NAME, write_first_config
from bot.config.init_questions import Question, ask_all
from bot.config.secrets import environment_variable
from bot.core.errors import UserError
from bot.operations.program_name import program_name


def run_init(path: Path, given: Mapping[str, str | None], secrets: Mapping[str, Path | None]) -> None:
    """Ask the questions that no option answers, and write the files. Raises `UserError`.

    `given` has answers and `secrets` has files with answers, by the keys of the questions.
    """
    if path.exists():
        raise UserError(
            f"{path} already exists. precis init never overwrites a file.",
            "Choose another file with --config.",
        )
    answered = {**given, **{key: _read_secret(file) for key, file in secrets.items() if file is not None}}
    answers = ask_all(lambda question, platform: _answer(question, platform, answered.get(question.key)))
    for written in write_first_config(answers, path):
        typer.echo(f"Wrote {written}.")
    typer.echo(f"Next, check the settings: {program_name()} check --config {shlex.quote(str(path))}")


def _answer(question: Question, platform: str, given: str | None) -> str:
    if given is not None or not sys.stdin.isatty():
        return _validated(question, given)
    typer.echo(
        f"\n{question.help.format(variable=environment_variable(platform, FIRST_ACCOUNT_NAME, question.key))}"
    )
    while True:
        default = question.default if question.default or question.optional else None
        answer: str = typer.prompt(
            question.prompt, default=default, show_default=bool(default), hide_input=question.secret
        )
        problem = question.problem_in(answer)
        if problem is None:
            return answer
        typer.echo(problem)


def _validated(question: Question, given: str | None) -> str:
    """A valid answer from an option, or its default. Raises `UserError` if it is missing or invalid."""
    given = given if given is not None else question.default or None
    if given is None and not question.optional:
        raise UserError(
            f"Without a terminal, precis init needs --{question.key.replace('_', '-')}.",
            "See: precis init --help",
        )
    problem = question.problem_in(given or "")
    if problem is not None:
        raise UserError(problem)
    return given or ""


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"Cannot read a password or a secret from {path}.", "Choose a text file that you can read."
        ) from error
