from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load
from bot.core.errors import ConfigError
from tests.config.conftest import MINIMAL

VARIABLE = "PRECIS_LEMMY_MAIN_PASSWORD"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def password(config: Path, line: str = "", mode: int = 0o600, **environ: str) -> str:
    """The password from a settings file with `line` in its account table."""
    write(config, MINIMAL + line, mode)
    return load(config, environ).lemmy["main"].password.get_secret_value()


def problem(config: Path, line: str = "", mode: int = 0o600, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        password(config, line, mode, **environ)
    (only,) = caught.value.problems
    return only


def test_from_the_file_itself(config: Path) -> None:
    assert password(config, "password = 'here'") == "here"


def test_from_a_file_in_the_same_folder(config: Path) -> None:
    write(config.with_name("pw"), " from a file \r\n")
    assert password(config, "password_file = 'pw'") == " from a file "


def test_from_the_environment(config: Path) -> None:
    assert password(config, **{VARIABLE: "env"}) == "env"


def test_from_a_file_that_the_environment_names(config: Path, tmp_path: Path) -> None:
    named = write(tmp_path / "named", "env file\n")
    assert password(config, **{f"{VARIABLE}_FILE": f"{named}"}) == "env file"


def test_from_systemd(config: Path, tmp_path: Path) -> None:
    write(tmp_path / "lemmy-main-password", "credential\n", mode=0o440)
    assert password(config, CREDENTIALS_DIRECTORY=f"{tmp_path}") == "credential"


def test_the_environment_wins(config: Path, tmp_path: Path) -> None:
    named = write(tmp_path / "named", "env file")
    write(tmp_path / "lemmy-main-password", "credential")
    line = "password = 'here'"
    ways = {VARIABLE: "env", f"{VARIABLE}_FILE": f"{named}", "CREDENTIALS_DIRECTORY": f"{tmp_path}"}
    won = []
    for way in (*ways, None):
        won.append(password(config, line, **ways))
        ways.pop(way or "", None)
    assert won == ["env", "env file", "credential", "here"]


def test_an_empty_variable_is_ignored(config: Path) -> None:
    assert password(config, "password = 'here'", **{VARIABLE: "", f"{VARIABLE}_FILE": ""}) == "here"


def test_a_missing_secret_is_reported_with_all_ways(config: Path) -> None:
    message = problem(config)
    assert message.startswith(":3: [lemmy.main] password is missing; ")
    for way in ('password_file = "lemmy-main.password"', VARIABLE, f"{VARIABLE}_FILE", "lemmy-main-password"):
        assert way in message


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused(config: Path, mode: int) -> None:
    path = write(config.with_name("pw"), "x", mode)
    assert problem(config, "password_file = 'pw'") == (
        f":7: [lemmy.main] password_file names {path}, which other users can read; run chmod 600 {path}"
    )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_password_in_a_config_that_others_can_read_is_refused(config: Path, mode: int) -> None:
    assert problem(config, "password = 'here'", mode) == (
        f":7: [lemmy.main] password is in a file that other users can read; run chmod 600 {config}"
    )


def test_a_config_without_secrets_may_be_read_by_all(config: Path) -> None:
    assert password(config, mode=0o644, **{VARIABLE: "env"}) == "env"


def test_password_and_password_file_in_one_table(config: Path) -> None:
    write(config.with_name("pw"), "x")
    assert problem(config, "password = 'here'\npassword_file = 'pw'") == (
        ":7: [lemmy.main] password is set together with password_file; remove one of them"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "which must contain the secret on one line and nothing else"),
        (b"\n", "which must contain the secret on one line and nothing else"),
        (b"one\ntwo\n", "which must contain the secret on one line and nothing else"),
        (b"\xff\xfe", "which is not UTF-8 text"),
    ],
)
def test_files_without_a_secret(config: Path, content: bytes, message: str) -> None:
    path = write(config.with_name("pw"), "")
    path.write_bytes(content)
    assert (
        problem(config, "password_file = 'pw'") == f":7: [lemmy.main] password_file names {path}, {message}"
    )


def test_a_missing_file(config: Path) -> None:
    assert problem(config, "password_file = 'pw'") == (
        f":7: [lemmy.main] password_file names {config.with_name('pw')}, "
        "which cannot be read: No such file or directory"
    )


def test_a_folder_instead_of_a_file(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    message = problem(config, **{f"{VARIABLE}_FILE": f"{folder}"})
    assert message == f":3: [lemmy.main] password names {folder}, which cannot be read: Is a directory"


def test_an_invalid_path(config: Path) -> None:
    assert problem(config, "password_file = 3") == (
        ":7: [lemmy.main] password_file must be the path of a file, in quotes, not 3; "
        'use for example password_file = "lemmy-main.password"'
    )


def test_an_empty_password(config: Path) -> None:
    assert problem(config, "password = ''") == ":7: [lemmy.main] password must not be empty"


def test_a_misspelled_name_is_one_problem(config: Path) -> None:
    message = problem(config, "pasword_file = 'pw'")
    assert message == ':7: [lemmy.main] pasword_file is not a setting; did you mean "password_file"?'


def test_an_invalid_account_name_is_not_used_for_files_and_variables(config: Path) -> None:
    text = '[lemmy."../\\u001b[31m"]\nserver = "https://lemmy.example"\n'
    with pytest.raises(ConfigError) as caught:
        load(write(config, text), {"CREDENTIALS_DIRECTORY": "/"})
    assert not any("password" in problem for problem in caught.value.problems)
    assert all(problem.isprintable() for problem in caught.value.problems)
