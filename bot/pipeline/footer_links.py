"""The links in the footer of a reply."""

from __future__ import annotations

from urllib.parse import urlencode

from bot.config import Config
from bot.config.accounts import Account, LemmyAccount, RedditAccount
from bot.config.settings import PROJECT_URL
from bot.core.models import Dialect
from bot.render import FooterLinks

READERS_PAGE = f"{PROJECT_URL}/blob/main/docs/how-to/readers.md"
_COMPOSE = "https://www.reddit.com/message/compose"


def footer_links(account: Account | None, permalink: str) -> FooterLinks | None:
    """The links for a reply of this account."""
    match account:
        case RedditAccount(username=str(name)):
            return _reddit_links(name, permalink)
        case LemmyAccount():
            profile = f"{account.server}/u/{account.username}"
            return FooterLinks(why=READERS_PAGE, opt_out=profile, delete=profile)
    return None


def sample_links(config: Config, dialect: Dialect) -> FooterLinks:
    """The links for a preview; without an account, to the page that explains them."""
    kind = RedditAccount if dialect is Dialect.REDDIT else LemmyAccount
    account = next((account for _, _, account in config.accounts() if isinstance(account, kind)), None)
    return footer_links(account, "POST") or FooterLinks(READERS_PAGE, READERS_PAGE, READERS_PAGE)


def _reddit_links(bot: str, permalink: str) -> FooterLinks:
    def to(subject: str, text: str) -> str:
        return f"{_COMPOSE}?{urlencode({'to': bot, 'subject': subject, 'message': text})}"

    return FooterLinks(
        why=to("why", f"why {permalink}"),
        opt_out=to("opt out", "opt out"),
        delete=to("delete", f"delete {permalink}"),
    )
