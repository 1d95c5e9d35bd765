"""The account's token between two runs, so that a restart is no log-in.

Reddit's tokens live a day. What is kept says whose it is: with another app, name, password or refresh
token in the config, it counts for nothing.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from bot.platforms.base import TokenStore
from bot.platforms.rate_limits import Clock

_TOO_LATE = timedelta(minutes=5)
"""A token that ends sooner is not worth taking up; PRAW also trusts one for ten seconds too long."""


class SavedToken:
    """One account's place in the vault; `owner` is everything that the token was got with."""

    def __init__(self, token_store: TokenStore, account: str, owner: tuple[str, ...], clock: Clock) -> None:
        self._vault = token_store
        self._account = account
        self._owner = hashlib.sha256("\0".join(owner).encode()).hexdigest()
        self._clock = clock

    def load(self) -> dict[str, Any] | None:
        """The answer to the last log-in, with the seconds that are left of its token."""
        try:
            kept = json.loads(self._vault.load(self._account) or "null")
            left = datetime.fromisoformat(kept["ends"]) - self._clock()
            if kept["owner"] != self._owner or left < _TOO_LATE:
                return None
            token, scope = str(kept["token"]), str(kept["scope"])
        except (ValueError, TypeError, KeyError):
            return None
        return {"access_token": token, "scope": scope, "expires_in": int(left.total_seconds())}

    def save(self, answer: dict[str, Any]) -> None:
        ends = self._clock() + timedelta(seconds=int(answer["expires_in"]))
        kept = {
            "owner": self._owner,
            "token": answer["access_token"],
            "scope": answer["scope"],
            "ends": ends.isoformat(),
        }
        self._vault.save(self._account, json.dumps(kept))

    def forget(self) -> None:
        self._vault.save(self._account, None)
