"""What all work of one node is created from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from bot.cluster.read_tasks import ReadTasks
from bot.config import Config
from bot.config.accounts import Account
from bot.core.models import Dialect
from bot.daemon.page_reading import PageReading
from bot.daemon.shared_limits import SharedLimits
from bot.daemon.tuning import Tuning
from bot.operations.health import Health
from bot.platforms import adapter_factory
from bot.store import Database
from bot.store.account_leaders import AccountLeaders


class NodeParts(Struct, frozen=True):
    """Shared by all accounts that the node leads."""

    node: str
    config: Config
    tuning: Tuning
    database: Database
    leaders: AccountLeaders
    tasks: ReadTasks
    health: Health
    reading: PageReading
    dialects: Mapping[str, Dialect]
    rate_limits: SharedLimits

    def account(self, name: str) -> tuple[str, Account]:
        """The platform and the settings of an account."""
        return next((kind, account) for kind, each, account in self.config.accounts() if each == name)


def dialects_of(config: Config) -> dict[str, Dialect]:
    """The dialect of each account, without creating its platform."""
    return {name: adapter_factory(kind).dialect for kind, name, _ in config.accounts()}  # type: ignore[attr-defined]
