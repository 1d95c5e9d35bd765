"""People who opted out of replies under their posts, stored as a keyed hash (RFC 2104), never by name."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import delete, func, select

from bot.store.database import Database
from bot.store.dialects import insert
from bot.store.tables import keys, opt_outs

_KEY_NAME = "opt_outs"


class OptOuts:
    """Every method is one transaction. A network is Reddit, or all Lemmy and PieFed servers together."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    def add(self, network: str, person: str, now: datetime) -> None:
        values = {"network": network, "person_hash": self.hash(network, person), "opted_out_at": now}
        with self._database.write_transaction() as connection:
            connection.execute(insert(opt_outs).values(values).on_conflict_do_nothing())

    def remove(self, network: str, person: str) -> None:
        matches = opt_outs.c.person_hash == self.hash(network, person)
        with self._database.write_transaction() as connection:
            connection.execute(delete(opt_outs).where(opt_outs.c.network == network, matches))

    def counts(self) -> dict[str, int]:
        """The number of opt-outs on each network. Nothing else about them is ever shown."""
        statement = select(opt_outs.c.network, func.count()).group_by(opt_outs.c.network)
        with self._database.read_transaction() as connection:
            return dict(tuple(row) for row in connection.execute(statement).all())

    def hash(self, network: str, person: str) -> str:
        """What is stored of a person."""
        name = f"{network}/{person.strip().lower()}"
        return hmac.new(self._secret(), name.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _secret(self) -> bytes:
        """The key of the hash, generated once for each database."""
        if self._key is None:
            new = {"name": _KEY_NAME, "value": secrets.token_hex(32)}
            with self._database.write_transaction() as connection:
                connection.execute(insert(keys).values(new).on_conflict_do_nothing())
                saved = connection.execute(select(keys.c.value).where(keys.c.name == _KEY_NAME)).scalar_one()
            self._key = bytes.fromhex(saved)
        return self._key
