"""What the rules need to judge a waiting reply again, and whose link a requested reply summarizes."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("posts", sa.Column("article_word_count", sa.Integer()))
    op.add_column("posts", sa.Column("summary_sentences", sa.Integer()))
    op.add_column("posts", sa.Column("link_in_request", sa.Boolean()))


def downgrade() -> None:
    op.drop_column("posts", "link_in_request")
    op.drop_column("posts", "summary_sentences")
    op.drop_column("posts", "article_word_count")
