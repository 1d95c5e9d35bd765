"""`precis demo --nodes 2` from start to end, with few posts and workers that answer quickly."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from bot.core.errors import UserError
from bot.sandbox import postgresql
from bot.sandbox.cluster_demo import run_cluster_demo
from bot.sandbox.postgresql import find_programs
from tests.quick_daemon import QUICK_DAEMON

pytestmark = pytest.mark.postgresql


@pytest.mark.postgresql
@pytest.mark.skipif(find_programs() is None, reason="PostgreSQL is not installed")
def test_the_demo_kills_a_node_and_each_post_gets_exactly_one_reply(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_cluster_demo(2, posts=3, lease=2.0, timeout=120.0, module=QUICK_DAEMON) == 0
    printed = capsys.readouterr().out
    assert "was killed (kill -9)" in printed
    assert printed.count("node-1") >= 1
    assert printed.count("node-2") >= 1


def test_without_postgresql_it_says_what_to_install() -> None:
    with patch.object(postgresql, "find_programs", return_value=None), pytest.raises(UserError) as caught:
        run_cluster_demo(2)
    assert "PostgreSQL is not installed" in caught.value.message
    assert "apt install postgresql" in caught.value.remedy
