"""How often the platform refused to store each reply and message."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
TABLES = ("posts", "outgoing_messages")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("refused_sends", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "refused_sends")
