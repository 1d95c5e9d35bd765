"""Calls for rows that may not exist any more. A missing row needs a proof.

A server whose database is down answers that posts and comments do not exist (measured on 0.19). So a row
is missing only if the server says so twice, and its database answers after each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.errors import PlatformError
from bot.platforms.api_call import ApiError, Call
from bot.platforms.lemmy import errors


class RowCalls:
    """`read` and `write` send a call. `check_database` raises if the server cannot read from its database.

    `not_found` are the codes for a missing row.
    """

    def __init__(
        self,
        read: Callable[[Call], Any],
        write: Callable[[Call], Any],
        check_database: Callable[[], object],
    ) -> None:
        self._read = read
        self._write = write
        self._check_database = check_database

    def check_database(self) -> None:
        """Raises `PlatformError` if the server cannot read from its database."""
        self._check_database()

    def read_or_none(self, call: Call, not_found: frozenset[str]) -> Any | None:
        """The response, or None if the row is missing. Raises the errors of read calls."""
        return self._send_or_none(self._read, call, not_found, errors.read_error)

    def write_or_none(self, call: Call, not_found: frozenset[str]) -> Any | None:
        """The response, or None if the row is missing. Raises the errors of write calls.

        The call may be sent twice, so it must be one that may be repeated.
        """
        return self._send_or_none(self._write, call, not_found, errors.write_error)

    def _send_or_none(
        self,
        send: Callable[[Call], Any],
        call: Call,
        not_found: frozenset[str],
        error_of: Callable[[ApiError, Call], PlatformError],
    ) -> Any | None:
        for _ in range(2):
            try:
                return send(call)
            except ApiError as error:
                if error.code not in not_found:
                    raise error_of(error, call) from error
            self._check_database()
        return None
