"""What happened to one post, for the operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from bot.core.skip_reasons import SkipReason
from bot.store.database_errors import stored_value
from bot.store.post_states import State

if TYPE_CHECKING:
    from sqlalchemy import Row


class PostReport(Struct, frozen=True):
    """A post, its state and its outcome."""

    account: str
    community: str
    permalink: str
    title: str
    """Empty after it was erased."""
    state: State
    reason: SkipReason | None
    error: str | None
    attempts: int
    sends: int
    published: datetime
    discovered_at: datetime
    due_at: datetime
    done_at: datetime | None
    saved: int | None
    """None for a reply that was sent with an earlier database; the same for the words."""
    article_words: int | None
    summary_words: int | None
    comment_url: str | None
    row: int = 0
    url: str | None = None
    """None after it was erased."""
    ready_at: datetime | None = None
    sending_at: datetime | None = None
    comment_id: str | None = None
    post_id: str = ""
    delete_at: datetime | None = None
    delete_attempts: int = 0
    delete_error: str | None = None

    def sentence(self, now: datetime) -> str:
        """The outcome of the post, in one or two sentences."""
        match self.state:
            case State.SENT:
                saved = "" if self.saved is None else f", {self.saved}% saved"
                return f"Replied at {time_text(self.done_at)}{saved}: {self.comment_url}{self._deletion(now)}"
            case State.DELETED:
                return f"The reply was deleted at {time_text(self.done_at)}. {self.error or ''}".strip()
            case State.SKIPPED:
                reason = self.reason.sentence if self.reason else "Skipped."
                return f"{reason} ({self.error})" if self.error else reason
            case State.DEAD:
                return f"Failed after {max(self.attempts, self.sends)} attempts: {self.error}"
            case State.READY:
                return (
                    f"The reply is ready and will be sent {when_text(self.due_at, now)}.{self._last_result()}"
                )
            case State.SENDING:
                return (
                    "The reply was sent, but the server gave no clear answer. Precis will check "
                    f"{when_text(self.due_at, now)} whether it is under the post.{self._last_result()}"
                )
            case State.DISCOVERED if self.attempts:
                when = when_text(self.due_at, now)
                return f"Waiting for attempt {self.attempts + 1}, {when}.{self._last_result()}"
            case State.DISCOVERED:
                return "Discovered, waiting to be processed."

    def _deletion(self, now: datetime) -> str:
        """A sentence that begins with a space, if the reply is to be deleted."""
        if self.delete_at is None:
            return ""
        when = f" The reply will be deleted {when_text(self.delete_at, now)}."
        if self.delete_error is None:
            return when
        return f"{when} Failed attempts so far: {self.delete_attempts}. Last error: {self.delete_error}"

    def _last_result(self) -> str:
        """Why it waits: an error, or what it waits for."""
        return f" Last result: {self.error}" if self.error else ""


COLUMNS = (
    *("account", "post_id", "community", "permalink", "content", "state", "reason", "error"),
    *("attempts", "sends", "published", "discovered_at", "due_at", "ready_at", "sending_at", "done_at"),
    *("saved", "article_words", "summary_words", "comment_id", "comment_url"),
    *("delete_at", "delete_attempts", "delete_error"),
)
"""The columns of `posts` that a report is made from, and `id`."""
SELECT = f"SELECT id AS row, {', '.join(COLUMNS)} FROM posts"  # noqa: S608 (our own names)
_values_of = attrgetter(*COLUMNS)


def report_of(row: Row[tuple[object, ...]]) -> PostReport:
    """The report of a complete row of `posts`. Raises `StoreError` if its content is damaged."""
    return make_report(row=row.id, **dict(zip(COLUMNS, _values_of(row), strict=True)))


def make_report(
    *, content: Mapping[str, Any] | None, state: str, reason: str | None, **values: Any
) -> PostReport:
    """The report of the values of `COLUMNS`, and `row`. Raises `StoreError` if the content is damaged."""
    with stored_value("a post"):
        title, url = (content or {}).get("title", ""), (content or {}).get("url")
    return PostReport(
        title=title,
        url=url,
        state=State(state),
        reason=SkipReason(reason) if reason else None,
        **values,
    )


def time_text(time: datetime | None) -> str:
    """A time to the second."""
    return "an unknown time" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def when_text(time: datetime, now: datetime) -> str:
    """From when on something happens."""
    return "now" if time <= now else f"after {time_text(time)}"
