"""When the platform was last asked whether a post still exists."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("posts", sa.Column("checked_at", sa.DateTime()))


def downgrade() -> None:
    op.drop_column("posts", "checked_at")
