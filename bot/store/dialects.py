"""The SQL that SQLite and PostgreSQL spell differently. Statements that use it are built once, for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from sqlalchemy import JSON, ColumnElement, Float, Table
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

SQLITE, POSTGRESQL = "sqlite", "postgresql"
"""SQLAlchemy's names."""


class _DoNothing(OnConflictDoNothing):
    inherit_cache = True
    constraint_target = None
    """PostgreSQL could name a constraint here."""


class _DoUpdate(OnConflictDoUpdate):
    inherit_cache = True
    constraint_target = None


class Insert(SqliteInsert):
    """An INSERT with ON CONFLICT, which is the same clause in both. SQLAlchemy has one class for each."""

    inherit_cache = True

    def on_conflict_do_nothing(self, index_elements: Sequence[str] | None = None) -> Self:  # type: ignore[override]
        return self.ext(_DoNothing(index_elements))

    def on_conflict_do_update(  # type: ignore[override]
        self,
        index_elements: Sequence[str],
        set_: Mapping[str, Any],
        where: ColumnElement[bool] | None = None,
    ) -> Self:
        return self.ext(_DoUpdate(index_elements, None, dict(set_), where))


def insert(table: Table) -> Insert:
    return Insert(table)


class without_body(GenericFunction[Any]):  # noqa: N801 (a function of SQL)
    """A post as JSON with an empty body. Damaged JSON stays as it is."""

    type = JSON(none_as_null=True)
    inherit_cache = True


@compiles(without_body, SQLITE)
def _without_body_in_sqlite(element: without_body, compiler: SQLCompiler, **options: Any) -> str:
    content = compiler.process(element.clauses, **options)
    return f"CASE WHEN json_valid({content}) = 1 THEN json_set({content}, '$.body', '') ELSE {content} END"


@compiles(without_body, POSTGRESQL)
def _without_body_in_postgresql(element: without_body, compiler: SQLCompiler, **options: Any) -> str:
    content = compiler.process(element.clauses, **options)
    erased = f"CAST(jsonb_set(CAST({content} AS JSONB), '{{body}}', '\"\"') AS JSON)"
    return f"CASE WHEN json_typeof({content}) = 'object' THEN {erased} ELSE {content} END"


class seconds_between(GenericFunction[float]):  # noqa: N801 (a function of SQL)
    """The seconds from one time to another, to the millisecond."""

    type = Float()
    inherit_cache = True


@compiles(seconds_between, SQLITE)
def _seconds_in_sqlite(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(each, **options) for each in element.clauses)
    return f"round((julianday({end}) - julianday({start})) * 86400, 3)"  # it counts in days


@compiles(seconds_between, POSTGRESQL)
def _seconds_in_postgresql(element: seconds_between, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(round(EXTRACT(EPOCH FROM {end} - {start}), 3) AS DOUBLE PRECISION)"


class in_byte_order(GenericFunction[str]):  # noqa: N801 (a function of SQL)
    """A text that is sorted by its bytes in UTF-8, in whatever language the database sorts texts."""

    inherit_cache = True


@compiles(in_byte_order, SQLITE)
def _byte_order_in_sqlite(element: in_byte_order, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(in_byte_order, POSTGRESQL)
def _byte_order_in_postgresql(element: in_byte_order, compiler: SQLCompiler, **options: Any) -> str:
    return f'{compiler.process(element.clauses, **options)} COLLATE "C"'
