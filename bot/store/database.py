"""An open database, and its transactions."""

from __future__ import annotations

import copy
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RootTransaction,
    Row,
    Select,
    Update,
    UpdateBase,
    bindparam,
    case,
    select,
    update,
)

from bot.core.database_location import DatabaseLocation
from bot.core.errors import LeadershipLost, StoreError
from bot.store.backends import Transaction, backend_of
from bot.store.damage_log import DamageLog
from bot.store.dialects import SQLITE, insert, without_body
from bot.store.driver_queries import DriverQuery, Statement, driver_query
from bot.store.post_states import PENDING, State
from bot.store.tables import meta, posts
from bot.store.text_queries import TextQueries
from bot.store.write_guard import WriteGuard
from bot.store.write_queries import WriteQueries
from bot.store.write_state import WriteState

log = structlog.get_logger(__name__)


def is_pending(*states: State) -> ColumnElement[bool]:
    """Whether a post is in one of the pending states, by default in any.

    A pending post has no `done_at`. With this condition SQLite uses the index that has only these posts.
    """
    return posts.c.state.in_(states or PENDING) & posts.c.done_at.is_(None)


# Building a statement takes longer than executing it, so those of the jobs are built once.
UPDATE_POST = update(posts).where(
    posts.c.id == bindparam("row_id"), posts.c.state.in_(bindparam("only_states", expanding=True))
)
"""Its parameters are `row_id`, `only_states`, and the new values."""
FINISH_WITH_TEXT = UPDATE_POST.values(lease_until=None, content=without_body(posts.c.content))
FINISH_POST = FINISH_WITH_TEXT.values(markdown=None)
FINISH_REQUESTED = FINISH_WITH_TEXT.values(
    markdown=case((posts.c.request.is_not(None), posts.c.markdown), else_=None)
)
"""Keeps the text of a requested reply."""


SERVER_IS_BACK_AFTER = 5.0
"""Seconds without a failed write. A server without free connections refuses some writes and not others."""


def text_queries_of(connection: Connection) -> TextQueries:
    """The queries in the transaction of a connection."""

    def execute(sql: str, parameters: Mapping[str, Any]) -> tuple[Iterable[str], Sequence[Any]]:
        found = connection.exec_driver_sql(sql, dict(parameters))
        return found.keys(), found.all()

    return TextQueries(execute, is_sqlite=connection.dialect.name == SQLITE)


def _begin(connection: Connection, guard: WriteGuard | None) -> RootTransaction:
    if guard is not None:
        connection.execution_options(guard=guard)
    return connection.begin()


class Database:
    """Thread-safe. A file has one write transaction at a time; PostgreSQL has many."""

    def __init__(self, location: DatabaseLocation, now: datetime | None) -> None:
        """Open the database at `location`; raises `bot.core.errors.StoreError`.

        With a time `now`, a SQLite file is created or upgraded if necessary. Without, it is opened for
        reading, as another process left it. PostgreSQL is never changed here; see `bot.store.migrate`.
        """
        self.location = location
        self._backend = backend_of(location)
        self._engine = self._backend.open_read_only() if now is None else self._backend.open(now)
        self._single_writes = self._engine.execution_options(transaction=Transaction.SINGLE_WRITE)
        self._write_lock = threading.Lock() if self._backend.one_writer else nullcontext()
        self._writes = WriteState(0.0 if self._backend.one_writer else SERVER_IS_BACK_AFTER)
        self._damage = DamageLog()
        self._driver_queries: dict[Statement, DriverQuery] = {}
        """Of the statements that the driver has executed."""
        self._guard: WriteGuard | None = None
        self.unguarded: Database = self
        """The same database without the guard of a view: for what may be recorded at any time."""

    def guarded(self, guard: WriteGuard) -> Self:
        """A view of this database whose write transactions all check `guard` when they begin."""
        view = copy.copy(self)
        view._guard = guard  # noqa: SLF001 (of the same class)
        return view

    def with_own_connections(self, now: datetime) -> Self:
        """The same database over other connections, so that nothing waits for a free one of these.

        Its errors are reported together with those of this one. It must be closed too.
        """
        other = type(self)(self.location, now)
        other._writes = self._writes  # noqa: SLF001 (of the same class)
        return other

    @property
    def write_error(self) -> StoreError | None:
        """Why the last write failed; None if it succeeded."""
        return self._writes.error

    @write_error.setter
    def write_error(self, error: StoreError | None) -> None:
        self._writes.error = error

    @property
    def path(self) -> Path | None:
        """The file; None for PostgreSQL."""
        return self.location if isinstance(self.location, Path) else None

    def close(self) -> None:
        self._backend.close(self._engine)

    def write_transaction(self) -> AbstractContextManager[Connection]:
        """One transaction; raises `StoreError` when the machine does not allow the write."""
        return self._write_transaction(self._engine)

    @contextmanager
    def _write_transaction(self, engine: Engine) -> Iterator[Connection]:
        with (
            self._writing(),
            engine.connect() as connection,
            _begin(connection, self._guard),
        ):
            yield connection

    @contextmanager
    def write_queries(self, community: str | None = None) -> Iterator[WriteQueries]:
        """The same for a few statements that are executed for each post.

        With a `community`, as a row of `posts` has it, the transaction first locks that until it ends. So
        nobody else counts the replies in the community and adds one. A file is locked as a whole.
        """
        with (
            self._writing(),
            self._backend.write_queries(self._engine, community, self._guard, self._driver_query) as queries,
        ):
            yield queries

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with (
            self._write_lock,
            self._damage.logged(),
            self._log_write_errors(),
            self._backend.raise_store_error(),
        ):
            yield

    def write_statement(self) -> AbstractContextManager[Connection]:
        """A transaction of one statement. Without a guard, PostgreSQL gets only the statement itself."""
        return self._write_transaction(self._engine if self._guard is not None else self._single_writes)

    def write_one(self, statement: UpdateBase, **parameters: Any) -> Row[Any] | None:
        """Execute one statement as a transaction; return the first row of its RETURNING, None without one.

        The parameters are not lists. Without a guard, PostgreSQL gets it from the driver, as with `first`.
        """
        if self._guard is not None or self._backend.one_writer:
            with self.write_statement() as connection:
                result = connection.execute(statement, parameters)
                return result.first() if result.returns_rows else None
        query = self._driver_query(statement, parameters)
        with self._writing():
            found = self._backend.fetch_one(self._engine, query.sql, query.values(parameters))
            return None if found is None else query.row(found)

    @contextmanager
    def read_transaction(self) -> Iterator[Connection]:
        """One state of the database, whatever is written in the meantime."""
        with self._connect(Transaction.READ) as connection:
            yield connection

    @contextmanager
    def text_queries(self) -> Iterator[TextQueries]:
        """The same for queries without SQLAlchemy. Implements `bot.store.text_queries.Readable`."""
        with self.read_transaction() as connection:
            yield text_queries_of(connection)

    def first(self, statement: Select[Any], **parameters: Any) -> Row[Any] | None:
        """The first row of a statement that has these parameters; None if there is none.

        Without lists among the parameters, this takes a fraction of the time of a read transaction.
        """
        if any(isinstance(value, list) for value in parameters.values()):
            with self._connect(Transaction.SINGLE_READ) as connection:
                return connection.execute(statement, parameters).first()
        query = self._driver_query(statement, parameters)
        found = self._fetch_one(query.sql, query.values(parameters))
        if found is None:
            return None
        with self._damage.logged():
            return query.row(found)

    def has_row(self, statement: Select[Any], **parameters: Any) -> bool:
        """Whether a statement that has these parameters, none of which is a list, finds anything."""
        query = self._driver_query(statement, parameters)
        return self._fetch_one(query.sql, query.values(parameters)) is not None

    def earliest(self, statement: Select[Any], **parameters: Any) -> datetime | None:
        """The earliest of the times in the only row of a statement; None if all of them are NULL."""
        row = self.first(statement, **parameters)
        return min((time for time in row or () if time is not None), default=None)

    def _driver_query(self, statement: Statement, parameters: Mapping[str, Any]) -> DriverQuery:
        query = self._driver_queries.get(statement)
        if query is None:
            query = self._driver_queries[statement] = driver_query(
                statement, parameters, self._engine.dialect
            )
        return query

    def all_rows(self, statement: Select[Any], **parameters: Any) -> Sequence[Row[Any]]:
        """The rows of one statement, which is a transaction by itself."""
        if any(isinstance(value, list) for value in parameters.values()):
            with self._connect(Transaction.SINGLE_READ) as connection:
                return connection.execute(statement, parameters).all()
        query = self._driver_query(statement, parameters)
        with self._damage.logged(), self._backend.raise_store_error():
            found = self._backend.fetch_all(self._engine, query.sql, query.values(parameters))
            return [query.row(each) for each in found]

    @contextmanager
    def _connect(self, transaction: Transaction) -> Iterator[Connection]:
        with self._damage.logged(), self._backend.raise_store_error(), self._engine.connect() as connection:
            yield connection.execution_options(transaction=transaction)

    def read_number(self, sql: str) -> int | None:
        """The number that a query without parameters returns; None without a row.

        Some numbers are read for each post. The driver does that in a tenth of the time of SQLAlchemy.
        """
        row = self._fetch_one(sql, None)
        return None if row is None else int(row[0])

    def _fetch_one(self, sql: str, parameters: Mapping[str, Any] | list[Any] | None) -> Any:
        """The first row as the driver returns it."""
        with self._damage.logged(), self._backend.raise_store_error():
            return self._backend.fetch_one(self._engine, sql, parameters)

    def server_time(self) -> datetime | None:
        """The time of the database server; None for a file."""
        with self._damage.logged(), self._backend.raise_store_error():
            return self._backend.server_time(self._engine)

    @contextmanager
    def _log_write_errors(self) -> Iterator[None]:
        """Log once when writes start to fail, and once when they succeed again."""
        try:
            yield
        except LeadershipLost:
            raise
        except StoreError as error:
            if not error.temporary:
                raise
            # One outage has many messages: a lost connection, then a refused one, then a server that starts.
            if self._writes.fail(error):
                log.error("the database cannot be written", error=error.message, do=error.remedy)
            raise
        if self._writes.succeed():
            log.info("the database can be written again")

    def created_at(self) -> datetime:
        """When this database was created. Older posts may have replies that it does not know about."""
        with self.read_transaction() as connection:
            created: datetime = connection.execute(
                select(meta.c.time).where(meta.c.name == "created")
            ).scalar_one()
        return created

    def set_created_at(self, now: datetime) -> None:
        """Treat the database as created now: recent replies may be missing from it."""
        with self.write_transaction() as connection:
            connection.execute(update(meta).where(meta.c.name == "created").values(time=now))

    def housekeeping_at(self) -> datetime | None:
        """When the last housekeeping began; None for never."""
        with self.read_transaction() as connection:
            return connection.execute(
                select(meta.c.time).where(meta.c.name == "housekeeping")
            ).scalar_one_or_none()

    def record_housekeeping(self, now: datetime) -> None:
        statement = insert(meta).values(name="housekeeping", time=now)
        with self.write_transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"time": now}))

    def update_post(
        self,
        row: int,
        only: Collection[State] = tuple(State),
        statement: Update = UPDATE_POST,
        /,
        **values: Any,
    ) -> None:
        """Change one post's row in its own transaction, if its state is one of `only`.

        A `statement` is `UPDATE_POST` with expressions; `values` are plain values.
        """
        with self.write_statement() as connection:
            connection.execute(statement, {"row_id": row, "only_states": list(only), **values})

    def finish_post(
        self,
        row: int,
        state: State,
        now: datetime,
        statement: Update = FINISH_POST,
        /,
        only: Collection[State] = PENDING,
        **values: Any,
    ) -> None:
        """Move a post to a final state if its state is one of `only`.

        The text of a self post is erased, and that of its reply unless a `statement` keeps it, which is
        `FINISH_WITH_TEXT` with `markdown` in `values` or as an expression.
        """
        final = {"state": state, "done_at": now}
        self.update_post(row, only, statement, **final | values)
