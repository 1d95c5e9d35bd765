"""Numbers of posts, and the revision of the rules. Triggers keep both."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

COUNTS = {
    "post_counts": ("account", "community", "state", "reason"),
    "daily_counts": ("day", "state", "reason"),
}

_KEY = "{row}.account, {row}.community, {row}.state, COALESCE({row}.reason, '')"
_DAY = "DATE({row}.done_at), {row}.state, COALESCE({row}.reason, '')"


def count(row: str, by: int) -> str:
    return (
        "INSERT INTO post_counts (account, community, state, reason, number)"
        f" VALUES ({_KEY.format(row=row)}, {by})"
        f" ON CONFLICT (account, community, state, reason) DO UPDATE SET number = number + {by};"
        " INSERT INTO daily_counts (day, state, reason, number)"
        f" SELECT {_DAY.format(row=row)}, {by} WHERE {row}.done_at IS NOT NULL"
        f" ON CONFLICT (day, state, reason) DO UPDATE SET number = number + {by};"
    )


_CHANGED = " OR ".join(
    f"OLD.{column} IS NOT NEW.{column}" for column in ("account", "community", "state", "reason", "done_at")
)
_REVISE = (
    "BEGIN INSERT INTO revisions (name, number) VALUES ('rules', 1)"
    " ON CONFLICT (name) DO UPDATE SET number = number + 1; END"
)
TRIGGERS = {
    "count_new_post": f"AFTER INSERT ON posts BEGIN {count('NEW', 1)} END",
    "count_changed_post": (
        "AFTER UPDATE OF account, community, state, reason, done_at ON posts"
        f" WHEN {_CHANGED} BEGIN {count('OLD', -1)} {count('NEW', 1)} END"
    ),
    "count_deleted_post": f"AFTER DELETE ON posts BEGIN {count('OLD', -1)} END",
    "revise_new_settings": f"AFTER INSERT ON settings_changes {_REVISE}",
    "revise_changed_settings": f"AFTER UPDATE ON settings_changes {_REVISE}",
    "revise_deleted_settings": f"AFTER DELETE ON settings_changes {_REVISE}",
    "revise_new_pause": f"AFTER INSERT ON accounts WHEN NEW.paused_at IS NOT NULL {_REVISE}",
    "revise_changed_pause": f"AFTER UPDATE OF paused_at ON accounts {_REVISE}",
    "revise_deleted_pause": f"AFTER DELETE ON accounts {_REVISE}",
}
FILL = (
    (
        "INSERT INTO post_counts (account, community, state, reason, number)"
        f" SELECT {_KEY.format(row='posts')}, COUNT(*) FROM posts GROUP BY 1, 2, 3, 4"
    ),
    (
        "INSERT INTO daily_counts (day, state, reason, number)"
        f" SELECT {_DAY.format(row='posts')}, COUNT(*) FROM posts WHERE done_at IS NOT NULL GROUP BY 1, 2, 3"
    ),
)


def upgrade() -> None:
    for table, keys in COUNTS.items():
        columns = [sa.Column(name, sa.String(), primary_key=True) for name in keys]
        op.create_table(table, *columns, sa.Column("number", sa.Integer(), nullable=False))
    op.create_table(
        "revisions",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    connection = op.get_bind()
    for name, rest in TRIGGERS.items():
        connection.exec_driver_sql(f"CREATE TRIGGER {name} {rest}")
    for statement in FILL:
        connection.exec_driver_sql(statement)


def downgrade() -> None:
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    for table in (*COUNTS, "revisions"):
        op.drop_table(table)
