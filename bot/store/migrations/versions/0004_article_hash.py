"""The hash of an article's URL, and an index to find the posts of a link in a community."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("posts", sa.Column("article_hash", sa.String()))
    op.create_index("ix_posts_community_url", "posts", ["community", "url_hash"])


def downgrade() -> None:
    op.drop_index("ix_posts_community_url", "posts")
    op.drop_column("posts", "article_hash")
