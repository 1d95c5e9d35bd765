"""Indexes that cost less: PostgreSQL changes each index when it changes a row of a post."""

from alembic import op

from bot.store.dialects import POSTGRESQL

revision = "0022"
down_revision = "0021"

TEXTS = ("content->>'title'", "content->>'url'", "permalink", "community", "error")


def upgrade() -> None:
    op.drop_index("ix_host_pauses_next_at", "host_pauses")
    _create_search_index(" WHERE done_at IS NOT NULL")


def downgrade() -> None:
    op.create_index("ix_host_pauses_next_at", "host_pauses", ["next_at"])
    _create_search_index("")


def _create_search_index(rows: str) -> None:
    """Where the server allowed the index of 0021."""
    connection = op.get_bind()
    if connection.dialect.name != POSTGRESQL:
        return
    if connection.exec_driver_sql("SELECT to_regclass('ix_posts_search')").scalar() is None:
        return
    text = " || chr(10) || ".join(f"coalesce({each}, '')" for each in TEXTS)
    connection.exec_driver_sql(
        f"CREATE INDEX ix_posts_search_new ON posts USING gin (({text}) gin_trgm_ops){rows}"
    )
    # This locks the table also for readers, so it comes after the long part.
    connection.exec_driver_sql("DROP INDEX ix_posts_search")
    connection.exec_driver_sql("ALTER INDEX ix_posts_search_new RENAME TO ix_posts_search")
