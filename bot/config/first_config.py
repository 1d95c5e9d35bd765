"""Writes a first settings file from the answers to a few questions.

The text is config.example.toml with the answers inserted, so that the file explains every setting.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from bot.config.init_questions import EVERYTHING, Answers, problems_in, split_list
from bot.config.loader import parse
from bot.config.secrets import SecretsContext, environment_variable
from bot.config.setting_types import to_toml
from bot.core.errors import UserError

FIRST_ACCOUNT_NAME = "main"
"""The name of the first account."""


def first_config_text(answers: Answers) -> str:
    """The text of a first config.toml. The answers must be valid."""
    text = files("bot.config").joinpath("example.toml").read_text(encoding="utf-8")
    text = _insert_answers(text, {"owner": f"owner = {to_toml(answers.owner.strip())}"})
    begin, end = _table_span(text, "[lemmy.main]")
    if answers.normalized_platform == "reddit":
        text = text[:begin] + _commented_out(text[begin:end]) + text[end:]
        begin, end = _table_span(text, "# [reddit.second]")
        section = text[begin:end].replace("# [reddit.second]", f"[reddit.{FIRST_ACCOUNT_NAME}]")
        return text[:begin] + _insert_answers(section, _reddit_lines(answers)) + text[end:]
    section = _insert_answers(text[begin:end], _fediverse_lines(answers))
    platform = answers.normalized_platform
    section = section.replace("lemmy.main", f"{platform}.main").replace("lemmy-main", f"{platform}-main")
    section = section.replace("LEMMY_MAIN", f"{platform.upper()}_MAIN")
    return text[:begin] + section + text[end:]


def _table_span(text: str, header: str) -> tuple[int, int]:
    """The start and the end of a table. It ends at the first blank line."""
    begin = text.index(f"\n{header}\n") + 1
    return begin, text.index("\n\n", begin)


def _commented_out(section: str) -> str:
    return re.sub(r"^(?=\[|\w+ = )", "# ", section, flags=re.MULTILINE)


def _insert_answers(section: str, lines: Mapping[str, str]) -> str:
    """Replace the first line of each setting, commented out or not, with the answer."""
    for key, line in lines.items():
        found = re.search(rf"^(# )?{key} = .*$", section, flags=re.MULTILINE)
        assert found is not None  # a test writes a file for each platform
        section = section[: found.start()] + line + section[found.end() :]
    return section


def _fediverse_lines(answers: Answers) -> dict[str, str]:
    communities = split_list(answers.communities)
    watched = {"communities": f"communities = {to_toml(communities)}"}
    if communities == EVERYTHING:
        watched = {"communities": "everything = true"}
    return {
        "server": f"server = {to_toml(answers.server.strip())}",
        "username": f"username = {to_toml(answers.username.strip())}",
        "password_file": _file_line(answers, "password"),
        **watched,
    }


def _reddit_lines(answers: Answers) -> dict[str, str]:
    return {
        "client_id": f"client_id = {to_toml(answers.client_id.strip())}",
        "client_secret_file": _file_line(answers, "client_secret"),
        "operator": f"operator = {to_toml(answers.operator.strip())}",
        "username": f"username = {to_toml(answers.username.strip())}",
        "password_file": _file_line(answers, "password"),
        "subreddits": f"subreddits = {to_toml(split_list(answers.subreddits))}",
    }


def _file_line(answers: Answers, secret: str) -> str:
    sign = "" if getattr(answers, secret) else "# "
    return f"{sign}{secret}_file = {to_toml(_file_name(answers, secret))}"


def _file_name(answers: Answers, secret: str) -> str:
    return f"{answers.normalized_platform}-{FIRST_ACCOUNT_NAME}.{secret}"


def _secrets(answers: Answers) -> Iterator[tuple[str, str]]:
    """The name and value of each secret of the platform."""
    if answers.normalized_platform == "reddit":
        yield "client_secret", answers.client_secret
    yield "password", answers.password


def write_first_config(answers: Answers, path: Path) -> tuple[Path, ...]:
    """Write a first settings file to `path`, and secrets to files beside it that only the owner can read.

    Returns the files written. Raises `UserError` if an answer is invalid, or if one of the files exists
    or cannot be written. Then nothing is changed.
    """
    if problems := problems_in(answers):
        raise UserError("\n".join(problems), "Nothing was written. Correct the answers and try again.")
    text, contents, environ = first_config_text(answers), {}, {}
    for secret, value in _secrets(answers):
        environ[environment_variable(answers.normalized_platform, FIRST_ACCOUNT_NAME, secret)] = (
            value or "placeholder"
        )
        if value:
            contents[path.parent / _file_name(answers, secret)] = f"{value}\n"
    parse(text, SecretsContext(path, environ))
    _write_all({path: text, **contents})
    return (path, *contents)


def _write_all(contents: Mapping[Path, str]) -> None:
    """Write all files or none: on a failure, delete the files that were written."""
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
        raise _write_error(error) from error


def _write_error(error: OSError) -> UserError:
    if isinstance(error, FileExistsError):
        return UserError(
            f"{error.filename} already exists; nothing was written.",
            "Edit it, move it to another folder, or choose another settings file with --config.",
        )
    return UserError(
        f"{error.filename} cannot be written: {error.strerror}; nothing was written.",
        "Choose another settings file with --config.",
    )
