"""What a new leader does before its first write for an account.

The last leader may be paused in the middle of a send, and wake up later. So its token is revoked, and what
was being sent waits until such a request must have become visible.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.cluster.term import Term
from bot.core.errors import LeadershipLost
from bot.platforms.base import Platform
from bot.platforms.fencing import CheckedWrites, Revocation, TokenState, revoke_saved_token
from bot.store import Accounts, Database, OutgoingMessages, OutgoingReplies
from bot.store.account_leaders import AccountLeaders

log = structlog.get_logger(__name__)


def fence_writes(platform: Platform, term: Term, node: str, leaders: AccountLeaders) -> Callable[[], None]:
    """Let the platform check before each write call that the node still leads; return this check."""

    def check() -> None:
        term.check()
        if not leaders.is_held(node, term.account, term.epoch):
            raise LeadershipLost(term.account)

    if isinstance(platform, CheckedWrites):
        platform.write_guard.use(check)
    return check


def take_over(
    platform: Platform,
    term: Term,
    database: Database,
    accounts: Accounts,
    clock: Callable[[], datetime],
    settle: timedelta,
    longest_unused_connection: timedelta | None = None,
) -> None:
    """Revoke the last leader's token, and let everything that it was sending settle again.

    Raises `PlatformError` or `StoreError`; then nothing may be sent, and this is called again.
    After a handover, the last leader has stopped all work, so its token is used again.
    """
    if term.handed_over:
        return
    revocation = revoke_saved_token(platform, accounts.load(term.account))
    settle_at = clock() + settle + _wait_of(revocation, longest_unused_connection)
    # Before the token is forgotten: if this process ends here, the next leader starts with it again.
    ambiguous = OutgoingReplies(database).settle_again(term.account, settle_at)
    ambiguous += OutgoingMessages(database).settle_again(term.account, settle_at)
    accounts.save(term.account, None)
    log.info(
        "took the account over",
        account=term.account,
        last_token=revocation.state.value,
        being_sent=ambiguous,
    )


def _wait_of(revocation: Revocation, longest_unused_connection: timedelta | None) -> timedelta:
    if revocation.state is not TokenState.NOT_REVOCABLE or longest_unused_connection is None:
        return revocation.wait
    return longest_unused_connection
