"""A part of the fault matrix that `make faults` prints."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stamina

from benchmarks.faults import ACTIONS, OUTAGES, comments_left, expected_comments
from bot.sandbox.faults import Fault
from bot.sandbox.server_software import ServerSoftware


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True):
        yield


@pytest.mark.parametrize("software", ServerSoftware)
@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ("comment", Fault.PARTIAL_STORE),
        ("comment", Fault.LATE_COMMIT),
        ("comment", Fault.HANG_AFTER_401),
        ("edit", Fault.HANG_AFTER_401),
        ("delete", Fault.STORE_THEN_DROP),
    ],
)
def test_a_fault_leaves_the_expected_comments(software: ServerSoftware, action: str, fault: Fault) -> None:
    assert comments_left(software, action, fault) == expected_comments(action, fault)


def test_a_slow_link_leaves_one_comment() -> None:
    assert comments_left(ServerSoftware.PIEFED, "comment", Fault.SLOW_LINK) == ["new"]


@pytest.mark.parametrize("outage", OUTAGES, ids=str)
@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("software", ServerSoftware)
def test_an_outage_of_the_database_leaves_the_expected_comments(
    software: ServerSoftware, action: str, outage: timedelta
) -> None:
    left = comments_left(software, action, Fault.DATABASE_DOWN, outage)
    assert left == expected_comments(action, Fault.DATABASE_DOWN)
