"""The tables, in portable SQL: SQLite by default, PostgreSQL where one machine is not enough."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite forgets the zone, so it is put back on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData()

posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("post_id", String, nullable=False),
    Column("parent_id", String, nullable=False, default=""),  # the comment that asked; "" for the post itself
    Column("request", String),  # NULL unless somebody asked: "here", or "private" where it may not stand
    Column("community", String, nullable=False),
    Column("permalink", String, nullable=False),
    Column("url_hash", String),  # of the link (`bot.core.urls`): stays when the link itself is forgotten
    Column("article_hash", String),  # of where the article says that it stands
    Column("facts", JSON(none_as_null=True)),  # the Post as it was seen; forgotten after the retention time
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column(
        "due_at", UtcDateTime, nullable=False
    ),  # discovered: next try; ready: not before; sending: read back then
    Column("lease_until", UtcDateTime),
    Column("published", UtcDateTime, nullable=False),
    Column("discovered_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    Column("sending_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("markdown", Text),  # only while ready or sending
    Column("language", String),
    Column("article_words", Integer),
    Column("summary_words", Integer),
    Column("saved", Integer),
    Column("sends", Integer, nullable=False, default=0),
    Column("empty_reads", Integer, nullable=False, default=0),
    Column("comment_id", String),
    Column("comment_url", String),
    Column("checked_at", UtcDateTime),  # when the platform was last asked whether the post still stands
    Column("delete_at", UtcDateTime),  # the reply has to go: next try then
    Column("follow_at", UtcDateTime),  # when the sent reply is looked at next; NULL for not any more
    Column("marked", Boolean),  # whether a moderator's mark and pin are settled
    Column("score", Integer),  # of the reply, when it was last looked at
    Column("markdown_hash", String),  # SHA-256 of the reply's sentences as they stand there
    Column("edited", Boolean),  # whether the reply has followed its article once
    UniqueConstraint("account", "post_id", "parent_id", name="uq_posts_account_post"),
    Index("ix_posts_state_due", "state", "due_at"),
    Index("ix_posts_community_ready", "community", "ready_at"),
    Index("ix_posts_permalink", "permalink"),
    Index("ix_posts_community_url", "community", "url_hash"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("source", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("cursor", Text),
    Column("polled_at", UtcDateTime),
    Column("error", Text),  # what the last poll died of; NULL when it went well
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", String, primary_key=True),
    Column("token", Text),
    Column("error", Text),  # what a person has to mend before the account works again
    Column("error_at", UtcDateTime),
)

muted_communities = Table(
    "mutes",
    metadata,
    Column("account", String, primary_key=True),
    Column("community", String, primary_key=True),
    Column("detail", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("via", String, nullable=False),
    Column("author", String),  # forgotten when it is not needed for limits any more
    Column("facts", JSON(none_as_null=True)),  # the Message; forgotten as soon as it has been handled
    Column("state", String, nullable=False),
    Column("outcome", String),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("post_row", Integer),  # the row of posts that an asked message waits for
    Column("due_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    UniqueConstraint("account", "message_id", name="uq_messages_account_message"),
    Index("ix_messages_account_state", "account", "state", "due_at"),
    Index("ix_messages_author", "account", "author", "handled_at"),
)

outgoing_messages = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", String, nullable=False),
    Column("key", String, nullable=False),  # what it is for: nothing is said twice for one reason
    Column("person", String, nullable=False),
    Column("subject", String, nullable=False, default=""),
    Column("thread", String, nullable=False, default=""),
    Column("community", String, nullable=False, default=""),
    Column("post_id", String),
    Column("comment_id", String),  # an answer below a comment; NULL for one in private
    Column("markdown", Text),  # only while ready or sending
    Column("language", String),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("error", Text),
    Column("since", UtcDateTime, nullable=False),  # none that says the same can have been sent before
    Column("due_at", UtcDateTime, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Column("sending_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("sends", Integer, nullable=False, default=0),
    Column("empty_reads", Integer, nullable=False, default=0),
    Column("letter_id", String),
    UniqueConstraint("account", "key", name="uq_letters_account_key"),
    Index("ix_letters_account_state", "account", "state", "due_at"),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
)

settings_changes = Table(  # what moderators asked for; only ever added to, so that it is the audit trail too
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("community", String, nullable=False),
    Column("kind", String, nullable=False),  # settings, pause, resume, leave
    Column("place", String, nullable=False),  # message, wiki, sidebar
    Column("author", String),
    Column("text", Text, nullable=False, default=""),
    Column("settings", JSON(none_as_null=True)),
    Column("at", UtcDateTime, nullable=False),
    Column("source", String, nullable=False),  # the message or the revision that it came with
    UniqueConstraint("source", "kind", name="uq_orders_source_kind"),
    Index("ix_orders_community", "community", "id"),
)

settings_pages = Table(
    "pages",
    metadata,
    Column("community", String, primary_key=True),
    Column("revision", String),  # the last one that was taken in
    Column("read_at", UtcDateTime, nullable=False),
)

opt_outs = Table(
    "optouts",
    metadata,
    Column("network", String, primary_key=True),
    Column("person", String, primary_key=True),  # a keyed hash, never the name
    Column("since", UtcDateTime, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

votes = Table(
    "opinions",
    metadata,
    Column("account", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("site", String, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

unhandled_messages = Table(  # messages that are for the operator
    "unknown",
    metadata,
    Column("account", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("author", String, nullable=False),
    Column("community", String),
    Column("text", Text, nullable=False),
    Column("sent", UtcDateTime, nullable=False),
    Index("ix_unknown_sent", "sent"),
)
