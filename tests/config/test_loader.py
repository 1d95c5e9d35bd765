# ruff: noqa: E501 - whole messages are easier to compare on one line
from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.config import load
from bot.core.errors import ConfigError
from tests.config.conftest import ACCOUNT, ENVIRON, HEAD, MINIMAL, Load, Mistakes


def test_all_problems_at_once_in_the_order_of_the_file(mistakes: Mistakes) -> None:
    text = """\
[bot]
owner = "you@example.org"
[poll]
interval = "1s"

[lemmy.main]
server = "https://lemmy.example"
usernme = "precis"
communities = [
  "news",
  # a comment
  "no good",
]
[rules."news@lemmy.example"]
layout = 'bulets'
"""
    assert mistakes(text) == (
        ':4: [poll] interval must be at least 5 seconds, not "1s"; use for example interval = "60s"',
        ':8: [lemmy.main] usernme is not a setting; did you mean "username"?',
        ':12: [lemmy.main] communities (item 2) must be the name of a community, not "no good"; use for example communities = ["news@lemmy.example"]',
        ':15: [rules."news@lemmy.example"] layout must be "paragraphs", "bullets" or "collapsed", not "bulets"; did you mean "bullets"?',
    )


def test_each_problem_begins_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL + "[pol]\n[lag]\n")
    with pytest.raises(ConfigError) as caught:
        load(path, ENVIRON)
    assert [line.split(" ")[0] for line in f"{caught.value}".splitlines()] == [f"{path}:7:", f"{path}:8:"]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ("[pol]", ":7: [pol] is not a table of settings; did you mean [poll]?"),
        ("[xyzzy]", ":7: [xyzzy] is not a table of settings"),
        ("[poll]\nintervall = 5", ':8: [poll] intervall is not a setting; did you mean "interval"?'),
        ("[poll]\nwords = 5", ":8: [poll] words is not a setting; did you mean words under [rules]?"),
        ("[poll]\nusername = 5", ":8: [poll] username is not a setting; did you mean username under [lemmy.NAME]?"),
        ("[poll]\nxyzzy = 5", ":8: [poll] xyzzy is not a setting"),
        ("[workers]\nprocesses = true", ":8: [workers] processes must be a whole number, not true; use for example processes = 2"),
        ("[workers]\nprocesses = 1.5", ":8: [workers] processes must be a whole number, not 1.5; use for example processes = 2"),
        ("[workers]\nprocesses = '2'", ':8: [workers] processes must be a whole number, not "2"; use for example processes = 2'),
        ("[workers]\nprocesses = 65", ":8: [workers] processes must be at most 64, not 65; use for example processes = 2"),
        ("[workers]\nprocesses = []", ":8: [workers] processes must be a whole number, not a list; use for example processes = 2"),
        ("[fetch]\nrobots = 'yes'", ':8: [fetch] robots must be true or false, not "yes"; use for example robots = true'),
        ("[fetch]\ntimeout = '20 sec'", ':8: [fetch] timeout must be a duration with a unit (s, m, h, d or w), not "20 sec"; use for example timeout = "20s"'),
        ("[log]\nlevel = 'loud'", ':8: [log] level must be "debug", "info", "warning" or "error", not "loud"; use for example level = "info"'),
        ("[rules]\nblock_domains = 'a.example'", ':8: [rules] block_domains must be a list in square brackets, not "a.example"; use for example block_domains = ["shop.example"]'),
        ("[rules]\nblock_domains = ['a b']", ':8: [rules] block_domains (item 1) contains characters that are not allowed, not "a b"; use for example block_domains = ["shop.example"]'),
        ("[rules.words]", ":7: [rules] words must be a whole number, not a table; use for example words = 100"),
        ("[rules.'a b']", ':7: [rules."a b"] must be the name of a community'),
        ("rules.'x@y.z' = 3", ':7: [lemmy.main] rules is not a setting'),
        ("[rules.'newz@lemmy.example']", ':7: [rules."newz@lemmy.example"] is not watched by any account; did you mean [rules."news@lemmy.example"]?'),
        ("[rules.'q@x.y']", ':7: [rules."q@x.y"] is not watched by any account; add it to the communities of an account, or remove this table'),
        ("[rules.'news@lemmy.example']\n[rules.'!news@lemmy.example']", ':8: [rules."!news@lemmy.example"] is the same community as "news@lemmy.example"; remove one of them'),
        ("[rules]\n'news@lemmy.example' = 3", ':8: [rules."news@lemmy.example"] must be a table; write [rules."news@lemmy.example"] and its settings below'),
        ("everything = true", ":7: [lemmy.main] everything cannot be true together with communities; remove one of them"),
        ("[[poll]]", ":7: [poll] must be a table; write [poll] and its settings below"),
        ("[lemmy]\nserver = 'x'\nusername = 'y'", ":8: [lemmy] has no account name; write [lemmy.main] and the settings below it"),
    ],
)  # fmt: skip
def test_one_problem(mistakes: Mistakes, wrong: str, problem: str) -> None:
    assert mistakes(MINIMAL + wrong) == (problem,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ACCOUNT, ":1: [bot] is missing; add this table with its settings"),
        ("[bot]\n" + ACCOUNT, ':1: [bot] owner is missing; use for example owner = "you@example.org"'),
        (HEAD, ":1: there is no account; add a table [lemmy.main] as in config.example.toml"),
        (HEAD + "[lemmy]", ":1: there is no account; add a table [lemmy.main] as in config.example.toml"),
        ("lemmy = 3\n" + HEAD, ":1: [lemmy] must be a table; write [lemmy.main] and its settings below"),
        ("poll = 3\n" + MINIMAL, ":1: [poll] must be a table; write [poll] and its settings below"),
        ("intervall = 3\n" + MINIMAL, ":1: intervall is not a setting; did you mean interval under [poll]?"),
        ("poll.interval = '1s'\n" + MINIMAL, ':1: [poll] interval must be at least 5 seconds, not "1s"; use for example interval = "60s"'),
        ("poll = {\"interval\" = '1s'}\n" + MINIMAL, ':1: [poll] interval must be at least 5 seconds, not "1s"; use for example interval = "60s"'),
        (MINIMAL.replace("https:", "http:"), ':4: [lemmy.main] server must begin with https://, because the password would be sent unencrypted, not "http://lemmy.example"; use for example server = "https://lemmy.example"'),
        (MINIMAL.replace('communities = ["news"]', ""), ':3: [lemmy.main] communities is missing or empty; use for example communities = ["news@lemmy.example"]'),
        (MINIMAL.replace('["news"]', "[]"), ':6: [lemmy.main] communities is missing or empty; use for example communities = ["news@lemmy.example"]'),
        (MINIMAL.replace("username", "# username"), ':3: [lemmy.main] username is missing; use for example username = "precis"'),
        (MINIMAL.replace('"precis"', '"a@b"'), ':5: [lemmy.main] username must be only the name, without @ and server, not "a@b"; use for example username = "precis"'),
    ],
)  # fmt: skip
def test_one_problem_in_required_settings(mistakes: Mistakes, text: str, problem: str) -> None:
    assert mistakes(text) == (problem,)


@pytest.mark.parametrize("name", ["Main", "my_bot", "-a", "a.b", "ä"])
def test_invalid_account_names(mistakes: Mistakes, name: str) -> None:
    problems = mistakes(MINIMAL + ACCOUNT.replace("main", f"'{name}'") + "password = 'x'")
    assert any(
        "is not a valid account name" in problem and problem.startswith(":7: ") for problem in problems
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[bot]\nowner = me", ":2: column 9 is not TOML: invalid value; text must be in quotes"),
        ("[bot\n", ":1: column 5 is not TOML: "),
        ("[bot]\n[bot]\n", ":2: [bot] is already in line 1; "),
        ("a = [1,\n2\n\n", ":2: the end of the file is not TOML: unclosed array"),
        ("a = " + "[" * 5000 + "]" * 5000, " has lists or tables nested too deeply"),
    ],
)
def test_invalid_toml(mistakes: Mistakes, text: str, problem: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", " is empty; delete it and run precis init to create a new one"),
        (b" \n\n", " is empty; delete it and run precis init to create a new one"),
        (b"[bot]\n# caf\xe9\n", ":2: is not UTF-8 text; save the file as UTF-8"),
        (b"#" * 10_000_000, " is too large for a settings file; choose another file with --config"),
        (b"\0" * 100, ":1: column 1 is not TOML: invalid statement"),
    ],
)
def test_files_that_are_not_settings(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert caught.value.problems == (problem,)


def test_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    hint = "run precis init to create it, or choose another file with --config"
    assert f"{caught.value}" == f"{path} not found; {hint}"


def test_a_folder_and_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, kind in ((tmp_path, "a folder"), (pipe, "not a regular file")):
        with pytest.raises(ConfigError, match=f"is {kind}; choose the settings file"):
            load(path, {})


def test_a_file_under_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be read: Not a directory"):
        load(tmp_path / "file" / "config.toml", {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(mode=stat.S_IWUSR)
    with pytest.raises(ConfigError, match="cannot be read: Permission denied"):
        load(path, {})


def test_a_byte_order_mark_and_windows_line_ends(read: Load) -> None:
    assert read("\ufeff" + MINIMAL.replace("\n", "\r\n")).bot.owner == "you@example.org"


def test_paths_are_relative_to_the_file(read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert read(MINIMAL).bot.database == tmp_path / "precis.db"
    assert read(HEAD + "database = 'data/x.db'\n" + ACCOUNT).bot.database == tmp_path / "data/x.db"
    assert read(HEAD + "database = '/var/x.db'\n" + ACCOUNT).bot.database == Path("/var/x.db")
    assert read(HEAD + "database = '~/x.db'\n" + ACCOUNT).bot.database == Path("/home/somebody/x.db")


@pytest.mark.parametrize(
    "misplaced",
    [
        "password = 12345678",
        "pasword = 'hunter2-12345678'",
        "server = 3\npassword = 'hunter2-12345678'",
        "[lemmy]\npassword = 'hunter2-12345678'",
        "[lemmy]\nsecond = 'hunter2-12345678'",
        "[poll]\npassword = 'hunter2-12345678'",
        "[rules]\n'hunter@x' = 'hunter2-12345678'",
        "password = 'hunter2-12345678",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_shown(tmp_path: Path, misplaced: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL.replace("server =", "# server =") + misplaced)
    path.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    assert "12345678" not in f"{caught.value!r} {caught.value}"
    assert caught.value.__cause__ is None


def test_thousands_of_problems_are_reported_at_once(mistakes: Mistakes) -> None:
    problems = mistakes(MINIMAL + "[poll]\n" + "".join(f"x{number} = 1\n" for number in range(3000)))
    assert len(problems) == 3000
    assert problems[-1].startswith(":3007: [poll] x2999 ")
