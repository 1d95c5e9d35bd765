"""Replies in the outbox: what `bot.outbox.reply_outbox` commits before and after it calls a platform."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, bindparam, case, exists, update

from bot.core.daily_cap import DailyCap
from bot.core.models import Comment, Skipped
from bot.core.skip_reasons import REASONS_OF_PLACE, SkipReason
from bot.store.database import FINISH_POST, FINISH_REQUESTED, Database
from bot.store.dialects import without_body
from bot.store.outbox_table import OutboxTable, next_due_statement, statements_for
from bot.store.post_rows import follows_post_link
from bot.store.post_states import State
from bot.store.reply_counts import (
    COMMUNITY_OF_ROW,
    COUNT_OTHERS_SENT,
    OTHERS_SENT,
    below_cap,
    cap_values,
    check_cap,
)
from bot.store.tables import muted_communities, posts


class OutgoingReply(Struct, frozen=True):
    row: int
    post_id: str
    parent_id: str | None
    """The comment that requested the reply, and that it answers."""
    request: str | None
    """None without a request; "here" for a reply that somebody requested."""
    community: str
    url: str | None
    """The link that the reply summarizes."""
    url_hash: str | None
    """Of that link."""
    follows_post_link: bool
    """Whether that link is the post's, so that the reply is written again when the post links elsewhere."""
    published: datetime
    state: State
    markdown: str
    language: str | None
    article_word_count: int | None
    """The article's words as the setting `min_article_words` counts them; None if unknown."""
    summary_sentences: int | None
    """None if unknown."""
    summary_words: int
    saved: int
    """Percent of the article's words that the reply saves."""
    sending_at: datetime | None
    """When the request was last sent."""
    sends: int
    """How often the request was sent."""
    refused_sends: int
    """How often the platform clearly refused it."""
    empty_reads: int
    """How many read-backs since the last send found nothing."""
    replaced_comment_ids: frozenset[str]
    """Deleted replies to the same post, which this one replaces."""
    is_muted: bool
    """Whether the account sends no replies to the community (`bot.store.muted_communities`)."""


_RECORD_SENT = (
    update(posts)
    .where(posts.c.id == bindparam("row_id"), posts.c.state.not_in((State.SENT, State.DELETED)))
    .values(
        state=State.SENT,
        content=without_body(posts.c.content),
        error=case((posts.c.delete_at.is_not(None), posts.c.error)),  # why it is to be deleted
        **dict.fromkeys(("reason", "markdown", "lease_until")),
    )
)
_START_SENDING_BELOW_CAP = statements_for(posts).start_sending.where(below_cap(OTHERS_SENT))
_OUTGOING = (State.READY, State.SENDING)
_IS_MUTED = exists().where(
    muted_communities.c.account == posts.c.account, muted_communities.c.community == posts.c.community
)
_NEXT_DUE = next_due_statement(posts, posts.c.published).add_columns(_IS_MUTED.label("is_muted"))


class OutgoingReplies(OutboxTable):
    """Every method is one transaction; times are aware and in UTC."""

    def __init__(
        self,
        database: Database,
        *,
        first_check: timedelta = timedelta(0),
        must_distinguish: Callable[[str], bool] = lambda community: True,
    ) -> None:
        """`first_check` is how long after it was sent a reply is checked for the first time.

        `must_distinguish` tells whether replies in a community are distinguished or pinned. With both, the
        follow-up has nothing to change in most new replies.
        """
        super().__init__(database, posts)
        self._first_check = first_check
        self._must_distinguish = must_distinguish
        self._last_due: OutgoingReply | None = None
        """What is sent is nearly always this one, whose community is known."""

    def next_due(self, account: str, now: datetime) -> OutgoingReply | None:
        """The account's next reply: read-backs before sends, older posts first."""
        row = self._database.first(_NEXT_DUE, account=account, now=now)
        self._last_due = None if row is None else _reply_of(row)
        return self._last_due

    def mark_sending(
        self, row: int, now: datetime, settle_at: datetime, cap: DailyCap | None = None
    ) -> Skipped | bool:
        """Same as for messages; with `cap`, return why not if the community has its maximum of sent replies.

        Other replies that are ready do not count: they are checked when their turn comes.
        """
        if cap is None:
            return super().mark_sending(row, now, settle_at)
        values = {"row_id": row, "sending_at": now, "due_at": settle_at, **cap_values(cap)}
        with self._database.write_queries(self._community_of(row)) as queries:
            if queries.change(_START_SENDING_BELOW_CAP, **values):
                return True
            return check_cap(queries, COUNT_OTHERS_SENT, row, cap) or False

    def _planned_wait(self, until: datetime, planned: bool) -> dict[str, datetime]:
        return {"overdue_from": until} if planned else {}

    def skip(self, row: int, skipped: Skipped, now: datetime) -> None:
        """Do not send the reply. The text of a requested one is kept if it may be sent privately."""
        why = {"reason": skipped.reason.value, "error": skipped.detail or None}
        statement = FINISH_REQUESTED if skipped.reason in REASONS_OF_PLACE else FINISH_POST
        self._database.finish_post(row, State.SKIPPED, now, statement, only=_OUTGOING, **why)

    def mark_dead(self, row: int, error: str, now: datetime) -> None:
        """No further attempts to send it; the post keeps its last error, and a requested reply its text."""
        why = {"reason": SkipReason.NO_CLEAR_ANSWER.value, "error": error}
        self._database.finish_post(row, State.DEAD, now, FINISH_REQUESTED, only=_OUTGOING, **why)

    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None:
        """Record that the platform has the reply. It counts in every state before: the comment is there.

        So it is also recorded for an account that another node leads by now.
        """
        community = self._community_of(row)
        self._database.unguarded.write_one(
            _RECORD_SENT,
            row_id=row,
            done_at=now,
            comment_id=comment.id,
            comment_url=comment.url,
            reply_check_at=now + self._first_check,
            distinguish_done=community is not None and not self._must_distinguish(community),
        )

    def _community_of(self, row: int) -> str | None:
        """None if there is no such row."""
        last = self._last_due
        if last is not None and last.row == row:
            return last.community
        found = self._database.first(COMMUNITY_OF_ROW, row_id=row)
        return None if found is None else found.community


def _reply_of(row: Row[Any]) -> OutgoingReply:
    return OutgoingReply(
        row=row.id,
        post_id=row.post_id,
        parent_id=row.parent_id or None,
        request=row.request,
        community=row.community,
        url=(row.content or {}).get("url"),
        url_hash=row.url_hash,
        follows_post_link=follows_post_link(row),
        published=row.published,
        state=State(row.state),
        markdown=row.markdown,
        language=row.language,
        article_word_count=row.article_word_count,
        summary_sentences=row.summary_sentences,
        summary_words=row.summary_words,
        saved=row.saved,
        sending_at=row.sending_at,
        sends=row.sends,
        refused_sends=row.refused_sends,
        empty_reads=row.empty_reads,
        replaced_comment_ids=frozenset(row.replaced_comment_ids or ()),
        is_muted=bool(row.is_muted),
    )
