"""An index for the search of posts, and one for the daily check whether posts still exist."""

import sqlite3

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def text(row: str) -> str:
    content = f"CASE WHEN JSON_VALID({row}.content) THEN {row}.content END"
    texts = [f"COALESCE(JSON_EXTRACT({content}, '$.{name}'), '')" for name in ("title", "url")]
    return " || CHAR(10) || ".join(
        [*texts, f"{row}.permalink", f"{row}.community", f"COALESCE({row}.error, '')"]
    )


_ADD = f"INSERT INTO post_search (rowid, text) VALUES (NEW.id, {text('NEW')});"
_REMOVE = f"INSERT INTO post_search (post_search, rowid, text) VALUES ('delete', OLD.id, {text('OLD')});"
TRIGGERS = {
    "index_new_post": f"AFTER INSERT ON posts BEGIN {_ADD} END",
    "index_changed_post": (
        "AFTER UPDATE OF content, permalink, community, error ON posts"
        f" WHEN {text('OLD')} IS NOT {text('NEW')} BEGIN {_REMOVE} {_ADD} END"
    ),
    "index_deleted_post": f"AFTER DELETE ON posts BEGIN {_REMOVE} END",
}


def upgrade() -> None:
    op.drop_index("ix_posts_recheck", "posts")
    has_content = sa.text("content IS NOT NULL")
    columns = ["account", "post_checked_at"]
    op.create_index(
        "ix_posts_recheck", "posts", columns, sqlite_where=has_content, postgresql_where=has_content
    )
    connection = op.get_bind()
    if not can_index(connection):
        return
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE post_search USING fts5("
        "text, content = '', columnsize = 0, detail = none, tokenize = 'trigram')"
    )
    connection.exec_driver_sql(f"INSERT INTO post_search (rowid, text) SELECT id, {text('posts')} FROM posts")
    for name, rest in TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {rest}")


def can_index(connection: sa.Connection) -> bool:
    if connection.dialect.name != "sqlite" or sqlite3.sqlite_version_info < (3, 34):
        return False
    modules = "SELECT 1 FROM pragma_module_list WHERE name = 'fts5'"
    return connection.exec_driver_sql(modules).first() is not None


def downgrade() -> None:
    connection = op.get_bind()
    if can_index(connection):
        for name in TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS {name}")
        op.execute("DROP TABLE IF EXISTS post_search")
    op.drop_index("ix_posts_recheck", "posts")
    op.create_index(
        "ix_posts_recheck", "posts", ["account", "done_at"], sqlite_where=sa.text("content IS NOT NULL")
    )
