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


def post_then_record(self: ReplyOutbox, draft: OutgoingReply) -> bool:
    """Post, and record it when the answer arrives; without an answer, retry later."""
    answer = self._post_it(draft)
    now = self._clock()
    if isinstance(answer, Comment):
        self._drafts.mark_sent(draft.row, answer, now)
    else:
        self._drafts.return_to_ready(draft.row, now + self._backoff(draft), str(answer))
    return True


def record_then_post(self: ReplyOutbox, draft: OutgoingReply) -> bool:
    """Record the reply as sent, then post it, whatever the answer."""
    now = self._clock()
    self._drafts.mark_sent(draft.row, Comment("?", draft.post_id, "?", now), now)
    answer = self._post_it(draft)
    assert isinstance(answer, (Comment, PlatformError))
    return True


if __name__ == "__main__":
    strategy = {"post-then-record": post_then_record, "record-then-post": record_then_post}[sys.argv.pop(1)]
    with patch.object(ReplyOutbox, "_send", strategy):
        daemon_process.main()
