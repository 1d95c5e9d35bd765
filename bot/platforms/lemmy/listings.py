"""Lists of posts, and subscriptions, in whichever version of the API is spoken at the moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.errors import Unreachable
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.api import LemmyApi, Viewer
from bot.platforms.pagination import BadPageToken, PostPage
from bot.platforms.subscribed_listing import Subscription


class Listings:
    """A `bot.platforms.subscribed_listing.Door`.

    `api` is the version spoken now, `ask` and `write` make a call, `lens` is whose eyes posts are read
    with, and `make_sure_of` raises when an answer came from another version.
    """

    def __init__(
        self,
        api: Callable[[], LemmyApi],
        ask: Callable[[Call], Any],
        write: Callable[[Call], Any],
        lens: Callable[[], Viewer],
        make_sure_of: Callable[[LemmyApi], None],
        host: str,
    ) -> None:
        self._api = api
        self._ask = ask
        self._write = write
        self._lens = lens
        self._make_sure_of = make_sure_of
        self._host = host

    def list_posts(self, community: str | None, page: str | None) -> PostPage:
        return self._page(lambda api: api.posts(community, page), community, page)

    def list_subscribed_posts(self, page: str | None) -> PostPage:
        return self._page(lambda api: api.posts(None, page, subscribed=True), None, page)

    def fetch_subscription(self, community: str) -> Subscription:
        api = self._api()
        call = api.community(community)
        try:
            return self._state(api, self._ask(call), community)
        except ApiError as error:
            raise self._unknown(community, error) or errors.read_error(error, call) from error

    def subscribe(self, subscription: Subscription) -> Subscription:
        api = self._api()
        return self._state(api, self._write(api.join(subscription.id)), subscription.name)

    def _page(self, make: Callable[[LemmyApi], Call], community: str | None, page: str | None) -> PostPage:
        lens = self._lens()  # looks around where need be, and may find another version
        api = self._api()
        call = make(api)
        try:
            answer = self._ask(call)
            if api.is_foreign(answer):
                self._make_sure_of(api)
            return api.read_posts(answer, lens)
        except MalformedAnswer as error:
            raise Unreachable(f"the list of posts cannot be read: {error}") from error
        except ApiError as error:
            if page is not None and errors.is_bad_cursor(error):
                raise BadPageToken(error.message) from error
            raise self._unknown(community, error) or errors.read_error(error, call) from error

    def _state(self, api: LemmyApi, answer: Any, community: str) -> Subscription:
        try:
            state = api.read_community(answer)
        except MalformedAnswer as error:
            raise Unreachable(f"{community} cannot be read: {error}") from error
        return Subscription(state.id, state.name, state.subscription)

    def _unknown(self, community: str | None, error: ApiError) -> Unreachable | None:
        if community is None or not errors.is_unknown_community(error):
            return None
        return Unreachable(f"{self._host} knows no community {community}")
