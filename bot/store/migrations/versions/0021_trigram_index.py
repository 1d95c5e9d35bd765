"""An index for the search of posts on PostgreSQL."""

from alembic import op

from bot.store.dialects import POSTGRESQL

revision = "0021"
down_revision = "0020"

CAN_CREATE = (
    "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') OR"
    " (EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')"
    " AND has_database_privilege(current_database(), 'CREATE'))"
)
TEXTS = ("content->>'title'", "content->>'url'", "permalink", "community", "error")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == POSTGRESQL and connection.exec_driver_sql(CAN_CREATE).scalar():
        text = " || chr(10) || ".join(f"coalesce({each}, '')" for each in TEXTS)
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        connection.exec_driver_sql(f"CREATE INDEX ix_posts_search ON posts USING gin (({text}) gin_trgm_ops)")


def downgrade() -> None:
    if op.get_bind().dialect.name == POSTGRESQL:
        op.execute("DROP INDEX IF EXISTS ix_posts_search")
