"""Any settings file gives settings or a list of problems, each with a line that exists."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.config.introspection import named_tables, settings_tables
from bot.config.loader import parse
from bot.config.secrets import SecretsContext
from bot.core.errors import ConfigError
from tests.config.conftest import ENVIRON, HEAD, MINIMAL

names = sorted(
    {
        name
        for table in (*settings_tables().values(), *named_tables().values())
        for name in (*table.model_fields, *settings_tables())
    }
    | {"lemmy", "main", "'news@lemmy.example'", "'a b'", "pasword", '"\\u001b[31m"', "'é'", "''"}
)
values = st.sampled_from(
    [
        "1", "-1", "1.5", "nan", "-inf", "true", "''", "'x'", "'60s'", "'news'", "'a@b'", "'https://x.example'",
        "1979-05-27", "07:32:00", "[]", "[1, 'a', [2]]", "{}", "{a = 1}", "{main = {server = 'x'}}",
        "9" * 30, "9" * 5000, "0x" + "f" * 5000, '"""\nx\n"""',
        "[\n1,\n\n'news']", "'/nonexistent'", "~", "[", '"\\u0000"',
    ]
)  # fmt: skip
keys = st.lists(st.sampled_from(names), min_size=1, max_size=3).map(".".join)
lines = st.one_of(
    st.builds("{} = {}".format, keys, values),
    st.builds("[{}]".format, keys),
    st.builds("[[{}]]".format, keys),
)


def problems(text: str) -> tuple[str, ...]:
    """The problems of a text. Empty if it is valid."""
    try:
        config = parse(text, SecretsContext(Path("config.toml"), ENVIRON))
    except ConfigError as error:
        assert error.problems  # noqa: PT017 - some drawn texts are valid
        return error.problems
    assert config.sources()
    return ()


@given(st.sampled_from(["", HEAD, MINIMAL]), st.lists(lines, max_size=6))
def test_settings_or_problems(head: str, drawn: list[str]) -> None:
    text = head + "\n".join(drawn)
    for problem in problems(text):
        line = re.match(r":(\d+): ", problem)
        assert line is None or 1 <= int(line[1]) <= text.count("\n") + 1
        assert problem.isprintable()
        assert not re.search("pydantic|Input|Value|validation", problem)
