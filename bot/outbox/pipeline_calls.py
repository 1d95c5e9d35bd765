"""What the follow-up of sent replies needs from the pipeline, which it must not import."""

from __future__ import annotations

from typing import Protocol

from bot.core.models import Post, Reply, Skipped
from bot.rules import CommunityRules


class Compose(Protocol):
    def __call__(self, post: Post, rules: CommunityRules) -> Reply | Skipped:
        """The reply that would be written now; raises `FetchError` or `WorkerError`."""
        ...


class BeforeSend(Protocol):
    def __call__(self, post: Post, rules: CommunityRules, *, requested: bool) -> Skipped | None:
        """Why a post gets no reply, judged by the post alone; None to write it."""
        ...
