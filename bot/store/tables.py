"""The tables, in portable SQL: SQLite by default, PostgreSQL when one machine is not enough."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from bot.store.column_types import RowId, String, Text, UtcDateTime

metadata = MetaData()

posts = Table(
    "posts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String, nullable=False),
    Column("post_id", String, nullable=False),
    # The comment that requested a summary; "" for the post itself.
    Column("parent_id", String, nullable=False, default=""),
    # NULL without a request; "here", or "private" where the bot may not comment.
    Column("request", String),
    # Whether the request names the link; NULL if that is not known. Otherwise it is the post's link.
    Column("link_in_request", Boolean),
    Column("community", String, nullable=False),
    Column("permalink", String, nullable=False),
    Column("url_hash", String),  # of the link (`bot.core.urls`); stays when the link itself is erased
    Column("article_hash", String),  # of the article's canonical URL
    Column("content", JSON(none_as_null=True)),  # the Post as polled; erased after the retention time
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, default=0),
    # discovered: next attempt; ready: send not before; sending: next read-back
    Column("due_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    # The end of the last wait that was planned; before it the post is not overdue. NULL without such a wait.
    Column("overdue_from", UtcDateTime),
    Column("published", UtcDateTime, nullable=False),
    Column("discovered_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    Column("sending_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("markdown", Text),  # only in the states ready and sending
    Column("language", String),
    Column("article_words", Integer),
    Column("article_word_count", Integer),  # as `min_article_words` counts them
    Column("summary_words", Integer),
    Column("summary_sentences", Integer),
    Column("saved", Integer),  # percent of the article's words that the reply saves
    Column("sends", Integer, nullable=False, default=0),
    # the sends that the platform clearly refused; never reset, because it is part of Idempotency-Keys
    Column("refused_sends", Integer, nullable=False, default=0, server_default="0"),
    Column("empty_reads", Integer, nullable=False, default=0),
    Column("comment_id", String),
    Column("comment_url", String),
    Column("post_checked_at", UtcDateTime),  # when the platform was last asked whether the post still exists
    Column("delete_at", UtcDateTime),  # next attempt to delete the reply; NULL if it is not to be deleted
    Column("delete_attempts", Integer, nullable=False, default=0, server_default="0"),  # that failed
    Column("delete_error", Text),  # of the last attempt
    Column("reply_check_at", UtcDateTime),  # next check of the sent reply; NULL after the last one
    Column("distinguish_done", Boolean),  # whether distinguishing and pinning the reply is finished
    Column("reply_score", Integer),  # at the last check
    Column("markdown_hash", String),  # SHA-256 of the summary in the published reply
    Column("reply_edited", Boolean),  # whether the reply was edited after its article changed
    Column(
        "refetch", Boolean
    ),  # whether the post must be read again from its platform before it is processed
    Column("replaced_comment_ids", JSON(none_as_null=True)),  # deleted replies that a new one replaces
    Column("refetched_at", UtcDateTime),  # when the leader of the account last read the post again
    UniqueConstraint("account", "post_id", "parent_id", name="uq_posts_account_post"),
    Index("ix_posts_done", "done_at"),
    Index("ix_posts_seen", "account", "community", "discovered_at"),
    Index("ix_posts_community_ready", "community", "ready_at"),
    Index("ix_posts_community_done", "community", "done_at"),
    Index("ix_posts_permalink", "permalink"),
    Index("ix_posts_url", "url_hash", "community"),
)


_partial_indexes: dict[Index, ColumnElement[bool]] = {}


def _add_partial_index(name: str, rows: ColumnElement[bool], *columns: Column[Any]) -> None:
    """An index of few rows, for queries that contain the condition `rows` word for word."""
    _partial_indexes[Index(name, *columns, sqlite_where=rows)] = rows


def add_postgresql_conditions() -> None:
    """Before the tables are created on PostgreSQL. As an argument above, it would always load the dialect."""
    for index, rows in _partial_indexes.items():
        index.dialect_options["postgresql"]["where"] = rows


# No index has all rows of a final state, because SQLite would take it instead of one with a time.
_columns = posts.c
_add_partial_index("ix_posts_pending", _columns.done_at.is_(None), _columns.state, _columns.due_at)
_add_partial_index("ix_posts_delete", _columns.delete_at.is_not(None), _columns.account, _columns.delete_at)
_add_partial_index(
    "ix_posts_check", _columns.reply_check_at.is_not(None), _columns.account, _columns.reply_check_at
)
_add_partial_index(
    "ix_posts_distinguish", _columns.distinguish_done.is_(False), _columns.account, _columns.done_at
)
_add_partial_index("ix_posts_content", _columns.content.is_not(None), _columns.done_at)
_add_partial_index(
    "ix_posts_recheck", _columns.content.is_not(None), _columns.account, _columns.post_checked_at
)
_add_partial_index("ix_posts_sent", _columns.comment_id.is_not(None), _columns.account, _columns.done_at)
_add_partial_index(
    "ix_posts_comment", _columns.comment_id.is_not(None), _columns.account, _columns.comment_id
)
_add_partial_index("ix_posts_parent", _columns.request.is_not(None), _columns.account, _columns.parent_id)
_add_partial_index("ix_posts_comment_url", _columns.comment_url.is_not(None), _columns.comment_url)
_add_partial_index("ix_posts_article", _columns.article_hash.is_not(None), _columns.article_hash)

post_counts = Table(  # kept by the triggers of bot.store.post_counts
    "post_counts",
    metadata,
    Column("account", String, primary_key=True),
    Column("community", String, primary_key=True),
    Column("state", String, primary_key=True),
    Column("reason", String, primary_key=True),  # "" without one
    Column("number", Integer, nullable=False),
)

daily_counts = Table(  # of finished posts, in UTC
    "daily_counts",
    metadata,
    Column("day", String, primary_key=True),  # ISO 8601
    Column("state", String, primary_key=True),
    Column("reason", String, primary_key=True),  # "" without one
    Column("number", Integer, nullable=False),
)

for _counts in (post_counts, daily_counts):
    _counts.primary_key.ddl_if(dialect="sqlite")  # PostgreSQL has several rows for each key

revisions = Table(  # kept by the triggers of bot.store.rules_revision
    "revisions",
    metadata,
    Column("name", String, primary_key=True),
    Column("number", Integer, nullable=False),
)

replaced_replies = Table(  # deleted replies whose posts were processed again; they count for the day
    "replaced_replies",
    metadata,
    Column("account", String, primary_key=True),
    Column("comment_id", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index("ix_replaced_replies_community", "community", "sent_at"),
)

cursors = Table(  # how far each source was polled
    "cursors",
    metadata,
    Column("source", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("cursor", Text),
    Column("polled_at", UtcDateTime),
    Column("error", Text),  # of the last poll; NULL if it succeeded
)

accounts = Table(
    "accounts",
    metadata,
    Column("account", String, primary_key=True),
    Column("token", Text),
    Column("error", Text),  # what the operator must fix before the account works again
    Column("error_at", UtcDateTime),
    Column("software", String),  # of the account's server, with its version, as last seen
    Column("software_before", String),  # before the last update of the major version
    Column("software_changed_at", UtcDateTime),  # when that update was seen
    Column("paused_at", UtcDateTime),  # NULL unless the operator has paused the account
)

conditions = Table(  # what needs attention, and who was told about it
    "conditions",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", Text, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("over_since", UtcDateTime),  # NULL while it lasts
    Column("recurrences", Integer, nullable=False),  # how often it came back within a day
    Column("told", JSON, nullable=False),  # the targets that were told that it began, but not that it is over
)

muted_communities = Table(
    "muted_communities",
    metadata,
    Column("account", String, primary_key=True),
    Column("community", String, primary_key=True),
    Column("detail", Text, nullable=False),
    Column("muted_at", UtcDateTime, nullable=False),
    Column("by_operator", Boolean, nullable=False, default=False, server_default="0"),  # else by a ban
)

received_messages = Table(
    "received_messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("author", String),  # erased when limits no longer need it
    Column("content", JSON(none_as_null=True)),  # the Message; erased as soon as it is handled
    Column("state", String, nullable=False),
    Column("outcome", String),
    Column("error", Text),
    Column("attempts", Integer, nullable=False, default=0),
    Column("post_row", RowId),  # the row of posts that the message waits for
    Column("due_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("handled_at", UtcDateTime),
    Column("priority", Integer, nullable=False, server_default="2"),  # bot.core.messages.Priority
    Column("work_began_at", UtcDateTime),  # NULL for a message that causes no work; counts for its author
    UniqueConstraint("account", "message_id", name="uq_received_messages_account_message"),
    Index("ix_received_messages_account_state", "account", "state", "due_at"),
    Index("ix_received_messages_author", "account", "author", "handled_at"),
    Index("ix_received_messages_work", "author", "work_began_at"),
)

outgoing_messages = Table(
    "outgoing_messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("account", String, nullable=False),
    Column("idempotency_key", String, nullable=False),  # one message is sent for each
    Column("recipient", String, nullable=False),
    Column("subject", String, nullable=False, default=""),
    Column("thread", String, nullable=False, default=""),
    Column("community", String, nullable=False, default=""),
    Column("post_id", String),
    Column("comment_id", String),  # the comment that is answered; NULL for a private message
    Column("markdown", Text),  # only in the states ready and sending
    Column("language", String),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("error", Text),
    Column("read_back_from", UtcDateTime, nullable=False),  # the same message cannot have been sent before
    Column("due_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sending_at", UtcDateTime),
    Column("done_at", UtcDateTime),
    Column("sends", Integer, nullable=False, default=0),
    Column("refused_sends", Integer, nullable=False, default=0, server_default="0"),
    Column("empty_reads", Integer, nullable=False, default=0),
    Column("message_id", String),
    UniqueConstraint("account", "idempotency_key", name="uq_outgoing_messages_account_key"),
    Index("ix_outgoing_messages_account_state", "account", "state", "due_at"),
)

meta = Table(
    "meta",
    metadata,
    Column("name", String, primary_key=True),
    Column("time", UtcDateTime, nullable=False),
)

operator_actions = Table(  # append-only: the audit log of what operators do
    "operator_actions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("action", String, nullable=False),  # bot.store.operator_actions.OperatorAction
    Column("account", String, nullable=False, default="", server_default=""),
    Column("community", String, nullable=False, default="", server_default=""),
    Column("detail", Text, nullable=False, default="", server_default=""),  # for example the post's address
    Column("source", String, nullable=False),  # web page, command line
    Column("address", String, nullable=False, default="", server_default=""),  # of the browser
    Column("done_at", UtcDateTime, nullable=False),
    Index("ix_operator_actions_community", "community", "done_at"),
)

settings_changes = Table(  # append-only, so it is also the audit log
    "settings_changes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("community", String, nullable=False),
    Column("kind", String, nullable=False),  # settings, pause, resume, leave
    Column("source", String, nullable=False),  # message, wiki, sidebar, web page, command line
    Column("author", String),
    Column("text", Text, nullable=False, default=""),
    Column("settings", JSON(none_as_null=True)),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("source_id", String, nullable=False),  # of the message or of the page revision
    UniqueConstraint("source_id", "kind", name="uq_settings_changes_source_kind"),
    Index("ix_settings_changes_community", "community", "id"),
)

settings_pages = Table(
    "settings_pages",
    metadata,
    Column("community", String, primary_key=True),
    Column("revision", String),  # the last one that was applied or answered
    Column("checked_at", UtcDateTime, nullable=False),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("network", String, primary_key=True),
    Column("person_hash", String, primary_key=True),  # a keyed hash, never the name
    Column("opted_out_at", UtcDateTime, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

votes = Table(
    "votes",
    metadata,
    Column("account", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("community", String, nullable=False),
    Column("site", String, nullable=False),
    Column("good", Boolean, nullable=False),
    Column("voted_at", UtcDateTime, nullable=False),
)

report_subscriptions = Table(  # moderators who get a weekly report
    "report_subscriptions",
    metadata,
    Column("account", String, primary_key=True),
    Column("community", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("language", String, nullable=False),
    Column("reported_at", UtcDateTime, nullable=False),  # of the last report, or of the subscription
)

unhandled_messages = Table(  # messages for the operator
    "unhandled_messages",
    metadata,
    Column("account", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("author", String, nullable=False),
    Column("community", String),
    Column("text", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index("ix_unhandled_messages_sent_at", "sent_at"),
)

nodes = Table(  # the machines of a cluster; empty on SQLite
    "nodes",
    metadata,
    Column("node", String, primary_key=True),
    Column("instance", String, nullable=False),  # of the process; a restarted node is another instance
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("roles", String, nullable=False),  # separated by spaces
    Column("accounts", JSON, nullable=False),  # the names of the accounts in its config
    Column("version", String, nullable=False),
    Column("reads", Integer, nullable=False, default=0, server_default="0"),  # posts that it processes now
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),  # NULL unless it was stopped regularly
    Column("draining_at", UtcDateTime),  # since when it takes no work; NULL if it does
)

account_leaders = Table(  # which node may write for an account; empty on SQLite
    "account_leaders",
    metadata,
    Column("account", String, primary_key=True),
    Column("holder", String, nullable=False, default="", server_default=""),  # "": handed over
    Column("epoch", Integer, nullable=False),  # one more with each new leader
    Column("until", UtcDateTime, nullable=False),  # from then on, another node may take it over
)

rate_limit_buckets = Table(  # requests to servers, counted for all nodes; empty on SQLite
    "rate_limit_buckets",
    metadata,
    Column("server", String, primary_key=True),
    Column("egress", String, primary_key=True),  # the name of the address that the server sees
    Column("bucket", String, primary_key=True),
    Column("state", JSON, nullable=False),
)

host_pauses = Table(  # when pages of a host may be fetched again, by any node; empty on SQLite
    "host_pauses",
    metadata,
    Column("host", String, primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
)

robots_files = Table(  # robots.txt as one node has fetched it, for the others; empty on SQLite
    "robots_files",
    metadata,
    Column("origin", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("valid_until", UtcDateTime, nullable=False),
    Index("ix_robots_files_valid_until", "valid_until"),
)

UNLOGGED = (host_pauses, robots_files)
"""Tables for which PostgreSQL does not wait for the disk. After a crash they are empty, and fill again."""
