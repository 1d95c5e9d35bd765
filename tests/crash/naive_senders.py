"""The two simple ways to send, as a daemon process. The crash test must show that both fail.

python -m tests.crash.naive_senders STRATEGY --config FILE --allow-local 127.0.0.1:PORT --settle SECONDS
"""

from __future__ import annotations

import sys
from unittest.mock import patch

from bot.core.errors import PlatformError
from bot.core.models import Comment
from bot.outbox.reply_outbox import ReplyOutbox
from bot.sandbox import daemon_process
from bot.store import OutgoingReply


def post_then_record(self: ReplyOutbox, reply: OutgoingReply) -> None:
    """Post, and record it when the answer arrives; without an answer, retry later."""
    answer = self._answer_to(reply)
    now = self._clock()
    if isinstance(answer, Comment):
        self._store.mark_sent(reply.row, answer, now)
    else:
        self._store.return_to_ready(reply.row, now + self._backoff(reply), str(answer))


def record_then_post(self: ReplyOutbox, reply: OutgoingReply) -> None:
    """Record the reply as sent, then post it, whatever the answer."""
    now = self._clock()
    self._store.mark_sent(reply.row, Comment("?", reply.post_id, "?", now), now)
    answer = self._answer_to(reply)
    assert isinstance(answer, (Comment, PlatformError))


if __name__ == "__main__":
    strategy = {"post-then-record": post_then_record, "record-then-post": record_then_post}[sys.argv.pop(1)]
    assert hasattr(ReplyOutbox, "_send")  # a rename must not turn the strategy off
    with patch.object(ReplyOutbox, "_send", strategy):
        daemon_process.main()
