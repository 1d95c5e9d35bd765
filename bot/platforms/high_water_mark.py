"""How far a source has been read: a mark by id and by time together.

A date alone misses posts that arrive late from other servers (old date, highest id). An id alone
misses everything after the server's database was restored from a backup. Pinned posts come first
whatever their date, and posts dated in the future come before everything. So no single post shows
where to stop, only a whole page does.

Two passes share one mark. The *head* pass starts at the top at every poll and stops at the first
page without a new post. The *sweep* continues down to `since`, over several polls, to find the
late arrivals below that page.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.platforms.api_models import CursorModel

_MARGIN = 200
"""Ids this far below the highest are stored one by one, because rows become visible out of order."""

_PER_PAGE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
_MOST_DOUBLINGS = 4
"""A sweep of n pages runs every n half minutes while sweeps find something, because late posts arrive in
groups. Each sweep that finds nothing doubles the pause, up to 16 times and at most one hour."""


class HighWaterMark(CursorModel):
    """The state of a source between two polls. Its JSON is the cursor."""

    top: int = -1
    """The highest id ever listed."""
    recent: frozenset[int] = frozenset()
    """Listed ids that are within the margin below `top`."""
    newest: datetime | None = None
    """The newest date listed, except dates in the future."""
    swept_to: int = -1
    """Ids up to this one existed when the last complete sweep ran."""
    swept_at: datetime | None = None
    swept_pages: int = 0
    sweep_page: str | None = None
    """The next page of the current sweep; None if there is none."""
    sweep_top: int = -1
    """`top` when the current sweep started."""
    sweep_pages: int = 0
    sweep_found: bool = False
    dry_sweeps: int = 0
    """Complete sweeps in a row that found nothing below the head."""

    def to_cursor(self) -> str:
        return self.model_dump_json(exclude_defaults=True)

    def is_new_at_head(self, post_id: int, published: datetime, now: datetime) -> bool:
        if post_id in self.recent:
            return False
        set_back = self.newest is not None and self.newest < published <= now
        return post_id > self.top - _MARGIN or set_back

    def is_new_to_sweep(self, post_id: int) -> bool:
        return post_id > self.swept_to and post_id not in self.recent

    def record(self, post_id: int, published: datetime | None, now: datetime) -> None:
        """Record that the post was listed."""
        # A page lists the newest posts first, so that at most its first post is above `top`.
        if post_id > self.top:
            self.top = post_id
            self.recent = frozenset(known for known in self.recent if known > post_id - _MARGIN) | {post_id}
        elif post_id > self.top - _MARGIN and post_id not in self.recent:
            self.recent |= {post_id}
        if published is not None and published <= now:
            self.newest = max(self.newest or published, published)

    def sweep_is_due(self, now: datetime) -> bool:
        doublings = min(self.dry_sweeps, _MOST_DOUBLINGS)
        pause = min(self.swept_pages * _PER_PAGE * 2**doublings, _LONGEST_PAUSE)
        return self.swept_at is None or now >= self.swept_at + pause

    def start_sweep(self, page: str) -> None:
        self.sweep_page, self.sweep_top, self.sweep_pages = page, self.top, 0
        self.sweep_found = False

    def end_sweep(self, now: datetime, pages: int) -> None:
        """All posts down to `since` have been listed."""
        self.swept_to = (self.top if self.sweep_page is None else self.sweep_top) - _MARGIN
        self.swept_at, self.swept_pages = now, pages
        self.dry_sweeps = 0 if self.sweep_found else self.dry_sweeps + 1
        self.drop_sweep()

    def drop_sweep(self) -> None:
        self.sweep_page, self.sweep_top, self.sweep_pages = None, -1, 0
        self.sweep_found = False
