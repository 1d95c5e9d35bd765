"""Two real nodes, and one of them is killed, stopped or cut off in the middle of a send.

This is a short run. `python -m benchmarks.failover` is the long one, with every fault at every step.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.account_servers import create_account_server
from tests.crash.failover_scenario import FailoverScenario, NodeFault, Timing
from tests.crash.send_steps import Step
from tests.postgresql import new_database, shared_cluster

pytestmark = pytest.mark.postgresql

pytestmark = pytest.mark.postgresql
ROUNDS = {
    "Lemmy 1.0": ((Step.CHECKED, NodeFault.STOP), (Step.STORED, NodeFault.KILL)),
    "PieFed": ((Step.CHECKED, NodeFault.KILL), (Step.ANSWERED, NodeFault.CUT)),
    "Reddit": ((Step.RECEIVED, NodeFault.STOP), (Step.MARKED, NodeFault.DROP)),
}
"""In the first round for Lemmy, a node wakes between its check and its request."""


@pytest.mark.parametrize("software", ROUNDS)
def test_each_post_gets_exactly_one_comment(tmp_path: Path, software: str) -> None:
    server = shared_cluster()
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    account = create_account_server(software)
    name = f"failover_{account.account.replace('-', '_')}"
    new_database(name)
    with FailoverScenario(tmp_path, account, server, name, timing=Timing(lease=2.0)) as scenario:
        for step, fault in ROUNDS[software]:
            scenario.run_round(step, fault)
        scenario.wait_until_quiet()
        assert list(scenario.replies().values()) == [1, 1]
