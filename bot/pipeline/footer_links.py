"""The links in the footer of a reply."""

from __future__ import annotations

from bot.config import Config
from bot.config.accounts import Account, LemmyAccount, PieFedAccount, RedditAccount
from bot.core.models import Dialect
from bot.core.project import PROJECT_URL
from bot.render import FooterLinks

_ACCOUNT_TYPES: dict[Dialect, type[Account]] = {
    Dialect.LEMMY: LemmyAccount,
    Dialect.PIEFED: PieFedAccount,
    Dialect.REDDIT: RedditAccount,
}
READERS_PAGE = f"{PROJECT_URL}/blob/main/docs/how-to/readers.md"


def footer_links(account: Account | None, permalink: str) -> FooterLinks | None:
    """The links for a reply of this account."""
    if account is None or account.profile_url is None:
        return None
    why = account.message_link("why", f"why {permalink}")
    opt_out = account.message_link("opt out", "opt out")
    delete = account.message_link("delete", f"delete {permalink}")
    profile = account.profile_url
    return FooterLinks(why or READERS_PAGE, opt_out or profile, delete or profile)


def sample_links(config: Config, dialect: Dialect) -> FooterLinks:
    """The links for a preview; without an account, to the page that explains them."""
    wanted = _ACCOUNT_TYPES[dialect]
    account = next((account for _, _, account in config.accounts() if type(account) is wanted), None)
    return footer_links(account, "POST") or FooterLinks(READERS_PAGE, READERS_PAGE, READERS_PAGE)
