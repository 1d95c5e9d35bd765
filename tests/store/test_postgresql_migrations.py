"""An older database on PostgreSQL is upgraded by `precis migrate`, with its rows."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from alembic import command

from bot.core.database_location import PostgresUrl
from bot.core.models import PollResult, Source
from bot.store import Database, PostQueue, schema_version
from bot.store.migrate import migrate
from bot.store.postgresql_engine import make_engine
from tests import postgresql
from tests.conftest import START, a_post, on_server

pytestmark = on_server
FIRST = "0019"
"""The first revision that nodes ran on. Earlier ones were never on PostgreSQL."""
SCHEMA = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT event_object_table, trigger_name, event_manipulation, action_statement, action_timing"
    " FROM information_schema.triggers WHERE trigger_schema = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "persistence": "SELECT relname, relpersistence FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind = 'r'",
}


def schema_of(url: PostgresUrl) -> dict[str, set[tuple[Any, ...]]]:
    with postgresql._connect(url) as connection:
        return {name: set(connection.execute(query).fetchall()) for name, query in SCHEMA.items()}


@pytest.mark.parametrize("old", [each for each in schema_version.known()[:-1] if each >= FIRST])
def test_an_upgrade_gives_the_tables_of_a_new_database_and_keeps_the_rows(old: str) -> None:
    url, posts = postgresql.new_database("older_version"), (a_post(1), a_post(2))
    with closing(Database(url, START)) as database:
        PostQueue(database).discover(Source("main", "news@lemmy.example"), PollResult(posts, "c"), START)
    expected = schema_of(url)
    engine = make_engine(url)
    with engine.begin() as connection:
        command.downgrade(schema_version.alembic_config(connection), old)
    engine.dispose()
    assert schema_of(url) != expected
    assert migrate(url, START) == old
    assert schema_of(url) == expected
    with closing(Database(url, START)) as database:
        claimed = PostQueue(database).claim(START, 5, timedelta(minutes=1))
    assert {each.post for each in claimed} == set(posts)
