"""An account's error is removed by the next success, whichever of two threads records what, and when."""

from __future__ import annotations

import pytest

from bot.core.errors import StoreError
from bot.store import Accounts, Database
from bot.store.status_reports import status_report
from tests.conftest import START


def errors(database: Database) -> dict[str, str]:
    return dict(status_report(database).account_errors)


def test_an_error_that_is_recorded_during_the_look_for_one_is_removed_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(database)

    def find_nothing_and_then_an_error_is_recorded(*arguments: object, **options: object) -> bool:
        accounts.set_error("main", "Locked out.", START)
        return False

    with monkeypatch.context() as during:
        during.setattr(database, "has_row", find_nothing_and_then_an_error_is_recorded)
        accounts.set_error("main", None, START)
    assert errors(database) == {"main": "Locked out."}
    accounts.set_error("main", None, START)
    assert errors(database) == {}


def test_an_error_that_could_not_be_looked_for_is_removed_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(database)
    accounts.set_error("main", "Locked out.", START)

    def fail(*arguments: object, **options: object) -> bool:
        raise StoreError("The database cannot be reached.", "Start it.", temporary=True)

    with monkeypatch.context() as during:
        during.setattr(database, "has_row", fail)
        with pytest.raises(StoreError):
            accounts.set_error("main", None, START)
    accounts.set_error("main", None, START)
    assert errors(database) == {}
