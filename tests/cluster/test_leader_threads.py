"""The thread of a term hands its account over, whatever ends its work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.cluster.term import Term
from bot.core.clock import utc_now
from bot.core.errors import LeadershipLost, StoreError
from bot.daemon.leader_threads import LeaderThreads, Work
from bot.operations.health import Health
from bot.store.account_leaders import WonAccount


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (StoreError("The server has no free connections.", "Wait.", temporary=True), "debug"),
        (LeadershipLost("home"), "debug"),
        (RuntimeError("a bug"), "error"),
    ],
)
def test_an_error_is_logged_by_its_kind_and_the_account_is_handed_over(error: Exception, level: str) -> None:
    released: list[str] = []

    def run(term: Term, work: Work) -> None:
        raise error

    term = Term(WonAccount("home", 1, handed_over=True), "a", 10.0, monotonic=lambda: 0.0)
    threads = LeaderThreads(
        run, lambda ended: released.append(ended.account), Health(utc_now), timedelta(seconds=1)
    )
    with capture_logs() as said:
        threads._work(term)
    assert (released, [line["log_level"] for line in said]) == (["home"], [level])
