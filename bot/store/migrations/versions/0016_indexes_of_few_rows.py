"""Indexes for the queries of the jobs, most of them with few rows; none with all rows of a final state."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

FULL = {
    "ix_posts_seen": ["account", "community", "discovered_at"],
    "ix_posts_url": ["url_hash", "community"],
}
PARTIAL = {
    "ix_posts_pending": (["state", "due_at"], "done_at IS NULL"),
    "ix_posts_delete": (["account", "delete_at"], "delete_at IS NOT NULL"),
    "ix_posts_check": (["account", "reply_check_at"], "reply_check_at IS NOT NULL"),
    "ix_posts_distinguish": (["account", "done_at"], "distinguish_done IS 0"),
    "ix_posts_content": (["done_at"], "content IS NOT NULL"),
    "ix_posts_recheck": (["account", "done_at"], "content IS NOT NULL"),
    "ix_posts_sent": (["account", "done_at"], "comment_id IS NOT NULL"),
    "ix_posts_comment": (["account", "comment_id"], "comment_id IS NOT NULL"),
    "ix_posts_parent": (["account", "parent_id"], "request IS NOT NULL"),
    "ix_posts_comment_url": (["comment_url"], "comment_url IS NOT NULL"),
    "ix_posts_article": (["article_hash"], "article_hash IS NOT NULL"),
}
REPLACED = {"ix_posts_state_due": ["state", "due_at"], "ix_posts_community_url": ["community", "url_hash"]}


def upgrade() -> None:
    # Queries find pending posts by this. No version of Precis sets it, so this changes nothing.
    op.execute(
        "UPDATE posts SET done_at = NULL"
        " WHERE state IN ('discovered', 'ready', 'sending') AND done_at IS NOT NULL"
    )
    for name in REPLACED:
        op.drop_index(name, "posts")
    for name, columns in FULL.items():
        op.create_index(name, "posts", columns)
    for name, (columns, rows) in PARTIAL.items():
        op.create_index(name, "posts", columns, sqlite_where=sa.text(rows))


def downgrade() -> None:
    for name in (*FULL, *PARTIAL):
        op.drop_index(name, "posts")
    for name, columns in REPLACED.items():
        op.create_index(name, "posts", columns)
