"""What moderators asked for: settings, pauses, farewells. Rows are only added: they are the history too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, UnaryExpression, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import orders, pages


class OrderKind(StrEnum):
    SETTINGS = "settings"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"


class Place(StrEnum):
    """Where it was written."""

    MESSAGE = "message"
    WIKI = "wiki"
    SIDEBAR = "sidebar"


@dataclass(frozen=True, slots=True)
class Order:
    """One thing that was asked for, by whom, where and when."""

    community: str
    kind: OrderKind
    place: Place
    author: str | None
    at: datetime
    source: str
    """The message or the revision of a page that it came with: the same one counts once."""
    text: str = ""
    settings: Mapping[str, Any] | None = None
    """What the text set, as JSON knows values."""


class Orders:
    """Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, order: Order) -> bool:
        """Keep an order; False when it was there already."""
        values = asdict(order) | {"settings": None if order.settings is None else dict(order.settings)}
        with self._database.writing() as connection:
            statement = insert(orders).values(values).on_conflict_do_nothing()
            return connection.execute(statement).rowcount > 0

    def settings(self, community: str) -> Order | None:
        """The newest settings that the moderators gave, by when they were written."""
        return self._last(community, (OrderKind.SETTINGS,), orders.c.at.desc())

    def standing(self, community: str) -> OrderKind:
        """Whether the bot is to pause or to stay away; RESUME when neither."""
        last = self._last(community, (OrderKind.PAUSE, OrderKind.RESUME, OrderKind.LEAVE))
        return OrderKind.RESUME if last is None else last.kind

    def history(self, community: str) -> tuple[Order, ...]:
        """All that was asked for, the oldest first."""
        statement = select(orders).where(orders.c.community == community).order_by(orders.c.id)
        with self._database.reading() as connection:
            return tuple(_order(row) for row in connection.execute(statement).all())

    def communities(self) -> tuple[str, ...]:
        """Where anything was ever asked for."""
        statement = select(orders.c.community).distinct().order_by(orders.c.community)
        with self._database.reading() as connection:
            return tuple(connection.execute(statement).scalars())

    def _last(
        self, community: str, kinds: tuple[OrderKind, ...], *first: UnaryExpression[Any]
    ) -> Order | None:
        wanted = (orders.c.community == community) & orders.c.kind.in_(kinds)
        with self._database.reading() as connection:
            newest = select(orders).where(wanted).order_by(*first, orders.c.id.desc()).limit(1)
            row = connection.execute(newest).first()
        return None if row is None else _order(row)


class Pages:
    """How far the communities' own pages have been read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revision(self, community: str) -> str | None:
        """The revision that was taken in last."""
        row = self._row(community)
        return None if row is None else row.revision

    def read_at(self, community: str) -> datetime | None:
        """When the page was last looked at."""
        row = self._row(community)
        return None if row is None else row.read_at

    def looked(self, community: str, now: datetime) -> None:
        self._set(community, read_at=now)

    def hurry(self, community: str) -> None:
        """Look at it again as soon as may be."""
        with self._database.writing() as connection:
            connection.execute(
                update(pages)
                .where(pages.c.community == community)
                .values(read_at=datetime.fromtimestamp(0, UTC))
            )

    def taken(self, community: str, revision: str, now: datetime) -> None:
        """The page was understood, or answered for what is wrong in it: not before it changes again."""
        self._set(community, read_at=now, revision=revision)

    def _row(self, community: str) -> Row[Any] | None:
        with self._database.reading() as connection:
            return connection.execute(select(pages).where(pages.c.community == community)).first()

    def _set(self, community: str, **values: Any) -> None:
        statement = insert(pages).values(community=community, **values)
        with self._database.writing() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["community"], set_=values))


def _order(row: Row[Any]) -> Order:
    return Order(
        community=row.community,
        kind=OrderKind(row.kind),
        place=Place(row.place),
        author=row.author,
        at=row.at,
        source=row.source,
        text=row.text,
        settings=row.settings,
    )
