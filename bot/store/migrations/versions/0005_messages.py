"""Messages to the bot, and its answers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("parent_id", sa.String(), nullable=False, server_default=""))
        posts.add_column(sa.Column("request", sa.String()))
        posts.drop_constraint("uq_posts_account_post", type_="unique")
        posts.create_unique_constraint("uq_posts_account_post", ["account", "post_id", "parent_id"])
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("author", sa.String()),
        sa.Column("facts", sa.JSON()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String()),
        sa.Column("error", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("post_row", sa.Integer()),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("handled_at", sa.DateTime()),
        sa.UniqueConstraint("account", "message_id", name="uq_messages_account_message"),
    )
    op.create_index("ix_messages_account_state", "messages", ["account", "state", "due_at"])
    op.create_index("ix_messages_author", "messages", ["account", "author", "handled_at"])
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("post_id", sa.String()),
        sa.Column("comment_id", sa.String()),
        sa.Column("markdown", sa.Text()),
        sa.Column("language", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("error", sa.Text()),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("sending_at", sa.DateTime()),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("empty_reads", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.String()),
        sa.UniqueConstraint("account", "key", name="uq_letters_account_key"),
    )
    op.create_index("ix_letters_account_state", "letters", ["account", "state", "due_at"])


def downgrade() -> None:
    op.drop_table("letters")
    op.drop_table("messages")
    with op.batch_alter_table("posts") as posts:
        posts.drop_constraint("uq_posts_account_post", type_="unique")
        posts.create_unique_constraint("uq_posts_account_post", ["account", "post_id"])
        posts.drop_column("request")
        posts.drop_column("parent_id")
