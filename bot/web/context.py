"""What the pages show and use. The daemon or `precis web` creates it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from bot.config import Config
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.operations.health import Health
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules, Origin
from bot.store import Database
from bot.workers.rights import Confinement


class DigestPage(Protocol):
    def __call__(
        self, page: Page, length: LengthLimits, method: str, *, explain: bool
    ) -> Digest | NotArticle:
        """The digest of a page, or why it is not an article. Raises `WorkerError`."""
        ...


class Setting(Struct, frozen=True):
    """One setting that applies in a community, and where it comes from."""

    name: str
    value: Any
    origin: str
    """Who set it, as text. "" for the default."""


class PageContext(Struct, frozen=True):
    config: Config
    database: Database
    clock: Callable[[], datetime]
    fetch: Callable[[str], Page]
    """Raises `FetchError`."""
    digest: DigestPage
    effective_rules: Callable[[str], EffectiveRules]
    """The settings that apply in a community; for "", in all others."""
    health: Health | None = None
    """None if no daemon runs in this process."""
    confinement: Callable[[], Confinement | None] = lambda: None
    """What the processes that read pages have applied to themselves; None before the first one."""

    @property
    def token(self) -> str | None:
        given = self.config.web.token
        return None if given is None else given.get_secret_value()

    def settings(self, community: str) -> tuple[Setting, ...]:
        """All settings of a community, in the order of `CommunityRules`."""
        effective = self.effective_rules(community)
        return tuple(
            Setting(name, getattr(effective.rules, name), "" if origin is Origin.DEFAULT else f"the {origin}")
            for name in CommunityRules.model_fields
            for origin in (effective.origins[name],)
        )
