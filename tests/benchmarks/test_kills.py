"""`make kills` fails where a reply is wrong or a planned outage did not happen."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.kills import exit_code


@pytest.mark.parametrize(
    ("replies", "outages", "code"),
    [
        ({1: 9}, None, 0),
        ({1: 9}, [1, 3], 0),
        ({1: 9}, [1, 0], 1),
        ({1: 9}, [0, 0], 1),
        ({1: 8, 0: 1}, [1, 1], 1),
        ({1: 8, 2: 1}, None, 1),
    ],
)
def test_the_exit_code(replies: dict[int, int], outages: list[int] | None, code: int) -> None:
    assert exit_code(Counter(replies), outages) == code
