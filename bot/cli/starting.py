"""`precis init`: a first settings file, from five questions or from options."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from bot.config import QUESTIONS, Answers, Question, write_first_config
from bot.errors import UserError


def write_first(
    path: Path,
    owner: str | None,
    server: str | None,
    username: str | None,
    password_file: Path | None,
    communities: str | None,
) -> None:
    """Ask for what no option gave, write the files and say what comes next; raises `UserError`."""
    if path.exists():
        raise UserError(
            f"{path} is already there; precis init never overwrites.", "Name another with --config."
        )
    given = {
        "owner": owner,
        "server": server,
        "username": username,
        "password": _read(password_file) if password_file else None,
        "communities": communities,
    }
    answers = {question.key: _answer(question, given[question.key]) for question in QUESTIONS}
    for written in write_first_config(Answers(**answers), path):
        typer.echo(f"Wrote {written}.")
    typer.echo(f"Now see whether all is well: precis check --config {path}")


def _answer(question: Question, given: str | None) -> str:
    if given is not None or not sys.stdin.isatty():
        return _checked(question, given)
    if question.help:
        typer.echo(f"\n{question.help}")
    while True:
        default = "" if question.optional else None
        answer: str = typer.prompt(
            question.prompt, default=default, show_default=False, hide_input=question.secret
        )
        mistake = question.mistake(answer)
        if mistake is None:
            return answer
        typer.echo(mistake)


def _checked(question: Question, given: str | None) -> str:
    """An answer from an option; without a terminal there is nobody to ask again."""
    if given is None and not question.optional:
        raise UserError(
            f"Without a terminal, precis init needs --{question.key.replace('_', '-')}.",
            "See: precis init --help",
        )
    mistake = question.mistake(given or "")
    if mistake is not None:
        raise UserError(mistake)
    return given or ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"Cannot read the password from {path}.", "Give a text file that you may read."
        ) from error
