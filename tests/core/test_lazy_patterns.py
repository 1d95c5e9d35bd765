"""Patterns that are compiled at their first use."""

from __future__ import annotations

import copy
import re
import subprocess
import sys

import pytest

from bot.core.lazy_patterns import _ATTRIBUTES, lazy_pattern
from tests.cli.conftest import ROOT


def test_a_pattern_behaves_like_a_compiled_one() -> None:
    lazy, compiled = lazy_pattern(r"(?P<a>b)|c", re.IGNORECASE), re.compile(r"(?P<a>b)|c", re.IGNORECASE)
    text = "xBxc"
    assert lazy.findall(text) == compiled.findall(text) == ["B", ""]
    assert lazy.sub("-", text) == compiled.sub("-", text)
    assert lazy.split(text) == compiled.split(text)
    assert [found.span() for found in lazy.finditer(text)] == [(1, 2), (3, 4)]
    found = lazy.search(text, 2)
    assert found is not None
    assert found.span() == (3, 4)
    assert (lazy.match(text), lazy.fullmatch(text)) == (None, None)
    assert (lazy.pattern, lazy.flags, lazy.groups) == (compiled.pattern, compiled.flags, compiled.groups)


def test_it_has_every_attribute_of_a_pattern() -> None:
    assert {name for name in dir(re.compile("a")) if not name.startswith("_")} == set(_ATTRIBUTES)


def test_a_pattern_of_bytes() -> None:
    found = lazy_pattern(rb"\d+").search(b"a12")
    assert found is not None
    assert found[0] == b"12"


def test_a_wrong_pattern_is_an_error_at_its_first_use() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error, match="unterminated"):
        wrong.search("")


def test_other_attributes_do_not_exist_and_a_copy_works() -> None:
    pattern = lazy_pattern("a")
    assert not hasattr(pattern, "serach")
    assert copy.deepcopy(pattern).fullmatch("a")


def test_every_pattern_of_the_package_can_be_compiled() -> None:
    files = [file for file in (ROOT / "bot").rglob("*.py") if "= lazy_pattern(" in file.read_text("utf-8")]
    modules = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    program = f"""
import importlib
from bot.core import lazy_patterns

found = []

class Recorded(lazy_patterns._LazyPattern):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        found.append(self)

lazy_patterns._LazyPattern = Recorded
for module in {modules!r}:
    importlib.import_module(module)
for pattern in found:
    pattern.groups
print(len(found))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 150
