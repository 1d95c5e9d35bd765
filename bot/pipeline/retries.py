"""When a post whose page could not be fetched or read is tried again."""

from __future__ import annotations

from datetime import timedelta

from bot.core.models import Failed, Skipped
from bot.pipeline.services import PipelineServices
from bot.store import ClaimedPost


def retry_or_skip(
    skipped: Skipped,
    claimed: ClaimedPost,
    services: PipelineServices,
    retry_after: timedelta | None = None,
) -> Skipped | Failed:
    """A later attempt, not before the site's `retry_after`; `skipped` if there were enough attempts."""
    if claimed.attempts >= len(services.retries):
        return skipped
    pause = max(services.retries[claimed.attempts], retry_after or timedelta(0))
    return Failed(skipped.detail or skipped.reason.sentence, services.clock() + pause, planned=True)
