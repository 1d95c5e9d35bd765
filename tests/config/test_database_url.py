"""`[bot] database` with the URL of a PostgreSQL database, and its password."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.core.database_location import PostgresUrl
from bot.core.errors import ConfigError

ACCOUNT = """
[lemmy.main]
server = "https://lemmy.example"
username = "precis"
communities = ["news"]
"""
ENVIRON = {"PRECIS_LEMMY_MAIN_PASSWORD": "right"}
URL = "postgresql://precis@db.example:5433/precis"


def read(folder: Path, settings: str, environ: Mapping[str, str] = ENVIRON) -> Config:
    path = folder / "config.toml"
    path.write_text(f'[bot]\nowner = "you@example.org"\n{settings}\n{ACCOUNT}', encoding="utf-8")
    path.chmod(0o600)
    return load(path, environ)


@pytest.mark.parametrize(
    "url",
    [
        URL,
        "postgres://db.example/precis",
        "postgresql:///precis",
        "postgresql:///precis?host=/run/postgresql",
        "postgresql://precis@db1.example,db2.example/precis?target_session_attrs=read-write",
    ],
)
def test_a_url_is_taken_as_it_is(tmp_path: Path, url: str) -> None:
    bot = read(tmp_path, f'database = "{url}"').bot
    assert bot.database == PostgresUrl(url)
    assert bot.state_files == tmp_path / "precis"


def test_the_files_of_a_server_are_in_the_folder_that_is_set(tmp_path: Path) -> None:
    bot = read(tmp_path, f'database = "{URL}"\nstate_folder = "state"').bot
    assert bot.state_files == tmp_path / "state" / "precis"


def test_the_files_of_a_file_are_beside_it(tmp_path: Path) -> None:
    bot = read(tmp_path, 'database = "data/x.db"\nstate_folder = "state"').bot
    assert bot.state_files == bot.database == tmp_path / "data" / "x.db"


def test_the_password_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    secret = tmp_path / "database.password"
    secret.write_text("s3cret\n")
    secret.chmod(0o600)
    from_file = read(tmp_path, f'database = "{URL}"\ndatabase_password_file = "database.password"')
    from_environment = read(
        tmp_path, f'database = "{URL}"', {**ENVIRON, "PRECIS_BOT_DATABASE_PASSWORD": "s3cret"}
    )
    for config in (from_file, from_environment):
        database = config.bot.database
        assert isinstance(database, PostgresUrl)
        assert database.password == "s3cret"
        assert "s3cret" in config.secrets()
        assert "s3cret" not in f"{database} {database!r} {config!r}"


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            'database = "postgresql://precis:s3cret@db.example/precis"',
            "database must not contain the password; put it into a file and set database_password_file",
        ),
        ('database = "postgresql://db.example/precis?password=s3cret"', "must not contain the password"),
        ('database = "postgresql://db.example"', "must be a file or the URL of a database, such as"),
        ('database = "postgresql://db.example/pre cis"', "must be a file or the URL of a database"),
        ('database = "postgresql://[/precis"', ":3: [bot] database "),
        (
            'database_password = "s3cret"',
            ":3: [bot] database_password has no effect without the URL of a database; set database too",
        ),
    ],
)
def test_a_wrong_setting_is_explained_without_the_password(
    tmp_path: Path, settings: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, settings)
    assert problem in wrong.value.message
    assert "s3cret" not in wrong.value.message
    assert "\n" not in wrong.value.message
