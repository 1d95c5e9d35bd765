"""A request to the sandbox's Lemmy with everything that answering it needs."""

from __future__ import annotations

from msgspec import Struct

from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.rate_limits import RateLimits
from bot.sandbox.lemmy.server_state import Person, ServerState
from bot.sandbox.lemmy.views import Views
from bot.sandbox.loopback_server import Request


class RequestContext(Struct, frozen=True):
    request: Request
    state: ServerState
    viewer: Person | None
    """The account that is logged in, if any."""
    views: Views
    limits: RateLimits
    base_url: str
    version: str

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def account(self) -> Person:
        """The account that is logged in. Raises `ApiError` if there is none."""
        if self.viewer is None:
            raise ApiError("incorrect_login", status=401)
        return self.viewer
