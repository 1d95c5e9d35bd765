"""What the nodes of a cluster share: requests to servers, pauses between pages of a host, and robots.txt."""

import sqlalchemy as sa
from alembic import op

from bot.store.dialects import POSTGRESQL

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "rate_limit_buckets",
        sa.Column("server", sa.String(), primary_key=True),
        sa.Column("egress", sa.String(), primary_key=True),
        sa.Column("bucket", sa.String(), primary_key=True),
        sa.Column("state", sa.JSON(), nullable=False),
    )
    op.create_table(
        "host_pauses",
        sa.Column("host", sa.String(), primary_key=True),
        sa.Column("next_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_host_pauses_next_at", "host_pauses", ["next_at"])
    op.create_table(
        "robots_files",
        sa.Column("origin", sa.String(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_robots_files_valid_until", "robots_files", ["valid_until"])
    if op.get_bind().dialect.name == POSTGRESQL:
        op.execute("ALTER TABLE host_pauses SET UNLOGGED")
        op.execute("ALTER TABLE robots_files SET UNLOGGED")


def downgrade() -> None:
    op.drop_table("robots_files")
    op.drop_table("host_pauses")
    op.drop_table("rate_limit_buckets")
