"""What the pages show and use; made by the composition root."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.config import Config
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.operations.health import Health
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules, Origin
from bot.store import Database


class DigestPage(Protocol):
    def __call__(
        self, page: Page, length: LengthLimits, method: str, *, explain: bool
    ) -> Digest | NotArticle:
        """The digest of a page; raises `WorkerError`."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What holds in a community for one setting, and where that comes from."""

    name: str
    value: Any
    origin: str
    """"" for the default, else words for people."""


@dataclass(frozen=True, slots=True)
class PageContext:
    config: Config
    database: Database
    clock: Callable[[], datetime]
    fetch: Callable[[str], Page]
    """Raises `FetchError`."""
    digest: DigestPage
    effective_rules: Callable[[str], EffectiveRules]
    """What holds in a community; in "", everywhere."""
    health: Health | None = None
    """None where no daemon runs in this process."""

    @property
    def token(self) -> str | None:
        given = self.config.web.token
        return None if given is None else given.get_secret_value()

    def settings(self, community: str) -> tuple[Setting, ...]:
        """All settings of a community, in the order of their class."""
        held = self.effective_rules(community)
        return tuple(
            Setting(name, getattr(held.rules, name), "" if origin is Origin.DEFAULT else f"the {origin}")
            for name in CommunityRules.model_fields
            for origin in (held.origins[name],)
        )
