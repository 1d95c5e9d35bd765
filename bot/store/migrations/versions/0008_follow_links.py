"""Posts that must be read again, replaced replies, and an index to count a community's replies."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("posts", sa.Column("refetch", sa.Boolean()))
    op.add_column("posts", sa.Column("replaced_comment_ids", sa.JSON()))
    op.create_index("ix_posts_community_done", "posts", ["community", "done_at"])


def downgrade() -> None:
    op.drop_index("ix_posts_community_done", "posts")
    op.drop_column("posts", "replaced_comment_ids")
    op.drop_column("posts", "refetch")
