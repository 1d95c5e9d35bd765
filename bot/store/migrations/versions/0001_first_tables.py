"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("post_id", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("permalink", sa.String(), nullable=False),
        sa.Column("url_hash", sa.String()),
        sa.Column("facts", sa.JSON()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("error", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("lease_until", sa.DateTime()),
        sa.Column("published", sa.DateTime(), nullable=False),
        sa.Column("discovered_at", sa.DateTime(), nullable=False),
        sa.Column("ready_at", sa.DateTime()),
        sa.Column("sending_at", sa.DateTime()),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("markdown", sa.Text()),
        sa.Column("language", sa.String()),
        sa.Column("article_words", sa.Integer()),
        sa.Column("summary_words", sa.Integer()),
        sa.Column("saved", sa.Integer()),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("empty_reads", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.String()),
        sa.Column("comment_url", sa.String()),
        sa.UniqueConstraint("account", "post_id", name="uq_posts_account_post"),
    )
    op.create_index("ix_posts_state_due", "posts", ["state", "due_at"])
    op.create_index("ix_posts_community_ready", "posts", ["community", "ready_at"])
    op.create_index("ix_posts_permalink", "posts", ["permalink"])
    op.create_table(
        "cursors",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("polled_at", sa.DateTime()),
        sa.Column("error", sa.Text()),
    )
    op.create_table(
        "accounts",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("token", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("error_at", sa.DateTime()),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("time", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    for table in ("meta", "accounts", "cursors", "posts"):
        op.drop_table(table)
