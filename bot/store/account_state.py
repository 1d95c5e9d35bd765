"""The state of each account: its token, and the error that the operator must fix before it works again."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.core.errors import StoreError
from bot.store.database import Database
from bot.store.tables import accounts


class Accounts:
    """Implements `bot.platforms.base.TokenStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, account: str) -> str | None:
        """The saved token or None."""
        with self._database.read_transaction() as connection:
            return connection.execute(
                select(accounts.c.token).where(accounts.c.account == account)
            ).scalar_one_or_none()

    def save(self, account: str, token: str | None) -> None:
        """Save a token. One that cannot be saved is requested again after the next start."""
        with suppress(StoreError):  # the database has logged it
            self._set(account, token=token)

    def set_error(self, account: str, error: str | None, now: datetime) -> None:
        self._set(account, error=error, error_at=None if error is None else now)

    def _set(self, account: str, **values: Any) -> None:
        statement = insert(accounts).values(account=account, **values)
        with self._database.write_transaction() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["account"], set_=values))
