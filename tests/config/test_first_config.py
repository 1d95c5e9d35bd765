from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from bot.config import load
from bot.config.first_config import first_config_text, write_first_config
from bot.config.init_questions import PLATFORMS, QUESTIONS, Answers, problems_in, questions_for
from bot.config.loader import parse
from bot.config.secrets import SecretsContext
from bot.core.errors import UserError
from bot.core.models import Source

ANSWERS = Answers(
    owner="me@example.org",
    server="Lemmy.Example",
    username="precis",
    password='pa"ss w\\ord',
    communities="news, !tech@other.example  art",
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_written_file_loads_with_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert write_first_config(ANSWERS, path) == (path, tmp_path / "lemmy-main.password")
    config = load(path, {})
    account = config.lemmy["main"]
    assert config.bot.owner == "me@example.org"
    assert (account.server, account.username) == ("https://lemmy.example", "precis")
    assert account.password.get_secret_value() == 'pa"ss w\\ord'
    assert config.sources() == tuple(
        Source("main", name) for name in ("news@lemmy.example", "tech@other.example", "art@lemmy.example")
    )


def test_only_the_owner_can_read_the_files(tmp_path: Path) -> None:
    for path in write_first_config(ANSWERS, tmp_path / "config.toml"):
        assert mode(path) == 0o600
    assert "pa" + '"ss' not in (tmp_path / "config.toml").read_text()


def test_the_written_file_has_the_comments_of_the_example() -> None:
    example = (Path(__file__).parents[2] / "config.example.toml").read_text().splitlines()
    written = first_config_text(ANSWERS).splitlines()
    changed = [new.split(" = ")[0] for old, new in zip(example, written, strict=True) if old != new]
    assert changed == ["owner", "server", "communities"]  # the other answers are those of the example


def test_without_a_password_it_comes_from_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert write_first_config(replace(ANSWERS, password=""), path) == (path,)
    with pytest.raises(UserError, match="PRECIS_LEMMY_MAIN_PASSWORD"):
        load(path, {})
    config = load(path, {"PRECIS_LEMMY_MAIN_PASSWORD": "env"})
    assert config.lemmy["main"].password.get_secret_value() == "env"


def test_everything(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    write_first_config(replace(ANSWERS, communities=" * "), path)
    assert load(path, {}).sources() == (Source("main", None),)


@pytest.mark.parametrize("name", ["config.toml", "lemmy-main.password"])
def test_nothing_is_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserError, match=f"{name} already exists") as caught:
        write_first_config(ANSWERS, tmp_path / "config.toml")
    assert caught.value.remedy
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written: No such file or directory; nothing was written"):
        write_first_config(ANSWERS, tmp_path / "no" / "config.toml")


def test_every_invalid_answer_is_reported(tmp_path: Path) -> None:
    wrong = Answers(
        owner="", server="http://x.example", username="a@b", password="a\nb", communities="news, a@b@c"
    )
    with pytest.raises(UserError) as caught:
        write_first_config(wrong, tmp_path / "config.toml")
    lines = caught.value.message.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        question.prompt for question in questions_for("lemmy")[1:]
    ]
    assert not list(tmp_path.iterdir())


def test_one_question_for_each_answer() -> None:
    asked = {platform: [question.key for question in questions_for(platform)] for platform in PLATFORMS}
    assert asked["lemmy"] == ["platform", "owner", "server", "username", "password", "communities"]
    assert asked["piefed"] == asked["lemmy"]
    assert asked["reddit"][-1] == "subreddits"
    assert {question.key for question in QUESTIONS} == {field.name for field in fields(Answers)}
    secrets = ["client_secret", "password"]
    assert [question.key for question in QUESTIONS if question.secret] == secrets
    assert [question.key for question in QUESTIONS if question.problem_in("") is None] == secrets


REDDIT = Answers(
    owner="me@example.org",
    platform=" Reddit ",
    client_id="AbC-1",
    client_secret="s3cret",
    operator="u/owner_name",
    username="precis_bot",
    password="right",
    subreddits="r/News, worldnews",
)


def test_a_first_file_for_reddit(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    written = write_first_config(REDDIT, path)
    assert [file.name for file in written] == [
        "config.toml",
        "reddit-main.client_secret",
        "reddit-main.password",
    ]
    config = load(path, {})
    account = config.reddit["main"]
    assert not config.lemmy
    assert (account.client_id, account.operator, account.username) == ("AbC-1", "owner_name", "precis_bot")
    assert account.client_secret.get_secret_value() == "s3cret"
    assert config.sources() == (Source("main", "news"), Source("main", "worldnews"))


def test_a_first_file_for_reddit_without_its_secrets(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert write_first_config(replace(REDDIT, client_secret="", password=""), path) == (path,)
    environ = {"PRECIS_REDDIT_MAIN_PASSWORD": "a", "PRECIS_REDDIT_MAIN_CLIENT_SECRET": "b"}
    assert load(path, environ).reddit["main"].client_secret.get_secret_value() == "b"


def test_a_first_file_for_piefed(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    written = write_first_config(replace(ANSWERS, platform="piefed"), path)
    assert [file.name for file in written] == ["config.toml", "piefed-main.password"]
    config = load(path, {})
    assert not config.lemmy
    assert config.piefed["main"].server == "https://lemmy.example"
    assert "PRECIS_PIEFED_MAIN_PASSWORD" in path.read_text()


def test_an_unknown_platform() -> None:
    (only,) = problems_in(replace(ANSWERS, platform="mastodon"))
    assert only == f"Platform: this must be one of {', '.join(PLATFORMS)}."


@given(st.builds(Answers, *[st.text(max_size=20)] * 5))
def test_valid_answers_give_a_file_that_loads(drawn: Answers) -> None:
    answers = replace(drawn, server="lemmy.example", communities="news")
    if problems_in(answers):
        answers = replace(answers, owner="me@example.org", username='"\\', password="'")
    config = parse(
        first_config_text(answers), SecretsContext(Path("config.toml"), {"PRECIS_LEMMY_MAIN_PASSWORD": "x"})
    )
    assert config.bot.owner == answers.owner.strip()
    assert config.lemmy["main"].username == answers.username.strip()
