"""Queries that the driver executes, without SQLAlchemy's part of the work.

The jobs ask several times a second whether anything is due, and each post asks a few questions. SQLAlchemy's
part, from the transaction to the result, takes several times as long as such a query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Dialect, Float, Row, Select, UpdateBase
from sqlalchemy.engine import result_tuple

Statement = Select[Any] | UpdateBase
_compiled: WeakKeyDictionary[Statement, dict[str, DriverQuery]] = WeakKeyDictionary()
"""By statement and by the name of the dialect."""


def driver_query(statement: Statement, parameters: Mapping[str, Any], dialect: Dialect) -> DriverQuery:
    """The query of a statement, which is compiled once for all databases of this process.

    One that writes may have columns without values: then the parameters have those, always for the same ones.
    """
    of_statement = _compiled.setdefault(statement, {})
    if (query := of_statement.get(dialect.name)) is None:
        query = of_statement[dialect.name] = DriverQuery(statement, parameters, dialect)
    return query


class DriverQuery:
    """A statement that is compiled once, for parameters of always the same names.

    They may not be lists, except for arrays of PostgreSQL.
    """

    def __init__(self, statement: Statement, parameters: Mapping[str, Any], dialect: Dialect) -> None:
        """`parameters` are those of any execution: the lists that a statement contains are compiled too."""
        compiled = statement.compile(dialect=dialect, column_keys=list(parameters))
        expanded = compiled.construct_expanded_state(dict(parameters))
        self.sql = expanded.statement
        self._own_values = {
            name: value for name, value in expanded.parameters.items() if name not in parameters
        }
        """Parts of the statement. A parameter that is missing later is an error, not its first value."""
        self._order = expanded.positiontup
        """The names of the parameters in their order, for a driver that takes no names."""
        columns = statement.exported_columns
        self._make_row = result_tuple([str(key) for key in columns.keys()])  # noqa: SIM118 (not a dict)
        self._readers: list[tuple[int, Callable[[Any], Any]]] = [
            (position, read)
            for position, column in enumerate(columns)
            if not isinstance(column.type, Float)  # the drivers return floats, and need no type for them
            and (read := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]
        self._converters: dict[str, Callable[[Any], Any]] = {
            name: convert
            for name in parameters
            if (convert := compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        }

    def values(self, parameters: Mapping[str, Any]) -> Mapping[str, Any] | list[Any]:
        """The values of an execution as the driver takes them."""
        values = {**self._own_values, **parameters}
        for name, convert in self._converters.items():
            values[name] = convert(values[name])
        return values if self._order is None else [values[name] for name in self._order]

    def row(self, found: Sequence[Any]) -> Row[Any]:
        """A row of the driver as SQLAlchemy would return it; raises `StoreError` if a value is damaged."""
        values = list(found)
        for position, read in self._readers:
            values[position] = read(values[position])
        row: Row[Any] = self._make_row(values)
        return row
