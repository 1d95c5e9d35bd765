"""Which account gets the message, and the page where it is written."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.config import Config, load
from bot.core.models import Dialect
from bot.web.moderator_form.recipients import (
    MAX_LINK_LENGTH,
    account_for,
    community_named,
    dialect_of,
    is_watched,
    recipient_for,
)

ACCOUNTS = """
[bot]
owner = "you@example.org"

[lemmy.first]
server = "https://lemmy.example"
username = "precis"
password = "hunter2-hunter2"
communities = ["news@lemmy.example"]

[piefed.second]
server = "https://pie.example:8443"
username = "short"
password = "hunter2-hunter2"
everything = true

[reddit.third]
client_id = "abc"
client_secret = "shibboleth"
operator = "you_know"
username = "precis_bot"
password = "hunter2-hunter2"
subreddits = ["news"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(ACCOUNTS, encoding="utf-8")
    path.chmod(0o600)
    return load(path, {})


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("!news@lemmy.example", "news@lemmy.example"),
        ("news", "news"),  # a watched subreddit
        ("!news", "news@lemmy.example"),
        ("garden", "garden@lemmy.example"),
        ("r/garden", "garden"),
        ("https://old.reddit.com/r/Garden/", "garden"),
        ("https://pie.example:8443/c/books", "books@pie.example:8443"),
        ("two words", None),
        ("", None),
        ("x" * 100_000 + "@", None),
    ],
)
def test_the_community_in_a_text(config: Config, written: str, name: str | None) -> None:
    assert community_named(written, config) == name


@pytest.mark.parametrize(
    ("community", "dialect", "watched", "link"),
    [
        ("news@lemmy.example", Dialect.LEMMY, True, "https://lemmy.example/u/precis"),
        ("books@far.example", Dialect.PIEFED, True, "https://pie.example:8443/u/short"),
        ("news", Dialect.REDDIT, True, "https://www.reddit.com/message/compose"),
        ("other", Dialect.REDDIT, False, "https://www.reddit.com/message/compose"),
    ],
)
def test_the_account_that_watches_the_community(
    config: Config, community: str, dialect: Dialect, watched: bool, link: str
) -> None:
    account = account_for(community, config)
    assert dialect_of(account) is dialect
    assert is_watched(community, config) is watched
    recipient = recipient_for(account, "Precis", "set …")
    assert recipient is not None
    assert recipient.link.partition("?")[0] == link
    assert recipient.is_filled is (dialect is Dialect.REDDIT)


def test_the_whole_text_is_in_the_link(config: Config) -> None:
    text = 'set r/news\nfooter_line: "a & b = c # d + 100 % 日本 🔥"'
    recipient = recipient_for(account_for("news", config), "Precis", text)
    assert recipient is not None
    assert parse_qs(urlsplit(recipient.link).query)["message"] == [text]


def test_a_long_text_is_not_cut(config: Config) -> None:
    recipient = recipient_for(account_for("news", config), "Precis", "x" * MAX_LINK_LENGTH)
    assert recipient is not None
    assert (recipient.link, recipient.is_filled) == ("https://www.reddit.com/user/precis_bot", False)


def test_no_account_and_no_name(config: Config) -> None:
    nameless = config.reddit["third"].model_copy(update={"username": None})
    assert recipient_for(None, "Precis", "text") is None
    assert recipient_for(nameless, "Precis", "text") is None
    only_reddit = config.model_copy(update={"lemmy": {}, "piefed": {}})
    assert account_for("news@lemmy.example", only_reddit) is None
    assert not is_watched("news@lemmy.example", only_reddit)
