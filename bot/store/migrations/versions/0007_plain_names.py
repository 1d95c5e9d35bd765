"""Give tables and columns the names that the documentation uses."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = (
    ("messages", "received_messages"),
    ("letters", "outgoing_messages"),
    ("mutes", "muted_communities"),
    ("orders", "settings_changes"),
    ("pages", "settings_pages"),
    ("optouts", "opt_outs"),
    ("opinions", "votes"),
    ("unknown", "unhandled_messages"),
)
COLUMNS = (  # (new name of the table, old name, new name), in this order
    ("posts", "facts", "content"),
    ("posts", "checked_at", "post_checked_at"),
    ("posts", "follow_at", "reply_check_at"),
    ("posts", "marked", "distinguish_done"),
    ("posts", "score", "reply_score"),
    ("posts", "edited", "reply_edited"),
    ("received_messages", "via", "kind"),
    ("received_messages", "facts", "content"),
    ("outgoing_messages", "key", "idempotency_key"),
    ("outgoing_messages", "person", "recipient"),
    ("outgoing_messages", "since", "read_back_from"),
    ("outgoing_messages", "written_at", "created_at"),
    ("outgoing_messages", "letter_id", "message_id"),
    ("muted_communities", "since", "muted_at"),
    ("settings_changes", "source", "source_id"),
    ("settings_changes", "place", "source"),
    ("settings_changes", "at", "changed_at"),
    ("settings_pages", "read_at", "checked_at"),
    ("opt_outs", "person", "person_hash"),
    ("opt_outs", "since", "opted_out_at"),
    ("votes", "at", "voted_at"),
    ("unhandled_messages", "sent", "sent_at"),
)
INDEXES = (  # (table, old name, new name, columns)
    (
        "received_messages",
        "ix_messages_account_state",
        "ix_received_messages_account_state",
        ["account", "state", "due_at"],
    ),
    (
        "received_messages",
        "ix_messages_author",
        "ix_received_messages_author",
        ["account", "author", "handled_at"],
    ),
    (
        "outgoing_messages",
        "ix_letters_account_state",
        "ix_outgoing_messages_account_state",
        ["account", "state", "due_at"],
    ),
    ("settings_changes", "ix_orders_community", "ix_settings_changes_community", ["community", "id"]),
    ("unhandled_messages", "ix_unknown_sent", "ix_unhandled_messages_sent_at", ["sent_at"]),
)
CONSTRAINTS = (  # (table, old name, new name, columns)
    (
        "received_messages",
        "uq_messages_account_message",
        "uq_received_messages_account_message",
        ["account", "message_id"],
    ),
    (
        "outgoing_messages",
        "uq_letters_account_key",
        "uq_outgoing_messages_account_key",
        ["account", "idempotency_key"],
    ),
    ("settings_changes", "uq_orders_source_kind", "uq_settings_changes_source_kind", ["source_id", "kind"]),
)
VALUES = (  # (table, column, old value, new value)
    ("keys", "name", "optouts", "opt_outs"),  # the key of the hashes in opt_outs
    ("received_messages", "state", "asked", "waiting"),
    ("received_messages", "outcome", "heard", "noted"),
)


def upgrade() -> None:
    for old, new in TABLES:
        op.rename_table(old, new)
    for table, old, new in COLUMNS:
        op.alter_column(table, old, new_column_name=new)
    for table, old, _, _ in INDEXES:
        op.drop_index(old, table)
    for table, old, new, columns in CONSTRAINTS:
        _rename_unique(table, old, new, columns)
    for table, _, new, columns in INDEXES:
        op.create_index(new, table, columns)
    for table, column, old, new in VALUES:
        _replace(table, column, old, new)


def downgrade() -> None:
    for table, column, old, new in VALUES:
        _replace(table, column, new, old)
    for table, _, new, _ in INDEXES:
        op.drop_index(new, table)
    for table, old, new, columns in CONSTRAINTS:
        _rename_unique(table, new, old, columns)
    for table, old, new in reversed(COLUMNS):
        op.alter_column(table, new, new_column_name=old)
    for old, new in TABLES:
        op.rename_table(new, old)
    before = {new: old for old, new in TABLES}
    names = {(table, new): old for table, old, new in COLUMNS}
    for table, old, _, columns in INDEXES:
        op.create_index(old, before[table], [names.get((table, column), column) for column in columns])


def _rename_unique(table: str, old: str, new: str, columns: list[str]) -> None:
    """SQLite cannot rename a constraint, so the table is copied."""
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(old, type_="unique")
        batch.create_unique_constraint(new, columns)


def _replace(table: str, column: str, old: str, new: str) -> None:
    target = sa.table(table, sa.column(column, sa.String()))
    op.execute(target.update().where(target.c[column] == old).values({column: new}))
