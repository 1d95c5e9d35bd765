"""A line that is not TOML: its number and the likely remedy, without the value, which may be a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config.loader import parse
from bot.config.secrets import SecretsContext
from bot.core.errors import ConfigError


def problem(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse(text, SecretsContext(Path("config.toml"), {}, exposed=False))
    (found,) = caught.value.problems
    return found


IN_QUOTES = 'text must be in quotes, for example owner = "you@example.org"'
SWITCH = "write true or false, in lower case"
NAME = "write a setting as name = value"
ALL_ON_ONE = "write each setting on a line of its own"


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("owner = me@example.org", 1, IN_QUOTES),
        ("level = info", 1, IN_QUOTES),
        ("interval = 90s", 1, IN_QUOTES),
        ("communities = [news, tech]", 1, IN_QUOTES),
        ("enabled = yes", 1, SWITCH),
        ("enabled = True", 1, SWITCH),
        ("proxy = null", 1, "leave out a setting that has no value"),
        ("owner =  # me", 1, "a value is missing after ="),
        ('[bot]\nowner = "me\nport = 1', 2, "the quotation mark is not closed"),
        ("owner = “me”", 1, 'replace the typographic quotation marks by "'),
        ('owner: "me"', 1, "write = instead of the colon"),
        ('owner "me"', 1, NAME),
        ("max age = 3", 1, "a name has no spaces; use the underscore _ instead"),
        ("[bot\na = 1", 1, "close the name of the table with ]"),
        ("bot]\na = 1", 1, "a table begins with ["),
        ("[rules.news@lemmy.example]", 1, 'a name with @ must be in quotes, for example [rules."news@lemmy'),
        ("rules.news@lemmy.example = 1", 1, "a name with @ must be in quotes"),
        ('a = ["x" "y"]', 1, "put a comma between the entries of a list and close it with ]"),
        ('a = ["x", "y"\n[web]\nb = 1', 2, "close it with ]"),
        ('a = ["x", "y"', 1, "close it with ]"),
        ('communities = "news", "tech"', 1, "a list must be in square brackets"),
        ("// hello", 1, "a comment begins with #"),
        ("; hello", 1, "a comment begins with #"),
        ("a = 1 // hello", 1, "a comment begins with #"),
        ('file = "C:\\Users\\me"', 1, "write a backslash as \\\\"),
        ("port = 08642", 1, "without a zero at its beginning"),
        ("words = 1,000", 1, "write a number without a comma"),
        ('owner = "my "best" bot"', 1, 'write a quotation mark inside a text as \\"'),
        ("a = 1 b = 2", 1, ALL_ON_ONE),
        ('a = "1" b = 2', 1, ALL_ON_ONE),
        ('a = """x', 1, "the quotation mark is not closed"),
        ("a = { x = 1,\n y = 2 }", 1, "write a table in braces { … } on one line"),
        ('{"bot": {"owner": "x"}}', 1, "this looks like JSON"),
    ],
)
def test_a_line_with_the_likely_remedy(text: str, line: int, remedy: str) -> None:
    found = problem(text)
    assert found.startswith(f":{line}: ")
    assert remedy in found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[web]\na = 1\n\n[bot]\n[ web ] # again\nb = 1",
            ":5: [ web ] is already in line 1; move the settings",
        ),
        ("[lemmy.main]\n[web]\n[lemmy.'main']", ":3: [lemmy.'main'] is already in line 1; move"),
        ("web = { port = 1 }\n[web]", ":2: [web] is already in the file, further up; move"),
        ("[web]\n[web] \x1b[31m", ":2: [web] [31m is already in line 1; move"),
        (f"[{'b' * 300}]\n" * 2, f":2: [{'b' * 198}… is already in line 1; move"),
        ("[bot]\nport = 1\n[web]\nport = 2\nport = 3", ":5: port is already in line 4; delete one of"),
        ("[web]\nports = [\n1,\n]\nports = [\n2,\n]", ":7: ports is already in line 2; delete one of"),
    ],
)
def test_what_is_twice_in_the_file_names_the_line_of_the_first(text: str, expected: str) -> None:
    assert problem(text).startswith(expected)


@pytest.mark.parametrize(
    "line", ["password = hunter22", 'password = "hunter22', "password: hunter22", "password = “hunter22”"]
)
def test_no_value_is_shown(line: str) -> None:
    assert "hunter22" not in problem(f"[lemmy.main]\n{line}\n")
