"""When deleted replies were sent whose posts were processed again: they count for the maximum per day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "replaced_replies",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("comment_id", sa.String(), primary_key=True),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_replaced_replies_community", "replaced_replies", ["community", "sent_at"])


def downgrade() -> None:
    op.drop_table("replaced_replies")
