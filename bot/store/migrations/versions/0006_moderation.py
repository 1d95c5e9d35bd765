"""Settings by moderators, opt-outs, feedback, and the follow-up of replies."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

POSTS = (
    ("delete_at", sa.DateTime),
    ("follow_at", sa.DateTime),
    ("marked", sa.Boolean),
    ("score", sa.Integer),
    ("markdown_hash", sa.String),
    ("edited", sa.Boolean),
)


def upgrade() -> None:
    for name, kind in POSTS:
        op.add_column("posts", sa.Column(name, kind()))
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("author", sa.String()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON()),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.UniqueConstraint("source", "kind", name="uq_orders_source_kind"),
    )
    op.create_index("ix_orders_community", "orders", ["community", "id"])
    op.create_table(
        "pages",
        sa.Column("community", sa.String(), primary_key=True),
        sa.Column("revision", sa.String()),
        sa.Column("read_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "optouts",
        sa.Column("network", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("since", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "keys",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )
    op.create_table(
        "opinions",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("message_id", sa.String(), primary_key=True),
        sa.Column("community", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "unknown",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("message_id", sa.String(), primary_key=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("community", sa.String()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_unknown_sent", "unknown", ["sent"])


def downgrade() -> None:
    for table in ("unknown", "opinions", "keys", "optouts", "pages", "orders"):
        op.drop_table(table)
    for name, _ in POSTS:
        op.drop_column("posts", name)
