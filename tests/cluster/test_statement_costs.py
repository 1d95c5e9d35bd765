"""How many statements a real node sends to PostgreSQL, for each post that it replies to and while it waits.

The bounds are a little above what was measured. `python -m benchmarks.statement_counts` prints a table of the
statements.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.statement_counts import StatementCounts, measure
from bot.sandbox.cluster_environment import short_temporary_folder
from bot.sandbox.postgresql import find_programs

pytestmark = pytest.mark.postgresql

POSTS = 24
SECONDS_AT_REST = 4.0
FOR_A_POST, CONTROL_FOR_A_POST = 42, 10
"""All statements, and those that begin or end transactions: more than in the same time without posts."""
IN_A_SECOND = 85
"""Four accounts that are polled each second, in the sandbox."""


@pytest.fixture(scope="module")
def counts() -> tuple[StatementCounts, StatementCounts]:
    """At rest, and with posts."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with short_temporary_folder() as folder:
        return measure(Path(folder), programs, POSTS, SECONDS_AT_REST)


def test_a_replied_post_needs_few_statements(counts: tuple[StatementCounts, StatementCounts]) -> None:
    idle, busy = counts
    at_rest = idle.all / idle.seconds * busy.seconds
    assert (busy.all - at_rest) / POSTS < FOR_A_POST


def test_few_statements_begin_and_end_transactions(counts: tuple[StatementCounts, StatementCounts]) -> None:
    """For each post, two transactions have several statements: for a ready reply, and before it is sent."""
    idle, busy = counts
    assert (busy.control - idle.control / idle.seconds * busy.seconds) / POSTS < CONTROL_FOR_A_POST


def test_each_question_about_a_post_is_asked_once(counts: tuple[StatementCounts, StatementCounts]) -> None:
    """Each stage that decides asks once: before the page is read, and before the reply is sent."""
    _, busy = counts
    for statement, times in {
        "UPDATE posts SET lease_until": 1,  # the claim
        "AS is_requested": 1,  # before the page is read, with whether the community is muted
        "AS is_to_be_deleted": 1,  # before the reply is sent
        "opt_outs": 2,
        "count(*) AS count_1": 3,  # also in the transaction that makes the reply ready
        "pg_advisory_xact_lock": 2,
        "procrastinate_finish_job": 1,
        "host_pauses": 1,
        "SELECT accounts.account": 0,  # whether the account has an error
    }.items():
        found = busy.containing(statement)
        # The reader of one page may serve several posts.
        assert times * POSTS * 0.8 <= found <= times * POSTS + 4, statement


def test_the_leadership_is_asked_for_once_for_each_request(
    counts: tuple[StatementCounts, StatementCounts],
) -> None:
    """The statements that lock the row are those of the write transactions."""
    _, busy = counts
    asked = busy.containing("FROM account_leaders WHERE") - busy.containing("FOR NO KEY SHARE")
    locked = busy.containing("FOR KEY SHARE")
    assert POSTS <= asked - locked <= POSTS + 8


def test_an_idle_node_asks_for_changed_rules_at_most_once_a_second_for_each_account(
    counts: tuple[StatementCounts, StatementCounts],
) -> None:
    idle, _ = counts
    assert idle.containing("FROM revisions") / idle.seconds <= 5.5
    assert idle.containing("FROM cursors") / idle.seconds <= 5.0
    assert idle.all / idle.seconds < IN_A_SECOND
