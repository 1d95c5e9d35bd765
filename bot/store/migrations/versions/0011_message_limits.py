"""Messages are handled by priority, and the work for each person is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "received_messages", sa.Column("priority", sa.Integer(), nullable=False, server_default="2")
    )
    op.add_column("received_messages", sa.Column("work_began_at", sa.DateTime()))
    op.create_index("ix_received_messages_work", "received_messages", ["author", "work_began_at"])


def downgrade() -> None:
    op.drop_index("ix_received_messages_work", "received_messages")
    op.drop_column("received_messages", "work_began_at")
    op.drop_column("received_messages", "priority")
