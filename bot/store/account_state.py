"""The state of each account: its token, and the error that the operator must fix before it works again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from bot.core.errors import StoreError
from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import accounts

_HAS_ERROR = select(accounts.c.account).where(
    accounts.c.account == bindparam("account"), accounts.c.error.is_not(None)
)
IsMajorUpdate = Callable[[str, str], bool]
"""Whether two texts such as `Lemmy 0.19.5` differ in what counts as the major version."""


class Accounts:
    """Implements `bot.platforms.base.TokenStore`."""

    def __init__(self, database: Database, *, tokens_must_be_saved: bool = False) -> None:
        """With `tokens_must_be_saved`, a platform does not use a token that cannot be saved."""
        self._database = database
        self._tokens_must_be_saved = tokens_must_be_saved
        self._without_error: set[str] = set()
        """Accounts that are known to have no error. Only the process that uses an account records errors."""

    def load(self, account: str) -> str | None:
        """The saved token or None."""
        with self._database.read_transaction() as connection:
            return connection.execute(
                select(accounts.c.token).where(accounts.c.account == account)
            ).scalar_one_or_none()

    def save(self, account: str, token: str | None) -> None:
        """Save a token. One that cannot be saved is requested again after the next start.

        Raises StoreError only if tokens must be saved.
        """
        try:
            self._set(account, token=token)
        except StoreError:  # the database has logged it
            if self._tokens_must_be_saved:
                raise

    def set_error(self, account: str, error: str | None, now: datetime) -> None:
        """Record an error, or that there is none. It is called after each reply, and is seldom a change.

        The poller and the outbox call it from two threads. An account is noted as one without an error before
        the look at the row, and the note is removed after an error was written. So no error stays unseen.
        """
        if error is not None:
            try:
                self._set(account, error=error, error_at=now)
            finally:
                self._without_error.discard(account)
        elif account not in self._without_error:
            self._without_error.add(account)
            try:
                if self._database.has_row(_HAS_ERROR, account=account):
                    self._set(account, error=None, error_at=None)
            except StoreError:
                self._without_error.discard(account)
                raise

    def record_software(self, account: str, software: str, now: datetime, *, is_major: IsMajorUpdate) -> None:
        """Record the software of the account's server, and when its major version changed."""
        with self._database.read_transaction() as connection:
            before = connection.execute(
                select(accounts.c.software).where(accounts.c.account == account)
            ).scalar_one_or_none()
        if software == before:
            return
        if before is not None and is_major(before, software):
            self._set(account, software=software, software_before=before, software_changed_at=now)
        else:
            self._set(account, software=software)

    def _set(self, account: str, **values: Any) -> None:
        statement = insert(accounts).values(account=account, **values)
        with self._database.write_transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["account"], set_=values))
