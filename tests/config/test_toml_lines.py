from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.introspection import KeyPath
from bot.config.setting_types import to_toml
from bot.config.toml_lines import line_numbers

TEXT = '''\
# 1
poll.interval = "1s"
fetch.at_once = 1   # 3
[bot]
"own er" = """
multi
"""
owner = "x"
[lemmy.main]  # 9
server = 'y'
communities = [
  # [not = this]
  "a",

  "b", {c = 1},
]
[rules."news@x.example"]
words = 1
[lemmy]  # 19
other = {server = "z", communities = ["a",
  "b"]}
[lemmy . second]
a.b.c = true
a.b.d = false
[[aot]]
x = 1
[[aot]]
x = 2'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("poll", "interval"), 2),
        (("poll",), 2),
        (("fetch", "at_once"), 3),
        (("bot",), 4),
        (("bot", "own er"), 5),
        (("bot", "owner"), 8),
        (("bot", "not there"), 4),
        (("lemmy", "main"), 9),
        (("lemmy", "main", "missing"), 9),
        (("lemmy", "main", "communities"), 11),
        (("lemmy", "main", "communities", 0), 13),
        (("lemmy", "main", "communities", 1), 15),
        (("lemmy", "main", "communities", 2, "c"), 15),
        (("lemmy", "main", "communities", 9), 11),
        (("rules", "news@x.example"), 17),
        (("rules", "news@x.example", "words"), 18),
        (("lemmy", "other"), 20),
        (("lemmy", "other", "server"), 20),
        (("lemmy", "other", "communities", 1), 21),
        (("lemmy", "second"), 22),
        (("lemmy", "second", "a", "b", "c"), 23),
        (("lemmy", "second", "a", "b", "d"), 24),
        (("aot",), 25),
        (("aot", 1), 27),
        (("aot", 1, "x"), 28),
        (("nothing",), 1),
        ((), 1),
    ],
)
def test_one_key(key: KeyPath, line: int) -> None:
    assert line_numbers(TEXT, [key]) == {key: line}


def test_many_keys_at_once() -> None:
    lines: dict[KeyPath, int] = {
        ("bot",): 4,
        ("bot", "own er"): 5,
        ("lemmy", "main"): 9,
        ("lemmy", "main", "missing"): 9,
        ("lemmy", "main", "communities", 1): 15,
        ("lemmy", "second", "a", "b", "d"): 24,
        ("aot", 1, "x"): 28,
    }
    assert line_numbers(TEXT, lines) == lines


def test_a_list_and_its_item() -> None:
    listed: KeyPath = ("lemmy", "main", "communities")
    assert line_numbers(TEXT, [(*listed, 1), listed, ("aot", 1)]) == {
        listed: 11,
        (*listed, 1): 11,
        ("aot", 1): 27,
    }


def test_windows_line_ends() -> None:
    text = TEXT.replace("\n", "\r\n")
    assert line_numbers(text, [("lemmy", "main", "communities", 1), ("aot", 1, "x")]) == {
        ("aot", 1, "x"): 28,
        ("lemmy", "main", "communities", 1): 15,
    }


names = st.text("ab.@ \"'#=[]é\\", min_size=1, max_size=4)
scalars = st.one_of(
    st.integers(), st.booleans(), st.text("a\"'\n#[]", max_size=4), st.floats(allow_nan=False)
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[KeyPath, int]]:
    """A TOML text, and the line of each of its values, counted while writing."""
    lines: list[str] = []
    where: dict[KeyPath, int] = {}
    for table in draw(st.lists(st.tuples(names, names), max_size=4, unique=True)):
        lines += draw(st.lists(st.sampled_from(["", "# x = 1", "  # [y]"]), max_size=2))
        lines.append(f"[{'.'.join(to_toml(part) for part in table)}]" + draw(st.sampled_from(["", " # c"])))
        where[table] = len(lines)
        for name in draw(st.lists(names, max_size=3, unique=True)):
            items: list[Any] = draw(st.lists(scalars, max_size=3))
            lines.append(f"{to_toml(name)} = [")
            for place, item in enumerate(items):
                lines.append(f"  {to_toml(item)}, # {place}")
                where[(*table, name, place)] = len(lines)
            lines.append("]")
    return "\n".join(lines), where


@given(documents())
def test_any_document(drawn: tuple[str, dict[KeyPath, int]]) -> None:
    text, where = drawn
    assert line_numbers(text, where) == where
