"""Saves the account's token, so that a restart needs no login.

Reddit's tokens are valid for a day. The saved record names its owner: it is ignored if the app,
username, password or refresh token in the config has changed.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from bot.platforms.base import TokenStore
from bot.platforms.rate_limits import Clock

_MIN_LIFETIME = timedelta(minutes=5)
"""A token that expires sooner is not used. PRAW also uses a token for ten seconds too long."""


class SavedToken:
    """One account's entry in the token store. `owner` is everything that the token was obtained with."""

    def __init__(self, token_store: TokenStore, account: str, owner: tuple[str, ...], clock: Clock) -> None:
        self._token_store = token_store
        self._account = account
        self._owner = hashlib.sha256("\0".join(owner).encode()).hexdigest()
        self._clock = clock

    def load(self) -> dict[str, Any] | None:
        """The response to the last login, with the token's remaining seconds; None if not valid."""
        try:
            saved = json.loads(self._token_store.load(self._account) or "null")
            remaining = datetime.fromisoformat(saved["ends"]) - self._clock()
            if saved["owner"] != self._owner or remaining < _MIN_LIFETIME:
                return None
            token, scope = str(saved["token"]), str(saved["scope"])
        except (ValueError, TypeError, KeyError):
            return None
        return {"access_token": token, "scope": scope, "expires_in": int(remaining.total_seconds())}

    def token_in(self, saved: str) -> str | None:
        """The access token in an entry of the token store; None if it was obtained with another app.

        Also for an expired token: Reddit may accept it a little longer.
        """
        try:
            entry = json.loads(saved)
            return str(entry["token"]) if entry["owner"] == self._owner else None
        except (ValueError, TypeError, KeyError):
            return None

    def save(self, answer: dict[str, Any]) -> None:
        expires_at = self._clock() + timedelta(seconds=int(answer["expires_in"]))
        saved = {
            "owner": self._owner,
            "token": answer["access_token"],
            "scope": answer["scope"],
            "ends": expires_at.isoformat(),
        }
        self._token_store.save(self._account, json.dumps(saved))

    def forget(self) -> None:
        self._token_store.save(self._account, None)
