"""Which language id a reply may have, if any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.errors import RetryLater, Unreachable
from bot.platforms.api_call import ApiError, MalformedResponse
from bot.platforms.lemmy.api import LemmyApi, Site
from bot.platforms.login_session import LoginSession

_POSTS_REMEMBERED = 500


class ReplyLanguages:
    """Asks each community once which languages it allows, because a refused reply also counts against the
    rate limit of comments."""

    def __init__(self, session: LoginSession, api: Callable[[], LemmyApi]) -> None:
        self._session = session
        self._api = api
        self._communities: dict[str, str] = {}
        self._allowed: dict[str, frozenset[int]] = {}

    def remember_community(self, post_id: str, community: str) -> None:
        """Record which community a post is in."""
        self._communities[post_id] = community
        while len(self._communities) > _POSTS_REMEMBERED:
            self._communities.pop(next(iter(self._communities)), None)

    def forget(self) -> None:
        """Clear the cache, because communities may change their languages."""
        self._allowed.clear()

    def language_id(self, code: str | None, post_id: str, site: Site) -> int | None:
        """None if the community does not allow the language, or the account does not see it.

        An account that does not see a language would not see its own reply in it.
        """
        number = next((number for number, known in site.languages.items() if known == code), None)
        if number is None or site.me is None:
            return None
        for allowed in (site.me.languages, self._allowed_on(post_id)):
            if allowed and number not in allowed:
                return None
        return number

    def _allowed_on(self, post_id: str) -> frozenset[int]:
        community = self._communities.get(post_id)
        if community is None:
            return frozenset()
        if community not in self._allowed:
            self._allowed[community] = self._ask(community)
        return self._allowed[community]

    def _ask(self, community: str) -> frozenset[int]:
        """The allowed languages. Empty (no restriction) on errors, because the server has the final say."""
        try:
            api = self._api()
            response: Any = self._session.read(api.community_call(community))
            return api.parse_community(response).languages
        except (ApiError, MalformedResponse, RetryLater, Unreachable):
            return frozenset()
