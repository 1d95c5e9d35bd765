"""Every mistake of a person ends in exit 1 and a line that says what to do, never in a traceback."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bot.store import daemon_lock
from tests.cli.conftest import Precis, write_config

GOOD = """
[bot]
owner = "me@example.org"

[lemmy.main]
server = "{server}"
username = "precis"
{password}
communities = ["news"]
"""
NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens there


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


def test_four_mistakes_are_four_lines_with_line_numbers_and_remedies(precis: Precis, tmp_path: Path) -> None:
    write_config(
        tmp_path,
        """[bot]
owner = "me@example.org"

[poll]
interval = "1s"

[lemmy.main]
server = "https://lemmy.example"
usernme = "precis"
password = "secret"
communities = ["news"]

[rules]
sentences = 99
layout = "poem"
""",
    )
    lines = refused(precis("check")).strip().splitlines()
    assert [line.split(":")[1] for line in lines] == ["5", "9", "14", "15"]
    assert "5 seconds" in lines[0]
    assert 'did you mean "username"' in lines[1]
    assert "15" in lines[2]
    assert "paragraphs" in lines[3]
    assert "secret" not in "".join(lines)


def test_a_file_that_is_not_there(precis: Precis) -> None:
    said = refused(precis("run", "--config", "nowhere.toml"))
    assert "nowhere.toml" in said
    assert "precis init" in said


def test_a_missing_password_names_the_ways_to_give_one(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server="https://lemmy.example", password=""))
    said = refused(precis("run"))
    assert "PRECIS_LEMMY_MAIN_PASSWORD" in said
    assert "password_file" in said


def test_a_server_that_is_down_is_said_in_check(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=NOBODY, password='password = "x"'))
    done = precis("check")
    said = refused(done)
    assert "127.0.0.1:9" in done.stdout
    assert "cannot be reached" in " ".join(done.stdout.split())
    assert "need you" in said
    assert said.splitlines()[-1].endswith("what to do stands in the table.")
    assert "retry" not in said  # the tries are not told one by one


def test_a_server_that_is_down_is_said_once_in_the_log_and_in_status(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=NOBODY, password='password = "x"'))
    done = precis("run", "--once")
    assert done.returncode == 0
    assert done.stderr.count("poll failed") == 1
    assert "127.0.0.1:9" in precis("status").stdout


def test_a_second_daemon_on_one_database(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=NOBODY, password='password = "x"'))
    with daemon_lock(tmp_path / "precis.db"):
        said = refused(precis("run"))
    assert "Another precis daemon is already running" in said
    assert "database of its own" in said


def test_status_before_the_first_run(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=NOBODY, password='password = "x"'))
    assert "precis run" in refused(precis("status"))


def test_init_without_a_terminal_says_which_option_is_missing(precis: Precis, tmp_path: Path) -> None:
    assert "--owner" in refused(precis("init"))
    assert list(tmp_path.iterdir()) == []


def test_init_from_options_writes_a_config_that_holds(precis: Precis, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("secret\n")
    done = precis(
        *("init", "--owner", "me@example.org", "--server", "lemmy.example", "--username", "precis"),
        *("--password-file", "pw", "--communities", "news, !tech@other.example"),
    )
    assert done.returncode == 0, done.stderr
    assert "precis check" in done.stdout
    assert "There is no database" in refused(precis("status"))  # the settings themselves are fine
    assert "never overwrites" in refused(precis("init"))


def test_a_command_that_does_not_exist(precis: Precis) -> None:
    done = precis("runn")
    assert done.returncode == 2  # what command lines use for a call that cannot be read
    assert "runn" in done.stderr


def test_a_lemmy_that_the_demo_does_not_have(precis: Precis) -> None:
    assert "--lemmy 0.19 or --lemmy 1.0" in refused(precis("demo", "--lemmy", "0.18"))
