"""What the pages show and use; made by the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.config import Config
from bot.health import Health
from bot.models import Digest, Length, NotArticle, Page
from bot.rules import CommunityRules
from bot.store import Database


class DigestPage(Protocol):
    def __call__(self, page: Page, length: Length, method: str, *, explain: bool) -> Digest | NotArticle:
        """The digest of a page; raises `WorkerError`."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """What holds in a community for one setting, and where that comes from."""

    name: str
    value: Any
    origin: str
    """"" for the default, else words for people."""


@dataclass(frozen=True, slots=True)
class Parts:
    config: Config
    database: Database
    clock: Callable[[], datetime]
    fetch: Callable[[str], Page]
    """Raises `FetchError`."""
    digest: DigestPage
    rules_for: Callable[[str], CommunityRules]
    origins: Callable[[str], Mapping[str, str]]
    """Where each setting of a community that is no default comes from, by its name."""
    health: Health | None = None
    """None where no daemon runs in this process."""

    @property
    def token(self) -> str | None:
        given = self.config.web.token
        return None if given is None else given.get_secret_value()

    def held(self, community: str) -> tuple[Held, ...]:
        """All settings of a community, in the order of their class."""
        rules, origins = self.rules_for(community), self.origins(community)
        return tuple(
            Held(name, getattr(rules, name), origins.get(name, "")) for name in CommunityRules.model_fields
        )
