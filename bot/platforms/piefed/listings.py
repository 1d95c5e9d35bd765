"""Post lists and subscriptions on PieFed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from bot.core.errors import CommunityNotFound, Unreachable
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.login_session import LoginSession
from bot.platforms.page_size import EntryTooLarge, limit_of, read_page
from bot.platforms.pagination import BadPageToken, PostPage, UnreadablePost
from bot.platforms.piefed import schemas
from bot.platforms.piefed.login import API, UNKNOWN_COMMUNITY, get_call, read_error
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock
from bot.platforms.subscribed_listing import Subscription, subscription_state_of

_PAGE_SIZE = 50


class Listings:
    """A `bot.platforms.subscribed_listing.ListingApi`.

    `write` sends a writing call; `viewer` returns the account that reads the posts.
    """

    def __init__(
        self,
        session: LoginSession,
        write: Callable[[Call], Any],
        viewer: Callable[[], Viewer],
        clock: Clock,
    ) -> None:
        self._session = session
        self._write = write
        self._viewer = viewer
        self._clock = clock
        self._community_ids: dict[str, int] = {}

    def forget(self) -> None:
        """Forget all community ids: a community may have been created again under its old name."""
        self._community_ids.clear()

    def list_posts(self, community: str | None, page: str | None) -> PostPage:
        """Asks by id: a list by name is case-sensitive, and empty without an error for an unknown name."""
        if community is None:
            return self._page(page, type_="All")
        return self._page(page, type_="All", community_id=self._community_id(community))

    def list_subscribed_posts(self, page: str | None) -> PostPage:
        return self._page(page, type_="Subscribed")

    def fetch_subscription(self, community: str) -> Subscription:
        try:
            response = self._session.read(get_call("/community", name=community))
        except ApiError as error:
            if not error.code.startswith(UNKNOWN_COMMUNITY):
                raise read_error(error) from error
            raise CommunityNotFound(f"the server does not know community {community}: {error}") from error
        found = _subscription_of(response, community)
        self._community_ids[community] = found.id
        return found

    def subscribe(self, subscription: Subscription) -> Subscription:
        body = {"community_id": subscription.id, "follow": True}
        response = self._write(Call("POST", f"{API}/community/follow", "other", body=body))
        return _subscription_of(response, subscription.name)

    def _page(self, page: str | None, **filters: str | int) -> PostPage:
        call = get_call("/post/list", sort="New", ignore_sticky="true", **_position_of(page), **filters)
        try:
            call, response = read_page(self._session.read, call)
            found = schemas.parse_posts(response, self._viewer(), self._clock())
            return replace(found, next_page=_token(found.next_page, limit_of(call)))
        except EntryTooLarge as error:
            next_page = str(int(error.call.query["page"]) + 1)
            return PostPage((UnreadablePost(None, f"a post: {error}"),), _token(next_page, 1))
        except MalformedResponse as error:
            raise Unreachable(f"the list of posts cannot be read: {error}") from error
        except ApiError as error:
            raise (BadPageToken(str(error)) if page is not None else read_error(error)) from error

    def _community_id(self, community: str) -> int:
        if community not in self._community_ids:
            self.fetch_subscription(community)
        return self._community_ids[community]


def _position_of(token: str | None) -> dict[str, str | int]:
    """The page that a token stands for: its number and, if it is smaller than usual, its size."""
    number, _, size = (token or "1").partition("/")
    return {"page": number, "limit": int(size) if size.isdecimal() else _PAGE_SIZE}


def _token(page: str | None, size: int) -> str | None:
    return page if page is None or size == _PAGE_SIZE else f"{page}/{size}"


def _subscription_of(response: Any, community: str) -> Subscription:
    try:
        view = parse(schemas.CommunityResponse, response).community_view
    except MalformedResponse as error:
        raise Unreachable(f"{community} cannot be read: {error}") from error
    return Subscription(
        view.community.id,
        view.community.handle,
        subscription_state_of(view.subscribed),
        removed=view.community.removed or view.community.deleted,
    )
