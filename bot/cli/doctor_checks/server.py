"""Checks of a PostgreSQL server: its version, its tables, its clock, and whether it can be written."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.core.database_location import PostgresUrl
from bot.core.errors import StoreError
from bot.core.models import CheckResult
from bot.store import Database

MIN_VERSION = 13_00_00
"""As `server_version_num` has it. PostgreSQL supports older versions no more."""
MAX_CLOCK_OFFSET = timedelta(seconds=5)
_FACTS = text(
    "SELECT current_setting('server_version') AS version,"
    " CAST(current_setting('server_version_num') AS integer) AS number,"
    " pg_is_in_recovery() AS standby, pg_database_size(current_database()) AS size"
)


def check_database(location: PostgresUrl) -> CheckResult:
    try:
        with closing(Database(location, None)) as database:
            with database.read_transaction() as connection:
                facts = connection.execute(_FACTS).one()
            server_time = database.server_time() or datetime.now(UTC)
    except StoreError as error:
        return CheckResult("database", False, error.message.rstrip("."), error.remedy)
    ahead = server_time - datetime.now(UTC)
    if facts.number < MIN_VERSION:
        problem, remedy = f"is PostgreSQL {facts.version}", "Upgrade the server to PostgreSQL 13 or newer."
    elif facts.standby:
        problem, remedy = "is a standby, which cannot be written", "Use the address of the primary."
    elif abs(ahead) > MAX_CLOCK_OFFSET:
        problem = f"has a clock that differs by {abs(ahead).total_seconds():.0f} s from this machine's"
        remedy = "Precis uses the server's clock. Synchronise both: timedatectl set-ntp true"
    else:
        size = f"PostgreSQL {facts.version}, {facts.size / 1e6:.1f} MB"
        return CheckResult("database", True, f"{location} has its tables, {size}")
    return CheckResult("database", False, f"{location} {problem}", remedy)
