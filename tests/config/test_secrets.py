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
    """The password that a settings file with `line` in its account table leads to."""
    write(config, MINIMAL + line, mode)
    return load(config, environ).lemmy["main"].password.get_secret_value()


def problem(config: Path, line: str = "", mode: int = 0o600, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        password(config, line, mode, **environ)
    (only,) = caught.value.problems
    return only


def test_from_the_file_itself(config: Path) -> None:
    assert password(config, "password = 'here'") == "here"


def test_from_a_file_beside(config: Path) -> None:
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


def test_an_empty_variable_is_none(config: Path) -> None:
    assert password(config, "password = 'here'", **{VARIABLE: "", f"{VARIABLE}_FILE": ""}) == "here"


def test_none_at_all_names_all_ways(config: Path) -> None:
    told = problem(config)
    assert told.startswith(":3: [lemmy.main] password is missing; ")
    for way in ('password_file = "lemmy-main.password"', VARIABLE, f"{VARIABLE}_FILE", "lemmy-main-password"):
        assert way in told


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused(config: Path, mode: int) -> None:
    path = write(config.with_name("pw"), "x", mode)
    assert problem(config, "password_file = 'pw'") == (
        f":7: [lemmy.main] password_file names {path}, which others can read; run chmod 600 {path}"
    )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_password_in_a_config_that_others_can_read_is_refused(config: Path, mode: int) -> None:
    assert problem(config, "password = 'here'", mode) == (
        f":7: [lemmy.main] password stands in a file that others can read; run chmod 600 {config}"
    )


def test_a_config_without_secrets_may_be_read_by_all(config: Path) -> None:
    assert password(config, mode=0o644, **{VARIABLE: "env"}) == "env"


def test_both_ways_in_one_table(config: Path) -> None:
    write(config.with_name("pw"), "x")
    assert problem(config, "password = 'here'\npassword_file = 'pw'") == (
        ":7: [lemmy.main] password stands beside password_file; take one of the two out"
    )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "which must hold the secret on one line and nothing else"),
        (b"\n", "which must hold the secret on one line and nothing else"),
        (b"one\ntwo\n", "which must hold the secret on one line and nothing else"),
        (b"\xff\xfe", "which is not UTF-8 text"),
    ],
)
def test_a_file_that_holds_no_secret(config: Path, content: bytes, told: str) -> None:
    path = write(config.with_name("pw"), "")
    path.write_bytes(content)
    assert problem(config, "password_file = 'pw'") == f":7: [lemmy.main] password_file names {path}, {told}"


def test_a_file_that_is_not_there(config: Path) -> None:
    assert problem(config, "password_file = 'pw'") == (
        f":7: [lemmy.main] password_file names {config.with_name('pw')}, "
        "which cannot be read: No such file or directory"
    )


def test_a_folder_is_no_secret(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    told = problem(config, **{f"{VARIABLE}_FILE": f"{folder}"})
    assert told == f":3: [lemmy.main] password names {folder}, which cannot be read: Is a directory"


def test_a_path_that_is_none(config: Path) -> None:
    assert problem(config, "password_file = 3") == (
        ":7: [lemmy.main] password_file must be the path of a file, between quotes, not 3; "
        'write for example password_file = "lemmy-main.password"'
    )


def test_an_empty_password(config: Path) -> None:
    assert problem(config, "password = ''") == ":7: [lemmy.main] password must not be empty"


def test_a_slip_in_the_name_is_one_mistake(config: Path) -> None:
    told = problem(config, "pasword_file = 'pw'")
    assert told == ':7: [lemmy.main] pasword_file is not a setting; did you mean "password_file"?'


def test_a_wrong_name_of_an_account_names_no_file_and_no_variable(config: Path) -> None:
    text = '[lemmy."../\\u001b[31m"]\nserver = "https://lemmy.example"\n'
    with pytest.raises(ConfigError) as caught:
        load(write(config, text), {"CREDENTIALS_DIRECTORY": "/"})
    assert not any("password" in problem for problem in caught.value.problems)
    assert all(problem.isprintable() for problem in caught.value.problems)
