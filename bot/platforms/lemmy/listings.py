"""Lists of posts, and subscriptions, in the API version that the server has now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.errors import Unreachable
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.api import LemmyApi, Viewer
from bot.platforms.page_size import PageSize, limit_of
from bot.platforms.pagination import BadPageToken, PostPage
from bot.platforms.subscribed_listing import Subscription


class Listings:
    """A `bot.platforms.subscribed_listing.ListingApi`.

    `api` returns the current API version, `read` and `write` send a call, `viewer` returns the account
    that reads the posts, `check_version` raises if the server now has another version, and `check_token`
    renews the token if the server no longer accepts it, and returns whether it did.
    """

    def __init__(
        self,
        api: Callable[[], LemmyApi],
        read: Callable[[Call], Any],
        write: Callable[[Call], Any],
        viewer: Callable[[], Viewer],
        check_version: Callable[[LemmyApi], None],
        check_token: Callable[[], bool],
        host: str,
    ) -> None:
        self._api = api
        self._read = read
        self._write = write
        self._viewer = viewer
        self._check_version = check_version
        self._check_token = check_token
        self._was_empty = False
        """Whether the last list of subscribed posts was empty."""
        self._host = host
        self._page_size = PageSize()

    def list_posts(self, community: str | None, page: str | None) -> PostPage:
        return self._page(lambda api: api.posts_call(community, page), community, page)

    def list_subscribed_posts(self, page: str | None) -> PostPage:
        """An account with subscriptions gets an empty first page only if they have no posts.

        1.0 also answers it to a dead token, without an error. So the token is checked when the list becomes
        empty. While it stays empty, `SubscribedListing` has the account reloaded from time to time.
        """
        found = self._subscribed_page(page)
        if page is None:
            became_empty = not found.posts and not self._was_empty
            self._was_empty = not found.posts
            if became_empty and self._check_token():
                return self._subscribed_page(page)
        return found

    def _subscribed_page(self, page: str | None) -> PostPage:
        return self._page(lambda api: api.posts_call(None, page, subscribed=True), None, page)

    def fetch_subscription(self, community: str) -> Subscription:
        api = self._api()
        call = api.community_call(community)
        try:
            return self._subscription(api, self._read(call), community)
        except ApiError as error:
            raise self._unknown_community(community, error) or errors.read_error(error, call) from error

    def subscribe(self, subscription: Subscription) -> Subscription:
        api = self._api()
        return self._subscription(api, self._write(api.subscribe_call(subscription.id)), subscription.name)

    def _page(self, make: Callable[[LemmyApi], Call], community: str | None, page: str | None) -> PostPage:
        viewer = self._viewer()  # reloads the account if needed, and may switch to another version
        api = self._api()
        call = make(api)
        try:
            call, response = self._page_size.read_page(self._read, call, first=page is None)
            if api.is_of_other_version(response):
                self._check_version(api)
            return api.parse_posts(response, viewer, limit_of(call))
        except MalformedResponse as error:
            raise Unreachable(f"the list of posts cannot be read: {error}") from error
        except ApiError as error:
            if page is not None and errors.is_bad_page_token(error):
                raise BadPageToken(error.message) from error
            raise self._unknown_community(community, error) or errors.read_error(error, call) from error

    def _subscription(self, api: LemmyApi, response: Any, community: str) -> Subscription:
        try:
            state = api.parse_community(response)
        except MalformedResponse as error:
            raise Unreachable(f"{community} cannot be read: {error}") from error
        return Subscription(state.id, state.name, state.subscription)

    def _unknown_community(self, community: str | None, error: ApiError) -> Unreachable | None:
        if community is None or not errors.is_unknown_community(error):
            return None
        return Unreachable(f"{self._host} does not know the community {community}")
