"""Processes the post of a read task, on a node that need not lead its account."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from bot.core.errors import RefetchRequired, StoreError
from bot.core.models import Post
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.store.read_claims import ReadClaims

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any post can take. If the node dies, its tasks are given to others much sooner."""
REFETCH_VALID = timedelta(minutes=2)
"""How long the version that the leader has read counts as the current one."""


class PostReader:
    """Claims and processes single posts; thread-safe."""

    def __init__(self, claims: ReadClaims, services: PipelineServices) -> None:
        self._claims = claims
        self._services = services
        self._unrecorded: deque[tuple[int, datetime]] = deque()
        """Rows that may still be leased although nothing is done for them, and when their leases end."""

    def read(self, row: int) -> None:
        """Process the post of a row if it is due. Never raises: the row says what is left to do."""
        now = self._services.clock()
        try:
            claim = self._claims.claim(row, now, LEASE)
            if claim is None:
                return
            services = replace(
                self._services, fetch_post=lambda post: self._stored_version(post, claim.refetched_at)
            )
            try:
                process_post(claim.post, services)
            except RefetchRequired:
                self._claims.request_refetch(row)
        except StoreError:
            log.debug("cannot record the outcome of a post for now", row=row)
            self._unrecorded.append((row, now + LEASE))
        except Exception:
            log.exception("a post could not be recorded", row=row)

    def release_unrecorded(self) -> None:
        """Let a node process the posts whose outcome could not be recorded, without waiting for their leases.

        To be called from one thread, again and again. Raises `StoreError` while the database still fails.
        """
        while self._unrecorded:
            self._claims.release(*self._unrecorded[0])
            self._unrecorded.popleft()

    def _stored_version(self, post: Post, refetched_at: datetime | None) -> Post:
        """The post as its leader has read it; raises `RefetchRequired` if that was too long ago."""
        if refetched_at is None or self._services.clock() - refetched_at > REFETCH_VALID:
            raise RefetchRequired
        return post
