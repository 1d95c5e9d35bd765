"""How often the platform refused to store each reply and message, and to delete each reply."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
COUNTS = (("posts", "refused_sends"), ("outgoing_messages", "refused_sends"), ("posts", "delete_attempts"))


def upgrade() -> None:
    for table, name in COUNTS:
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("posts", sa.Column("delete_error", sa.Text()))


def downgrade() -> None:
    op.drop_column("posts", "delete_error")
    for table, name in COUNTS:
        op.drop_column(table, name)
