"""The first settings file: five questions, and what is written with their answers.

The text is config.example.toml itself with the answers put in, so that whoever opens the file later
finds every setting explained.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, TypeAdapter, ValidationError

from bot.config.reading import parse
from bot.config.secrets import Context, variable
from bot.config.values import CommunityName, Contact, ServerAddress, UserName, as_toml
from bot.errors import UserError
from bot.rules.values import refusal

ACCOUNT = "main"
"""The name that the first account gets."""
PASSWORD_FILE = f"lemmy-{ACCOUNT}.password"
EVERYTHING = ("*",)
"""The answer to the last question that stands for all posts."""
_PASSWORD_VARIABLE = variable("lemmy", ACCOUNT, "password")


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise refusal("must be on one line, without control characters")
    return value


_OneLine = Annotated[str, AfterValidator(_one_line)]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask. `mistake` says whether an answer will do."""

    key: str
    """The name of the answer, of a field of `Answers`, and with hyphens of a command line option."""
    prompt: str
    help: str
    form: TypeAdapter[Any]
    """What the answer, or each part of it, has to be."""
    secret: bool = False
    """Whether the answer must not be shown while it is typed."""
    optional: bool = False
    many: bool = False
    """Whether the answer is a list, separated by commas or spaces."""

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer, as a sentence; None when it will do."""
        parts = _listed(answer) if self.many else (answer if self.secret else answer.strip(),)
        if not answer.strip() or not parts:
            return None if self.optional else f"{self.prompt}: there has to be an answer."
        if self.many and parts == EVERYTHING:
            return None
        try:
            for part in parts:
                self.form.validate_python(part)
        except ValidationError as error:
            return f"{self.prompt}: this {error.errors()[0]['msg']}."
        return None


QUESTIONS = (
    Question(
        "owner",
        "Your contact",
        "A mail address or a page; the sites that Precis opens see it.",
        TypeAdapter(Contact),
    ),
    Question(
        "server",
        "Lemmy server",
        "The server of the bot's account, as https://lemmy.example",
        TypeAdapter(ServerAddress),
    ),
    Question(
        "username",
        "Name of the account",
        "The bot's own account, without the server.",
        TypeAdapter(UserName),
    ),
    Question(
        "password",
        "Its password",
        f"Goes into the file {PASSWORD_FILE}. Empty: you will set {_PASSWORD_VARIABLE} yourself.",
        TypeAdapter(_OneLine),
        secret=True,
        optional=True,
    ),
    Question(
        "communities",
        "Communities to watch",
        'As news@lemmy.example, separated by commas. "*" for everything that the server shows.',
        TypeAdapter(CommunityName),
        many=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What people answered, as they typed it; one field for each of `QUESTIONS`."""

    owner: str
    server: str
    username: str
    password: str
    communities: str


def mistakes_in(answers: Answers) -> tuple[str, ...]:
    """A sentence for each answer that will not do."""
    found = (question.mistake(getattr(answers, question.key)) for question in QUESTIONS)
    return tuple(sentence for sentence in found if sentence)


def first_config(answers: Answers) -> str:
    """The text of a first config.toml. The answers have to be without mistakes."""
    communities = _listed(answers.communities)
    lines = {
        "owner": f"owner = {as_toml(answers.owner.strip())}",
        "server": f"server = {as_toml(answers.server.strip())}",
        "username": f"username = {as_toml(answers.username.strip())}",
        "password_file": f"{'' if answers.password else '# '}password_file = {as_toml(PASSWORD_FILE)}",
        "communities": f"communities = {as_toml(communities)}",
    }
    if communities == EVERYTHING:
        lines["communities"] = "everything = true"
    text = files("bot.config").joinpath("example.toml").read_text(encoding="utf-8")
    return re.sub(r"^(\w+) = .*$", lambda line: lines[line[1]], text, flags=re.MULTILINE)


def write_first_config(answers: Answers, path: Path) -> tuple[Path, ...]:
    """Write a first settings file to `path`, and the password to a file beside it, for the owner's eyes only.

    Returns the files written. Raises `UserError` when an answer will not do, or when one of the files
    is there already or cannot be written; then nothing is changed.
    """
    if mistakes := mistakes_in(answers):
        raise UserError("\n".join(mistakes), "Nothing was written; please answer again.")
    text = first_config(answers)
    parse(text, Context(path, {_PASSWORD_VARIABLE: answers.password or "comes later"}))
    contents = {path: text}
    if answers.password:
        contents[path.parent / PASSWORD_FILE] = f"{answers.password}\n"
    _write_all(contents)
    return tuple(contents)


def _write_all(contents: Mapping[Path, str]) -> None:
    """All the files, or none: what was written before a failure is taken away again."""
    written: list[Path] = []
    try:
        for path, text in contents.items():
            with os.fdopen(
                os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
            ) as file:
                written.append(path)
                file.write(text)
    except OSError as error:
        for done in written:
            done.unlink(missing_ok=True)
        raise _refused(error) from error


def _refused(error: OSError) -> UserError:
    if isinstance(error, FileExistsError):
        return UserError(
            f"{error.filename} is there already; nothing was written.",
            "Edit it, or move it away, or name another settings file with --config.",
        )
    return UserError(
        f"{error.filename} cannot be written: {error.strerror}; nothing was written.",
        "Name another settings file with --config.",
    )


def _listed(answer: str) -> tuple[str, ...]:
    return tuple(answer.replace(",", " ").split())
