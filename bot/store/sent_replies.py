"""Sent replies: deletion, distinguishing, checks and edits that are due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Row, Select, bindparam, exists, func, select, update

from bot.core.models import Comment, Post, Reply, Skipped
from bot.core.skip_reasons import SkipReason
from bot.store.database import UPDATE_POST, Database
from bot.store.dialects import insert, without_body
from bot.store.post_lookup import find_rows
from bot.store.post_rows import (
    content_of,
    follows_post_link,
    new_post_values,
    post_of,
    source_hash,
    summary_text_of,
    text_hash,
)
from bot.store.post_states import DELETABLE, State
from bot.store.reply_counts import sent_at
from bot.store.tables import post_counts, posts, replaced_replies

_MAX_SCORE = 2**31 - 1
"""The largest value of PostgreSQL's type INTEGER."""
# The follow-up executes these all the time, so they are built once: building takes longer than executing.
_SENT = select(posts).where(posts.c.account == bindparam("account"), posts.c.state == State.SENT)
DUE_FOR_DELETION = _SENT.where(posts.c.delete_at <= bindparam("now")).order_by(posts.c.id).limit(1)
NOT_DISTINGUISHED = (
    _SENT.where(posts.c.distinguish_done.is_(False), posts.c.done_at >= bindparam("since"))
    .order_by(posts.c.id)
    .limit(1)
)
_NOT_WAITING = NOT_DISTINGUISHED.where(posts.c.id.not_in(bindparam("waiting", expanding=True)))
DUE_FOR_CHECK = (
    _SENT.where(posts.c.reply_check_at <= bindparam("now"))
    .order_by(posts.c.reply_check_at, posts.c.id)
    .limit(bindparam("limit"))
)
_EARLIEST = (
    select(func.min(column).label(column.name))
    .where(posts.c.account == bindparam("account"), posts.c.state == State.SENT, column.is_not(None))
    .scalar_subquery()
    for column in (posts.c.delete_at, posts.c.reply_check_at)
)
_NEXT_DUE_AT = select(*_EARLIEST)

_FAILED_DELETION = UPDATE_POST.values(delete_attempts=posts.c.delete_attempts + 1)
_RECENT_COMMUNITIES = (
    select(post_counts.c.account, post_counts.c.community)
    .where(post_counts.c.account.in_(bindparam("accounts", expanding=True)))
    .where(
        exists()
        .where(posts.c.account == post_counts.c.account, posts.c.community == post_counts.c.community)
        .where(posts.c.discovered_at >= bindparam("since"))
    )
    .distinct()
)
_OF_ACCOUNT = select(posts).where(posts.c.account == bindparam("account"))
_OF_COMMENT = _OF_ACCOUNT.where(posts.c.comment_id == bindparam("comment"))
_OF_POST = _OF_ACCOUNT.where(posts.c.post_id == bindparam("post"))


class SentReply(Struct, frozen=True):
    """A reply in the database, sent or not yet."""

    row: int
    account: str
    community: str
    post_id: str
    state: State
    parent_id: str | None
    """The comment that requested the reply, and that it answers."""
    requested: bool
    """Whether somebody requested the reply."""
    url_hash: str | None
    """Of the link that the reply summarizes."""
    follows_post_link: bool
    """Whether that link is the post's, so that the reply follows when the post is changed."""
    comment_id: str | None
    sent_at: datetime | None
    post: Post | None
    """None after its content was erased."""
    markdown_hash: str | None
    delete_attempts: int
    """How often deleting it has failed."""
    delete_error: str | None
    """Why it failed the last time."""
    edited: bool

    def has_same_summary(self, markdown: str) -> bool:
        """Whether the reply has the same summary as `markdown`; the footer is ignored."""
        return self.markdown_hash == text_hash(summary_text_of(markdown))


class SentReplies:
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_at(self, account: str, address: str) -> SentReply | None:
        """Find by the address of the post or of the reply; of several under a post, one that was sent."""
        with self._database.read_transaction() as connection:
            rows = find_rows(connection, address, account)
            row = min(rows, key=_sent_first, default=None)
            return None if row is None else _reply_of(row)

    def find(self, account: str, *, comment: str | None = None, post: str | None = None) -> SentReply | None:
        """Find by the id of the bot's comment or of the post; of several under a post, one that was sent."""
        if comment and post:
            with self._database.read_transaction() as connection:
                found = list(connection.execute(_OF_COMMENT, {"account": account, "comment": comment}))
                found += connection.execute(_OF_POST, {"account": account, "post": post})
        elif comment:
            found = list(self._database.all_rows(_OF_COMMENT, account=account, comment=comment))
        else:
            found = list(self._database.all_rows(_OF_POST, account=account, post=post))
        row = min(found, key=_sent_first, default=None)
        return None if row is None else _reply_of(row)

    def withdraw(self, row: int, now: datetime, why: str) -> None:
        """Delete the reply, or skip the post if the reply is not sent yet. A repeated call does nothing."""
        unsent = posts.c.state.in_([State.DISCOVERED, State.READY])
        skipped = Skipped(SkipReason.WITHDRAWN, why)
        with self._database.write_transaction() as connection:
            connection.execute(
                update(posts)
                .where(posts.c.id == row, unsent)
                .values(
                    state=State.SKIPPED,
                    reason=skipped.reason.value,
                    error=skipped.detail,
                    done_at=now,
                    lease_until=None,
                    markdown=None,
                    content=without_body(posts.c.content),
                )
            )
            published = posts.c.state.in_([State.SENDING, State.SENT]) & posts.c.delete_at.is_(None)
            connection.execute(
                update(posts).where(posts.c.id == row, published).values(delete_at=now, error=why)
            )

    def adopt(self, post: Post, comment: Comment, now: datetime) -> None:
        """Record that the post has this reply, unless its row says that a reply was or is being sent.

        It is not known which link a requested reply summarizes, so that one is never edited.
        """
        if comment.parent_id is not None:
            post = replace(post, url=None, body="")
        values = new_post_values(post, now) | {"parent_id": comment.parent_id or ""}
        sent = {
            "state": State.SENT,
            "content": content_of(replace(post, body="")),
            "sending_at": comment.published,
            "done_at": now,
            "comment_id": comment.id,
            "comment_url": comment.url,
            "reply_check_at": now if comment.parent_id is None else None,
            "distinguish_done": False,
            "reason": None,
            "error": None,
            "markdown": None,
            "lease_until": None,
        }
        unsent = posts.c.state.in_([State.DISCOVERED, State.READY, State.SKIPPED, State.DEAD])
        if comment.parent_id is not None:
            values["request"] = "here"
        statement = insert(posts).values(values | sent)
        with self._database.write_transaction() as connection:
            connection.execute(
                statement.on_conflict_do_update(
                    index_elements=["account", "post_id", "parent_id"], set_=sent, where=unsent
                )
            )

    def next_to_delete(self, account: str, now: datetime) -> SentReply | None:
        """The next reply whose deletion is due."""
        return self._first(DUE_FOR_DELETION, account=account, now=now)

    def postpone_deletion(self, row: int, at: datetime) -> None:
        """The platform asked for a pause, which is not a failure."""
        self._database.update_post(row, delete_at=at)

    def record_failed_deletion(self, row: int, retry_at: datetime, error: str) -> None:
        self._database.update_post(
            row, tuple(State), _FAILED_DELETION, delete_at=retry_at, delete_error=error
        )

    def mark_deleted(self, row: int, now: datetime) -> None:
        """The reply was deleted. Nothing is sent from this row again."""
        self._database.finish_post(
            row,
            State.DELETED,
            now,
            only=DELETABLE,
            delete_at=None,
            delete_error=None,
            reply_check_at=None,
            distinguish_done=True,
        )

    def next_to_distinguish(
        self, account: str, since: datetime, waiting: Collection[int] = ()
    ) -> SentReply | None:
        """The next reply sent since `since` that may still have to be distinguished or pinned.

        Those in the rows that are `waiting` are left out.
        """
        parameters = {"account": account, "since": since}
        if not waiting:
            return self._first(NOT_DISTINGUISHED, **parameters)
        return self._first(_NOT_WAITING, **parameters, waiting=list(waiting))

    def finish_distinguish(self, row: int) -> None:
        self._database.update_post(row, distinguish_done=True)

    def next_due_at(self, account: str) -> datetime | None:
        """When the next deletion or check is due, which may be in the past; None without one."""
        return self._database.earliest(_NEXT_DUE_AT, account=account)

    def due_for_check(self, account: str, now: datetime, limit: int) -> list[SentReply]:
        """Replies whose check is due, longest overdue first."""
        parameters = {"account": account, "now": now, "limit": limit}
        if not self._database.has_row(DUE_FOR_CHECK, **parameters):
            return []
        return [_reply_of(row) for row in self._database.all_rows(DUE_FOR_CHECK, **parameters)]

    def record_check(self, row: int, score: int | None, next_check_at: datetime | None) -> None:
        """A score that no column can store, as a server that is broken may send, becomes the nearest."""
        values: dict[str, Any] = {"reply_check_at": next_check_at}
        if score is not None:
            values["reply_score"] = max(-_MAX_SCORE, min(score, _MAX_SCORE))
        self._database.update_post(row, **values)

    def record_edit(self, row: int, markdown: str) -> None:
        self._database.update_post(row, markdown_hash=text_hash(summary_text_of(markdown)), reply_edited=True)

    def record_new_text(self, row: int, post: Post) -> None:
        """The text of a self post was edited, but its summary is the same."""
        self._database.update_post(
            row, url_hash=source_hash(post), content=content_of(replace(post, body=""))
        )

    def record_new_link(self, row: int, post: Post, reply: Reply) -> None:
        """The reply was edited because its post was changed."""
        self._database.update_post(
            row,
            content=content_of(replace(post, body="")),
            url_hash=source_hash(post),
            markdown_hash=text_hash(summary_text_of(reply.markdown)),
            **{name: value for name, value in asdict(reply).items() if name != "markdown"},
        )

    def restart(self, row: int, post: Post, now: datetime) -> None:
        """The reply was deleted because its post was changed: process the post again from the start.

        The deleted reply still counts for the maximum per day.
        """
        values = new_post_values(post, now)
        with self._database.write_transaction() as connection:
            sent = (posts.c.id == row) & (posts.c.state == State.SENT)
            found = connection.execute(
                select(posts.c.comment_id, posts.c.replaced_comment_ids).where(sent).with_for_update()
            ).first()
            if found is None:
                return
            columns = (posts.c.account, posts.c.comment_id, posts.c.community, sent_at)
            connection.execute(
                insert(replaced_replies).from_select(
                    ["account", "comment_id", "community", "sent_at"], select(*columns).where(sent)
                )
            )
            connection.execute(
                update(posts)
                .where(sent)
                .values(dict.fromkeys(_RESET_COLUMNS))
                .values({name: values[name] for name in ("state", "content", "url_hash", "due_at")})
                .values(
                    replaced_comment_ids=[*(found.replaced_comment_ids or ()), found.comment_id],
                    error="The link or the text of the post was changed. The earlier reply was deleted.",
                    attempts=0,
                    overdue_from=now,
                    sends=0,
                    empty_reads=0,
                    delete_attempts=0,
                )
            )

    def recent_communities(self, accounts: Collection[str], since: datetime) -> tuple[tuple[str, str], ...]:
        """(account, community) of posts that were discovered since `since`."""
        parameters = {"accounts": list(accounts), "since": since}
        with self._database.read_transaction() as connection:
            found = connection.execute(_RECENT_COMMUNITIES, parameters).all()
        return tuple((row.account, row.community) for row in found)

    def _first(self, statement: Select[Any], **parameters: Any) -> SentReply | None:
        row = self._database.first(statement, **parameters)
        return None if row is None else _reply_of(row)


_RESET_COLUMNS = (
    *("article_hash", "ready_at", "sending_at", "done_at", "comment_id", "comment_url", "delete_at"),
    "delete_error",
    *("reply_check_at", "distinguish_done", "reply_score", "markdown_hash", "reply_edited"),
)
"""What a new reply to the same post sets again."""


def _sent_first(row: Row[Any]) -> tuple[bool, int]:
    return row.state != State.SENT, row.id


def _reply_of(row: Row[Any]) -> SentReply:
    return SentReply(
        row=row.id,
        account=row.account,
        community=row.community,
        post_id=row.post_id,
        state=State(row.state),
        parent_id=row.parent_id or None,
        requested=row.request is not None,
        url_hash=row.url_hash,
        follows_post_link=follows_post_link(row),
        comment_id=row.comment_id,
        sent_at=row.done_at,
        post=None if row.content is None else post_of(row.content),
        markdown_hash=row.markdown_hash,
        delete_attempts=row.delete_attempts,
        delete_error=row.delete_error,
        edited=bool(row.reply_edited),
    )
