"""Lists of posts, and subscriptions, on PieFed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.errors import Unreachable
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.login_session import LoginSession
from bot.platforms.pagination import BadPageToken, PostPage
from bot.platforms.piefed import schemas
from bot.platforms.piefed.login import API, get_call, read_error
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.subscribed_listing import Subscription, subscription_state_of

_PAGE_SIZE = 50


class Listings:
    """A `bot.platforms.subscribed_listing.Door`.

    `write` makes a writing call, `reader` is whose eyes posts are read with.
    """

    def __init__(
        self, session: LoginSession, write: Callable[[Call], Any], reader: Callable[[], Viewer]
    ) -> None:
        self._session = session
        self._write = write
        self._reader = reader
        self._numbers: dict[str, int] = {}

    def forget(self) -> None:
        """A community may have been made anew under its old name."""
        self._numbers.clear()

    def list_posts(self, community: str | None, page: str | None) -> PostPage:
        """By number, for a list by name says nothing of an unknown name, and minds its case."""
        if community is None:
            return self._page(page, type_="All")
        return self._page(page, type_="All", community_id=self._number(community))

    def list_subscribed_posts(self, page: str | None) -> PostPage:
        return self._page(page, type_="Subscribed")

    def fetch_subscription(self, community: str) -> Subscription:
        try:
            answer = self._session.read(get_call("/community", name=community))
        except ApiError as error:
            raise Unreachable(f"the server knows no community {community}: {error}") from error
        found = _state(answer, community)
        self._numbers[community] = found.id
        return found

    def subscribe(self, subscription: Subscription) -> Subscription:
        body = {"community_id": subscription.id, "follow": True}
        answer = self._write(Call("POST", f"{API}/community/follow", "other", body=body))
        return _state(answer, subscription.name)

    def _page(self, page: str | None, **which: str | int) -> PostPage:
        call = get_call(
            "/post/list", sort="New", limit=_PAGE_SIZE, ignore_sticky="true", page=page or "1", **which
        )
        try:
            return schemas.parse_posts(self._session.read(call), self._reader())
        except MalformedAnswer as error:
            raise Unreachable(f"the list of posts cannot be read: {error}") from error
        except ApiError as error:
            raise (BadPageToken(str(error)) if page is not None else read_error(error)) from error

    def _number(self, community: str) -> int:
        if community not in self._numbers:
            self.fetch_subscription(community)
        return self._numbers[community]


def _state(answer: Any, community: str) -> Subscription:
    try:
        view = schemas.parse(schemas.CommunityResponse, answer).community_view
    except MalformedAnswer as error:
        raise Unreachable(f"{community} cannot be read: {error}") from error
    return Subscription(view.community.id, view.community.handle, subscription_state_of(view.subscribed))
