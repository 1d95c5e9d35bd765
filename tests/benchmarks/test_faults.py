"""A part of the fault matrix that `make faults` prints whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina

from benchmarks.faults import comments_left, right
from bot.sandbox.faults import Fault
from bot.sandbox.server_software import Home


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True):
        yield


@pytest.mark.parametrize("home", Home)
@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ("comment", Fault.HALF_STORED),
        ("comment", Fault.LATE_COMMIT),
        ("comment", Fault.POISONED),
        ("edit", Fault.POISONED),
        ("delete", Fault.STORE_THEN_DROP),
    ],
)
def test_one_fault_leaves_the_right_comments(home: Home, action: str, fault: Fault) -> None:
    assert comments_left(home, action, fault) == right(action, fault)
