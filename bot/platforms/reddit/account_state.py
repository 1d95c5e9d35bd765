"""What Reddit says about the account: its name, and its role in each subreddit."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.platforms.base import Identity
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit.multi_listing import MultiListing
from bot.platforms.reddit.rate_limits import CommentCooldowns
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.schemas import Account, Viewer

_REFRESH_INTERVAL = timedelta(hours=1)


class AccountState:
    """The account as it was last fetched; subreddits and cooldowns follow its roles.

    `multi_listing` knows the subreddits that are polled.
    """

    def __init__(
        self,
        account: str,
        web_url: str,
        read_calls: ReadCalls,
        multi_listing: MultiListing,
        cooldowns: CommentCooldowns,
        clock: Clock,
    ) -> None:
        self._account = account
        self._web_url = web_url
        self._read_calls = read_calls
        self._multi_listing = multi_listing
        self._cooldowns = cooldowns
        self._clock = clock
        self._me: Account | None = None
        self._refreshed_at: datetime | None = None
        self._banned: frozenset[str] = frozenset()
        self.moderated: frozenset[str] = frozenset()
        """Subreddits that the account moderates."""

    def connect(self) -> Identity:
        """`bot_flag` is always True: Reddit labels the accounts of apps itself."""
        self.refresh()
        viewer = self.viewer()
        return Identity(viewer.me, self._me.id if self._me else "", bot_flag=True)

    def refresh(self) -> None:
        """Fetch the account and its role in each subreddit."""
        account = self._read_calls.me()
        found = list(self._read_calls.subreddits(self._multi_listing.names))
        self._banned = frozenset(each.name for each in found if each.user_is_banned)
        self.moderated = frozenset(each.name for each in found if each.user_is_moderator)
        self._cooldowns.exempt(
            each.name for each in found if each.user_is_moderator or each.user_is_contributor
        )
        self._multi_listing.read_separately(set(self._multi_listing.names) - {each.name for each in found})
        self._me, self._refreshed_at = account, self._clock()

    def viewer(self) -> Viewer:
        """Refreshes every hour: accounts are suspended or banned, and subreddits become private."""
        if self._refreshed_at is None or self._clock() - self._refreshed_at > _REFRESH_INTERVAL:
            self.refresh()
        assert self._me is not None  # otherwise refresh has raised
        return Viewer(self._account, self._web_url, self._me.name, self._banned)

    def is_banned(self, community: str) -> bool:
        return community in self._banned

    def record_ban(self, community: str) -> None:
        """Record that a reply was refused because of a ban."""
        self._banned |= {community}
