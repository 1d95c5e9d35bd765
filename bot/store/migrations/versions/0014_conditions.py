"""Conditions that need attention, waits that are planned, and the software of each account's server."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
SOFTWARE = ("software", "software_before")


def upgrade() -> None:
    op.create_table(
        "conditions",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("over_since", sa.DateTime()),
        sa.Column("recurrences", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
    )
    op.add_column("posts", sa.Column("overdue_from", sa.DateTime()))
    op.create_index("ix_posts_done", "posts", ["done_at"])
    for name in SOFTWARE:
        op.add_column("accounts", sa.Column(name, sa.String()))
    op.add_column("accounts", sa.Column("software_changed_at", sa.DateTime()))


def downgrade() -> None:
    op.drop_column("accounts", "software_changed_at")
    for name in SOFTWARE:
        op.drop_column("accounts", name)
    op.drop_index("ix_posts_done", "posts")
    op.drop_column("posts", "overdue_from")
    op.drop_table("conditions")
