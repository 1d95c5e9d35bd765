"""Reads posts again from their platform, on the node that leads their account.

Other nodes have no token. They process the version that is stored here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from bot.core.errors import PlatformError, Refused, RetryLater
from bot.core.models import Post, Skipped
from bot.pipeline.process import PLATFORM_ERROR_PAUSE
from bot.store import PostQueue
from bot.store.post_queue import ClaimedPost
from bot.store.read_claims import ReadClaims
from bot.store.read_queue import ReadQueue

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any call of a platform."""


class PostRefetcher:
    """Reads the posts of one account again."""

    def __init__(
        self,
        account: str,
        fetch_post: Callable[[str], Post],
        claims: ReadClaims,
        queue: PostQueue,
        tasks: ReadQueue,
        clock: Callable[[], datetime],
    ) -> None:
        """`fetch_post` raises `PlatformError`."""
        self.account = account
        self._fetch_post = fetch_post
        self._claims = claims
        self._queue = queue
        self._tasks = tasks
        self._clock = clock

    def refetch_next(self) -> bool:
        """Read the next post that is due; return whether there may be more."""
        claimed = self._claims.claim_refetch(self.account, self._clock(), LEASE)
        if claimed is None:
            return False
        try:
            current = self._fetch_post(claimed.post.id)
        except Refused as error:
            self._queue.skip(claimed.row, Skipped(error.reason, str(error)), self._clock())
        except PlatformError as error:
            soon = self._clock() + PLATFORM_ERROR_PAUSE
            retry_at = error.retry_at if isinstance(error, RetryLater) else soon
            self._queue.retry(claimed.row, str(error), retry_at, counted=False)
            return False
        else:
            self._claims.save_refetched(
                claimed.row, _with_own_values(current, claimed), self._clock(), self._tasks
            )
        return True


def _with_own_values(current: Post, claimed: ClaimedPost) -> Post:
    """A request keeps the link that it asks about, and a post the time since when it waits for its link."""
    kept = replace(current, link_awaited_since=claimed.post.link_awaited_since)
    return kept if claimed.request is None else replace(kept, url=claimed.post.url)
