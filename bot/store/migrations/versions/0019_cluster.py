"""The nodes of a cluster, the leaders of accounts, and when a leader read a post again."""

import sqlalchemy as sa
from alembic import op

from bot.store.dialects import POSTGRESQL
from bot.store.task_tables import create_task_tables

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("node", sa.String(), primary_key=True),
        sa.Column("instance", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("accounts", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(), nullable=False),
        sa.Column("stopped_at", sa.DateTime()),
        sa.Column("draining_at", sa.DateTime()),
    )
    op.create_table(
        "account_leaders",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("holder", sa.String(), nullable=False, server_default=""),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
    )
    op.add_column("posts", sa.Column("refetched_at", sa.DateTime()))
    if op.get_bind().dialect.name == POSTGRESQL:
        create_task_tables(op.get_bind())


def downgrade() -> None:
    op.drop_column("posts", "refetched_at")
    op.drop_table("account_leaders")
    op.drop_table("nodes")
