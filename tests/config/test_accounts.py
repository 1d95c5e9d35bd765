"""Accounts on several platforms, and the ways to log in on Reddit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.config import load
from bot.config.setting_types import RedditorName, SubredditName
from bot.core.errors import ConfigError
from bot.core.models import Source
from tests.config.conftest import ENVIRON, HEAD, MINIMAL

APP = 'client_id = "app-1"\noperator = "/u/Me_Myself"\nsubreddits = ["r/News", "news", "WorldNews"]\n'
REDDIT = f"[reddit.second]\n{APP}"
SECRETS = {"PRECIS_REDDIT_SECOND_CLIENT_SECRET": "app-s3cret"}
BY_PASSWORD = SECRETS | {"PRECIS_REDDIT_SECOND_PASSWORD": "s3cret"}
BY_TOKEN = SECRETS | {"PRECIS_REDDIT_SECOND_REFRESH_TOKEN": "t0ken"}


def problems(path: Path, text: str, environ: dict[str, str]) -> tuple[str, ...]:
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(path, ENVIRON | environ)
    return caught.value.problems


def test_both_platforms_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL + REDDIT + 'username = "u/precis_bot"\n[rules.News]\nwords = 50\n')
    config = load(path, ENVIRON | BY_PASSWORD)
    assert config.sources() == (
        Source("main", "news@lemmy.example"),
        Source("second", "news"),
        Source("second", "worldnews"),
    )
    assert config.reddit["second"].adapter_arguments() == {
        "client_id": "app-1",
        "client_secret": "app-s3cret",
        "operator": "Me_Myself",
        "username": "precis_bot",
        "password": "s3cret",
        "refresh_token": "",
        "subreddits": ("news", "worldnews"),
    }
    assert config.rules_for("news").words == 50
    assert config.rules_for("news@lemmy.example").words == 100


def test_a_refresh_token_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(HEAD + REDDIT)
    connection = load(path, BY_TOKEN).reddit["second"].adapter_arguments()
    assert (connection["refresh_token"], connection["password"]) == ("t0ken", "")


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(HEAD + REDDIT)
    config = load(path, BY_TOKEN)
    assert "t0ken" not in f"{config!r} {config.model_dump_json()}"


@pytest.mark.parametrize(
    ("environ", "more", "message"),
    [
        (SECRETS, "", "password is missing; set username and password_file, or refresh_token_file"),
        (BY_PASSWORD, "", "username is missing; set it to the name of the bot's account"),
        (BY_PASSWORD | BY_TOKEN, "", "refresh_token is set together with a password; remove one of them"),
        (BY_TOKEN, 'refresh_tokens = "x"', 'refresh_tokens is not a setting; did you mean "refresh_token"?'),
    ],
)
def test_exactly_one_way_to_log_in(tmp_path: Path, environ: dict[str, str], more: str, message: str) -> None:
    (problem,) = problems(tmp_path / "config.toml", HEAD + REDDIT + more, environ)
    assert problem.endswith(f"[reddit.second] {message}")


def test_the_app_needs_its_secret(tmp_path: Path) -> None:
    environ = {"PRECIS_REDDIT_SECOND_REFRESH_TOKEN": "t0ken"}
    (problem,) = problems(tmp_path / "config.toml", HEAD + REDDIT, environ)
    assert "client_secret is missing" in problem
    assert "PRECIS_REDDIT_SECOND_CLIENT_SECRET" in problem


def test_account_names_are_unique_across_platforms(tmp_path: Path) -> None:
    text = MINIMAL + f"[reddit.main]\n{APP}"
    environ = {name.replace("SECOND", "MAIN"): value for name, value in BY_TOKEN.items()}
    (problem,) = problems(tmp_path / "config.toml", text, environ)
    assert (
        problem == ":7: [reddit.main] has the same name as [lemmy.main]; give each account a different name"
    )


@pytest.mark.parametrize("written", ["News", "r/news", "/r/news/", "https://www.reddit.com/r/News/"])
def test_valid_subreddits(written: str) -> None:
    made: Any = TypeAdapter(SubredditName).validate_python(written)
    assert made == "news"


@pytest.mark.parametrize("written", ["", "a+b", "news@a.example", "all", "r/popular", "a b", "é", "x" * 22])
def test_invalid_subreddits(written: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SubredditName).validate_python(written)


@pytest.mark.parametrize("written", ["", "u/", "me@example.org", "a\nb", "x" * 21])
def test_invalid_redditors(written: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(RedditorName).validate_python(written)
