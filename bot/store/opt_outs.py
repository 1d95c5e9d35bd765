"""People who want no replies under their posts: known again by a keyed hash (RFC 2104), never by name."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from bot.store.database import Database
from bot.store.tables import keys, opt_outs

_KEY = "optouts"


class OptOuts:
    """Every method is one transaction. A network is what shares its people: Reddit, or the fediverse."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    def add(self, network: str, person: str, now: datetime) -> None:
        values = {"network": network, "person": self._hashed(network, person), "since": now}
        with self._database.write_transaction() as connection:
            connection.execute(insert(opt_outs).values(values).on_conflict_do_nothing())

    def remove(self, network: str, person: str) -> None:
        them = opt_outs.c.person == self._hashed(network, person)
        with self._database.write_transaction() as connection:
            connection.execute(delete(opt_outs).where(opt_outs.c.network == network, them))

    def has(self, network: str, person: str) -> bool:
        them = opt_outs.c.person == self._hashed(network, person)
        statement = select(func.count()).where(opt_outs.c.network == network, them)
        with self._database.read_transaction() as connection:
            return bool(connection.execute(statement).scalar_one())

    def counts(self) -> dict[str, int]:
        """How many there are on each network; nothing else of them is ever shown."""
        statement = select(opt_outs.c.network, func.count()).group_by(opt_outs.c.network)
        with self._database.read_transaction() as connection:
            return dict(tuple(row) for row in connection.execute(statement).all())

    def _hashed(self, network: str, person: str) -> str:
        name = f"{network}/{person.strip().lower()}"
        return hmac.new(self._secret(), name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        """Made once for each database."""
        if self._key is None:
            fresh = {"name": _KEY, "value": secrets.token_hex(32)}
            with self._database.write_transaction() as connection:
                connection.execute(insert(keys).values(fresh).on_conflict_do_nothing())
                kept = connection.execute(select(keys.c.value).where(keys.c.name == _KEY)).scalar_one()
            self._key = bytes.fromhex(kept)
        return self._key
