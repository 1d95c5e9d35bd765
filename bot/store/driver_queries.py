"""Queries that the driver executes, without SQLAlchemy's part of the work.

The jobs ask several times a second whether anything is due, and the answer is nearly always no. Then
SQLAlchemy's part, from the transaction to the result, takes several times as long as the query.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Dialect, Select


class DriverQuery:
    """A statement that is compiled once; its parameters may not be lists."""

    def __init__(self, statement: Select[Any], parameters: Mapping[str, Any], dialect: Dialect) -> None:
        """`parameters` are those of any execution: the lists that a statement contains are compiled too."""
        compiled = statement.compile(dialect=dialect)
        expanded = compiled.construct_expanded_state(dict(parameters))
        self.sql = expanded.statement
        self._first_values = expanded.parameters
        self._order = expanded.positiontup
        """The names of the parameters in their order, for a driver that takes no names."""
        self._converters: dict[str, Callable[[Any], Any]] = {
            name: convert
            for name in parameters
            if (convert := compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        }

    def values(self, parameters: Mapping[str, Any]) -> Mapping[str, Any] | list[Any]:
        """The values of an execution as the driver takes them."""
        values = {**self._first_values, **parameters}
        for name, convert in self._converters.items():
            values[name] = convert(values[name])
        return values if self._order is None else [values[name] for name in self._order]
