"""Every error of the user exits with a code and a line with a remedy, never with a traceback."""

from __future__ import annotations

import random
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.loopback_server import LoopbackServer, Response
from bot.store import Database
from bot.store.daemon_lock import daemon_lock
from tests.cli.conftest import Done, Precis, write_config

GOOD = """
[bot]
owner = "me@example.org"

[lemmy.main]
server = "{server}"
username = "precis"
{password}
communities = ["news"]
"""
UNREACHABLE = "http://127.0.0.1:9"  # the discard port: nothing listens there


def error_output(done: Done, code: int = 1) -> str:
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done.stderr


def test_four_errors_are_four_lines_with_line_numbers_and_remedies(precis: Precis, tmp_path: Path) -> None:
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
    lines = error_output(precis("check")).strip().splitlines()
    assert [line.split(":")[1] for line in lines] == ["5", "9", "14", "15"]
    assert "5 seconds" in lines[0]
    assert 'did you mean "username"' in lines[1]
    assert "15" in lines[2]
    assert "paragraphs" in lines[3]
    assert "secret" not in "".join(lines)


def test_a_missing_file(precis_process: Precis) -> None:
    output = error_output(precis_process("run", "--config", "nowhere.toml"))
    assert "nowhere.toml" in output
    assert "precis init" in output


def test_a_missing_password_names_the_ways_to_give_one(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server="https://lemmy.example", password=""))
    output = error_output(precis("run"))
    assert "PRECIS_LEMMY_MAIN_PASSWORD" in output
    assert "password_file" in output


def test_check_reports_a_server_that_is_down(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=UNREACHABLE, password='password = "x"'))
    done = precis("check")
    output = error_output(done)
    assert "127.0.0.1:9" in done.stdout
    assert "cannot be reached" in " ".join(done.stdout.split())
    assert "1 of 5 checks failed" in output
    assert output.splitlines()[-1].endswith("The lines with ✗ say how to fix them.")
    (server,) = [line for line in done.stdout.splitlines() if " server: " in line]
    assert server.startswith("✗ server: 127.0.0.1:9 cannot be reached")
    assert "retry" not in output  # the attempts are not reported one by one


def test_a_server_that_is_down_is_reported_once_in_the_log_and_in_status(
    precis: Precis, tmp_path: Path
) -> None:
    write_config(tmp_path, GOOD.format(server=UNREACHABLE, password='password = "x"'))
    done = precis("run", "--once")
    assert done.returncode == 75
    assert done.stderr.count("poll failed") == 1
    assert "Nothing could be polled: 127.0.0.1:9 cannot be reached" in done.stderr
    assert "127.0.0.1:9" in precis("status").stdout


def test_a_second_daemon_on_one_database(precis_process: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=UNREACHABLE, password='password = "x"'))
    with daemon_lock(tmp_path / "precis.db"):
        output = error_output(precis_process("run"), 75)
    assert "Another precis daemon is already running" in output
    assert "set another database for this one" in output


def test_run_once_with_a_wrong_password_is_an_error_of_the_user(precis: Precis, tmp_path: Path) -> None:
    with LemmySandbox() as lemmy:
        lemmy.state.add_person("precis", password="right")
        lemmy.state.add_community("news")
        write_config(tmp_path, GOOD.format(server=lemmy.url, password='password = "wrong"'))
        output = error_output(precis("run", "--once"))
    assert "Nothing could be polled" in output
    assert "password" in output.splitlines()[-1]


def free_pair_of_ports() -> int:
    """The first of two free ports that the system gives to no program that asks for any port."""
    for port in random.sample(range(20_000, 32_000, 2), 100):
        with ExitStack() as both, suppress(UserError):
            for each in (port, port + 1):
                both.enter_context(LoopbackServer(lambda request: Response(), each))
            return port
    raise AssertionError("No two ports are free.")


@pytest.mark.parametrize("taken", [0, 1])
def test_the_sandbox_names_the_port_that_is_taken(precis: Precis, taken: int) -> None:
    port = free_pair_of_ports()
    with LoopbackServer(lambda request: Response(), port + taken) as server:
        output = error_output(precis("sandbox", "--port", str(port)))
    assert f"Port {server.port} on 127.0.0.1 cannot be used: Address already in use." in output
    assert f"--port; {port} stands for {port} and {port + 1}" in output


def test_the_demo_names_the_port_of_an_earlier_run_that_is_taken(precis: Precis, tmp_path: Path) -> None:
    with LoopbackServer(lambda request: Response()) as server:
        (tmp_path / "precis-demo").mkdir()
        (tmp_path / "precis-demo" / "port").write_text(str(server.port))
        output = error_output(precis("demo"))
    assert f"Port {server.port} on 127.0.0.1 cannot be used" in output
    assert "--store" in output


@pytest.mark.parametrize(
    "command",
    [
        ("history", "news@lemmy.example"),
        ("report", "news@lemmy.example"),
        ("posts",),
        ("posts", "--community", "nesw@lemmy.example"),
        ("export",),
        ("export", "--format", "json"),
        ("inbox",),
        ("opinions",),
        ("optouts",),
        ("status",),
    ],
)
def test_an_empty_list_is_not_an_error(precis: Precis, tmp_path: Path, command: tuple[str, ...]) -> None:
    write_config(tmp_path, GOOD.format(server="https://lemmy.example", password='password = "x"'))
    Database(tmp_path / "precis.db", utc_now()).close()
    done = precis(*command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout or command == ("export", "--format", "json")


@pytest.mark.parametrize("command", ["rules", "history", "report"])
def test_an_unknown_community_is_an_error(precis: Precis, tmp_path: Path, command: str) -> None:
    write_config(tmp_path, GOOD.format(server="https://lemmy.example", password='password = "x"'))
    Database(tmp_path / "precis.db", utc_now()).close()
    output = error_output(precis(command, "nesw@lemmy.example"))
    assert output == (
        "Precis does not know the community nesw@lemmy.example.\nDid you mean news@lemmy.example?\n"
    )


def test_rules_of_a_community_that_may_come_have_a_note(precis: Precis, tmp_path: Path) -> None:
    text = GOOD.format(server="https://lemmy.example", password='password = "x"')
    write_config(tmp_path, text.replace('communities = ["news"]', "everything = true"))
    Database(tmp_path / "precis.db", utc_now()).close()
    done = precis("rules", "boats@far.example")
    assert (done.returncode, done.stderr) == (
        0,
        "Note: Precis has not seen a post of boats@far.example yet.\n",
    )
    assert "max_per_day" in done.stdout


def test_values_get_suggestions(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server="https://lemmy.example", password='password = "x"'))
    assert "Did you mean sent?" in error_output(precis("posts", "--state", "snet"))
    assert "Did you mean: wall" in error_output(precis("posts", "--skipped", "wal"))


def test_status_before_the_first_run(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, GOOD.format(server=UNREACHABLE, password='password = "x"'))
    assert "precis run" in error_output(precis("status"))


def test_init_without_a_terminal_names_the_missing_option(precis: Precis, tmp_path: Path) -> None:
    assert "--owner" in error_output(precis("init"))
    assert list(tmp_path.iterdir()) == []


def test_init_from_options_writes_a_valid_config(precis: Precis, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("secret\n")
    done = precis(
        *("init", "--owner", "me@example.org", "--server", "lemmy.example", "--username", "precis"),
        *("--password-file", "pw", "--communities", "news, !tech@other.example"),
    )
    assert done.returncode == 0, done.stderr
    assert "precis check" in done.stdout
    assert "There is no database" in error_output(precis("status"))  # the settings themselves are fine
    assert "never overwrites" in error_output(precis("init"))


def test_a_command_that_does_not_exist(precis_process: Precis) -> None:
    done = precis_process("runn")
    assert done.returncode == 2  # the usual exit code for wrong usage
    assert "runn" in done.stderr


def test_a_lemmy_that_the_demo_does_not_have(precis: Precis) -> None:
    assert "--lemmy 0.19 or --lemmy 1.0" in error_output(precis("demo", "--lemmy", "0.18"))
