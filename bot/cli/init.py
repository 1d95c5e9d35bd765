"""`precis init`: a first settings file, from a few questions or from options."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from bot.config import FIRST_ACCOUNT_NAME, Question, ask_all, write_first_config
from bot.config.secrets import environment_variable
from bot.core.errors import UserError


def run_init(path: Path, given: Mapping[str, str | None], secrets: Mapping[str, Path | None]) -> None:
    """Ask for what no option gave, write the files and say what comes next; raises `UserError`.

    `given` are answers and `secrets` files with answers, by the keys of the questions.
    """
    if path.exists():
        raise UserError(
            f"{path} is already there; precis init never overwrites.", "Name another with --config."
        )
    known = {**given, **{key: _read(file) for key, file in secrets.items() if file is not None}}
    answers = ask_all(lambda question, platform: _answer(question, platform, known.get(question.key)))
    for written in write_first_config(answers, path):
        typer.echo(f"Wrote {written}.")
    typer.echo(f"Now see whether all is well: precis check --config {path}")


def _answer(question: Question, platform: str, given: str | None) -> str:
    if given is not None or not sys.stdin.isatty():
        return _checked(question, given)
    typer.echo(
        f"\n{question.help.format(variable=environment_variable(platform, FIRST_ACCOUNT_NAME, question.key))}"
    )
    while True:
        default = question.default if question.default or question.optional else None
        answer: str = typer.prompt(
            question.prompt, default=default, show_default=bool(default), hide_input=question.secret
        )
        mistake = question.problem_in(answer)
        if mistake is None:
            return answer
        typer.echo(mistake)


def _checked(question: Question, given: str | None) -> str:
    """An answer from an option; without a terminal there is nobody to ask again."""
    given = given if given is not None else question.default or None
    if given is None and not question.optional:
        raise UserError(
            f"Without a terminal, precis init needs --{question.key.replace('_', '-')}.",
            "See: precis init --help",
        )
    mistake = question.problem_in(given or "")
    if mistake is not None:
        raise UserError(mistake)
    return given or ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"Cannot read a password or a secret from {path}.", "Give a text file that you may read."
        ) from error
