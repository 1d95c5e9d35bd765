"""What the status page and the metrics say about the nodes of a cluster."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store.account_leaders import CLUSTER_DUTIES, AccountLeaders
from bot.store.cluster_nodes import ClusterNodes, NewNode
from bot.web.context import PageContext
from tests.web.conftest import served
from tests.web.test_metrics import samples
from tests.web.test_status_pages import HOSTILE, without_tags

LEASE = timedelta(seconds=15)


def test_a_single_machine_has_no_nodes(context: PageContext) -> None:
    with served(context) as client:
        assert ">Nodes<" not in client.get("/").text
    assert not any(name.startswith("precis_node") for name in samples(context))


@pytest.mark.engines("postgresql")
def test_nodes_and_leaders_are_shown_and_escaped(context: PageContext) -> None:
    leaders = AccountLeaders(context.database)
    leaders.add(["main", "second", CLUSTER_DUTIES])
    for node in ("reader", HOSTILE):
        new = NewNode(node, "1", HOSTILE, 1, ("account", "read"), ("main", "second"), "1.0")
        assert ClusterNodes(context.database).register(new, LEASE)
    leaders.take(HOSTILE, ["main", CLUSTER_DUTIES], LEASE)
    with served(context) as client:
        html = client.get("/").text
    assert HOSTILE not in html
    assert "<script>alert" not in html
    assert "no account" in without_tags(html)
    found = samples(context)
    assert found["precis_node_state"] == 2
    assert found["precis_account_leader"] == 1
    assert found["precis_account_leader_changes_total"] == 1
