"""Subscriptions to weekly reports: stored once, and moved together with the message that is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.store import Database, NewOutgoingMessage, OutgoingMessages, ReportSubscription, ReportSubscriptions
from tests.conftest import START, Clock

WEEK = timedelta(days=7)
MONA = ReportSubscription("home", "news@lemmy.example", "mona@lemmy.example", "de", START)


@pytest.fixture
def subscriptions(database: Database) -> ReportSubscriptions:
    return ReportSubscriptions(database)


def message(key: str) -> NewOutgoingMessage:
    return NewOutgoingMessage("home", key, MONA.person, "Replies: 1", read_back_from=START)


def due(subscriptions: ReportSubscriptions, account: str = "home") -> tuple[ReportSubscription, ...]:
    return subscriptions.due([account], START + 52 * WEEK)


def test_a_second_subscription_keeps_the_time_of_the_first(subscriptions: ReportSubscriptions) -> None:
    assert subscriptions.subscribe(MONA) == MONA
    later = replace(MONA, language="fr", reported_at=START + timedelta(days=6))
    assert subscriptions.subscribe(later) == replace(MONA, language="fr")
    assert due(subscriptions) == (replace(MONA, language="fr"),)


def test_it_is_due_a_week_later_for_its_own_account(subscriptions: ReportSubscriptions) -> None:
    subscriptions.subscribe(MONA)
    assert subscriptions.due(["home"], START - timedelta(microseconds=1)) == ()
    assert subscriptions.due(["home"], START) == (MONA,)
    assert due(subscriptions, "other") == ()


def test_stopping_ends_one_or_all_of_a_person(subscriptions: ReportSubscriptions) -> None:
    others = (replace(MONA, community="other@lemmy.example"), replace(MONA, person="nora@lemmy.example"))
    for each in (MONA, *others):
        subscriptions.subscribe(each)
    subscriptions.stop("home", MONA.person, MONA.community)
    assert set(due(subscriptions)) == set(others)
    subscriptions.stop("home", MONA.person)
    assert due(subscriptions) == (others[1],)


def test_a_report_is_queued_once_for_each_time(
    subscriptions: ReportSubscriptions, database: Database, clock: Clock
) -> None:
    subscriptions.subscribe(MONA)
    outgoing = OutgoingMessages(database)
    for key in ("first", "again"):  # a second process that has read the same subscription
        subscriptions.record_report(MONA, START + WEEK, message(key), clock())
    queued = outgoing.next_due("home", clock())
    assert queued is not None
    outgoing.mark_dead(queued.row, "", clock())
    assert outgoing.next_due("home", clock()) is None
    assert due(subscriptions) == (replace(MONA, reported_at=START + WEEK),)


def test_nothing_is_queued_after_it_was_stopped(
    subscriptions: ReportSubscriptions, database: Database, clock: Clock
) -> None:
    subscriptions.subscribe(MONA)
    subscriptions.stop("home", MONA.person)
    subscriptions.record_report(MONA, START + WEEK, message("report"), clock())
    subscriptions.end(MONA, message("end"), clock())
    assert OutgoingMessages(database).next_due("home", clock()) is None
    assert due(subscriptions) == ()


def test_the_end_queues_one_message(
    subscriptions: ReportSubscriptions, database: Database, clock: Clock
) -> None:
    subscriptions.subscribe(MONA)
    for key in ("end", "again"):
        subscriptions.end(MONA, message(key), clock())
    queued = OutgoingMessages(database).next_due("home", clock())
    assert queued is not None
    OutgoingMessages(database).mark_dead(queued.row, "", clock())
    assert OutgoingMessages(database).next_due("home", clock()) is None
