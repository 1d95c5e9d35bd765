"""Pauses between pages of a host, and robots.txt, which the nodes of a cluster share."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Interval, bindparam, func, select, update

from bot.store import Database
from bot.store.shared_hosts import MAX_ROBOTS_TEXT, HostPauses, RobotsFiles, forget_old_hosts
from bot.store.tables import host_pauses, robots_files
from tests.store.conftest import at_once

pytestmark = pytest.mark.engines("postgresql")

ORIGIN = "https://paper.example"


def pass_time(database: Database, seconds: float) -> None:
    """Let everything that is stored be older."""
    past = bindparam("past", timedelta(seconds=seconds), type_=Interval)
    with database.write_transaction() as connection:
        connection.execute(update(host_pauses).values(next_at=host_pauses.c.next_at - past))
        connection.execute(update(robots_files).values(valid_until=robots_files.c.valid_until - past))


def count(database: Database) -> tuple[int, int]:
    with database.read_transaction() as connection:
        pauses = connection.execute(select(func.count()).select_from(host_pauses)).scalar_one()
        return pauses, connection.execute(select(func.count()).select_from(robots_files)).scalar_one()


def test_one_of_the_nodes_that_want_a_page_of_a_host_starts(nodes: list[Database]) -> None:
    for _ in range(10):
        waits = at_once(nodes, lambda database, _: HostPauses(database).start("paper.example", 60.0))
        assert min(waits) == 0.0
        assert all(50 < wait <= 60 for wait in sorted(waits)[1:])
        pass_time(nodes[0], 60)


def test_other_hosts_do_not_wait(database: Database) -> None:
    assert HostPauses(database).start("paper.example", 60.0) == 0.0
    assert HostPauses(database).start("other.example", 60.0) == 0.0


def test_a_pause_is_never_made_shorter(nodes: list[Database]) -> None:
    HostPauses(nodes[0]).pause("paper.example", 600.0)
    HostPauses(nodes[1]).pause("paper.example", 2.0)
    assert 590 < HostPauses(nodes[1]).start("paper.example", 2.0) <= 600
    pass_time(nodes[0], 600)
    assert HostPauses(nodes[1]).start("paper.example", 2.0) == 0.0


def test_a_robots_txt_that_one_node_has_fetched_serves_the_others_until_it_is_old(
    nodes: list[Database],
) -> None:
    one, other = RobotsFiles(nodes[0]), RobotsFiles(nodes[1])
    assert other.find(ORIGIN) is None
    one.save(ORIGIN, "User-agent: *\nDisallow: /", 3600.0)
    found = other.find(ORIGIN)
    assert found is not None
    text, seconds = found
    assert text == "User-agent: *\nDisallow: /"
    assert 3590 < seconds <= 3600
    pass_time(nodes[0], 3600)
    assert other.find(ORIGIN) is None
    other.save(ORIGIN, "", 3600.0)
    assert (one.find(ORIGIN) or ("?", 0))[0] == ""


@pytest.mark.parametrize("text", ["\0", "\udfff", "'; DROP TABLE posts; --", "%s %(x)s :x", "\u202e" * 9])
def test_a_hostile_robots_txt_is_only_data(database: Database, text: str) -> None:
    files = RobotsFiles(database)
    files.save(ORIGIN, text, 60.0)
    found = files.find(ORIGIN)
    assert found is not None
    assert found[0] == text.replace("\0", "\ufffd").replace("\udfff", "\ufffd")


def test_what_is_stored_is_bounded(database: Database) -> None:
    files = RobotsFiles(database, max_files=3)
    files.save(ORIGIN, "a" * (MAX_ROBOTS_TEXT + 1), 60.0)
    assert files.find(ORIGIN) is None
    for number in range(5):
        files.save(f"https://{number}.example", "", 60.0 + number)
    assert count(database) == (0, 3)
    assert files.find("https://4.example") is not None
    assert files.find("https://0.example") is None


def test_nodes_that_save_at_once_do_not_deadlock(nodes: list[Database]) -> None:
    def save(database: Database, number: int) -> None:
        files = RobotsFiles(database, max_files=5)
        for other in range(20):
            files.save(f"https://{(other * (number + 1)) % 20}.example", "", 60.0)

    at_once(nodes, save)
    assert count(nodes[0])[1] <= 5 + len(nodes)


def test_old_rows_are_forgotten(database: Database) -> None:
    HostPauses(database).pause("old.example", 10.0)
    RobotsFiles(database).save(ORIGIN, "", 10.0)
    pass_time(database, 20)
    HostPauses(database).pause("new.example", 10.0)
    RobotsFiles(database).save("https://new.example", "", 10.0)
    forget_old_hosts(database)
    assert count(database) == (1, 1)
