"""Moderators who get a weekly report about a community."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.outgoing_messages import NewOutgoingMessage, insert_message
from bot.store.tables import report_subscriptions

_columns = report_subscriptions.c


class ReportSubscription(Struct, frozen=True):
    """The weekly reports about one community to one person."""

    account: str
    """The account that sends them."""
    community: str
    person: str
    """Spelled like the authors of messages."""
    language: str
    """ISO 639-1 of the reports."""
    reported_at: datetime
    """When the last report was put into the outbox; at first, when the person subscribed."""


class ReportSubscriptions:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def subscribe(self, new: ReportSubscription) -> ReportSubscription:
        """Store a subscription and return it. An earlier one keeps its time and gets the new language."""
        statement = insert(report_subscriptions).values(asdict(new))
        statement = statement.on_conflict_do_update(
            index_elements=["account", "community", "person"], set_={"language": new.language}
        )
        with self._database.write_transaction() as connection:
            connection.execute(statement)
            found = connection.execute(select(report_subscriptions).where(_row_of(new)))
            return ReportSubscription(**found.mappings().one())

    def stop(self, account: str, person: str, community: str | None = None) -> None:
        """Delete a person's subscription; without a community, all of them on the account."""
        matches = and_(_columns.account == account, _columns.person == person)
        if community is not None:
            matches &= _columns.community == community
        with self._database.write_transaction() as connection:
            connection.execute(delete(report_subscriptions).where(matches))

    def due(self, accounts: Collection[str], reported_before: datetime) -> tuple[ReportSubscription, ...]:
        """The subscriptions whose last report is from `reported_before` or earlier, oldest first."""
        statement = (
            select(report_subscriptions)
            .where(_columns.account.in_(accounts), _columns.reported_at <= reported_before)
            .order_by(_columns.reported_at, _columns.account, _columns.community, _columns.person)
        )
        with self._database.read_transaction() as connection:
            return tuple(ReportSubscription(**row) for row in connection.execute(statement).mappings())

    def record_report(
        self, sent: ReportSubscription, reported_at: datetime, message: NewOutgoingMessage, now: datetime
    ) -> None:
        """Put a report into the outbox, once.

        Nothing happens if the subscription has changed since it was read.
        """
        statement = update(report_subscriptions).where(_unchanged(sent)).values(reported_at=reported_at)
        with self._database.write_transaction() as connection:
            if connection.execute(statement).rowcount:
                insert_message(connection, message, now)

    def end(self, ended: ReportSubscription, message: NewOutgoingMessage, now: datetime) -> None:
        """Delete a subscription and put the last message into the outbox, once."""
        with self._database.write_transaction() as connection:
            if connection.execute(delete(report_subscriptions).where(_unchanged(ended))).rowcount:
                insert_message(connection, message, now)


def _row_of(subscription: ReportSubscription) -> ColumnElement[bool]:
    return and_(
        _columns.account == subscription.account,
        _columns.community == subscription.community,
        _columns.person == subscription.person,
    )


def _unchanged(subscription: ReportSubscription) -> ColumnElement[bool]:
    return and_(_row_of(subscription), _columns.reported_at == subscription.reported_at)
