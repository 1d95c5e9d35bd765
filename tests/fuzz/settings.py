"""Any settings file: the result is settings, or errors in words without a secret."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.config.conftest import HEAD, MINIMAL
from tests.config.test_any_file import lines, test_settings_or_problems
from tests.fuzz.target import Target

check_settings = test_settings_or_problems.hypothesis.inner_test  # type: ignore[attr-defined]
_lines = st.one_of(lines, st.text(max_size=30), st.builds("{}{}".format, lines, st.text(max_size=5)))
VALUES = st.tuples(st.sampled_from(["", HEAD, MINIMAL]), st.lists(_lines, max_size=8))


def check(drawn: tuple[str, list[str]]) -> None:
    check_settings(*drawn)


TARGET = Target("settings", VALUES, check, 150)
