"""The table [board.NAME] of config.toml."""

from bot.config.accounts import Account
from bot.config.setting_types import FilePath


class AccountSettings(Account):
    """The folder of a notice board."""

    folder: FilePath

    @property
    def server_url(self) -> str:
        return self.folder.as_uri()

    @property
    def host(self) -> str | None:
        return None

    @property
    def bot_names(self) -> frozenset[str]:
        return frozenset({"precis"})

    @property
    def profile_url(self) -> str | None:
        return None

    def watched_communities(self) -> tuple[str | None, ...]:
        return ("board",)

    def adapter_arguments(self) -> dict[str, object]:
        return {"folder": self.folder}
