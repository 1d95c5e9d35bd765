"""What operators do on the pages and on the command line; pauses of an account; mutes by an operator."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "operator_actions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False, server_default=""),
        sa.Column("community", sa.String(), nullable=False, server_default=""),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False, server_default=""),
        sa.Column("done_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_operator_actions_community", "operator_actions", ["community", "done_at"])
    op.add_column("accounts", sa.Column("paused_at", sa.DateTime()))
    op.add_column(
        "muted_communities", sa.Column("by_operator", sa.Boolean(), nullable=False, server_default="0")
    )


def downgrade() -> None:
    op.drop_column("muted_communities", "by_operator")
    op.drop_column("accounts", "paused_at")
    op.drop_index("ix_operator_actions_community", "operator_actions")
    op.drop_table("operator_actions")
