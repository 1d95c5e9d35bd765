"""The real pages over real HTTP on loopback, with a database of 90 generated days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import httpx2
import pytest
from msgspec.structs import replace

from bot.config import load
from bot.fetch import Fetcher, FetchSettings, user_agent
from bot.operations.health import Health
from bot.operations.tls import system_tls_context
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.sandbox.news import NewsSite
from bot.sandbox.sample_history import fill_database
from bot.store import Database
from bot.web.context import PageContext
from bot.web.server_thread import WebServer
from bot.workers.digest import digest
from tests.conftest import START, Clock

TOKEN = "a-token-that-is-long-enough"
CONFIG = """
[bot]
owner = "you@example.org"

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "hunter2-hunter2"
communities = ["news@lemmy.example", "technology@lemmy.example", "gardening@other.example"]

[reddit.second]
client_id = "abc"
client_secret = "shibboleth"
operator = "you_know"
username = "precis_bot"
password = "hunter2-hunter2"
subreddits = ["worldnews"]

[rules]
words = 90

[rules."technology@lemmy.example"]
layout = "collapsed"
block_domains = ["daily-ledger.example"]
"""
Visit = Callable[..., httpx2.Response]


@pytest.fixture(scope="session")
def site() -> Iterator[NewsSite]:
    with NewsSite() as started:
        yield started


@pytest.fixture(scope="session")
def fetcher(site: NewsSite) -> Iterator[Fetcher]:
    local = frozenset({site.url.removeprefix("http://")})
    made = Fetcher(FetchSettings(user_agent=user_agent("you@example.org"), host_delay=0, allow_local=local))
    yield made
    made.close()


@pytest.fixture
def context(tmp_path: Path, database: Database, fetcher: Fetcher) -> PageContext:
    """A context with an empty database. Pages are read in this process."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    path.chmod(0o600)
    config = load(path, {})
    web = config.web.model_copy(update={"port": 0})
    config = config.model_copy(update={"web": web})
    return PageContext(
        config=config,
        database=database,
        clock=Clock(),
        fetch=fetcher.fetch,
        digest=digest,
        effective_rules=make_rule_resolver(config, database).effective_rules,
        health=Health(Clock()),
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database shared between tests, which only read it."""
    made = Database(tmp_path_factory.mktemp("filled") / "precis.db", START - timedelta(days=90))
    fill_database(made, START, 600)
    yield made
    made.close()


@pytest.fixture
def full_context(context: PageContext, filled: Database) -> PageContext:
    return replace(context, database=filled)


def with_token(context: PageContext, token: str = TOKEN) -> PageContext:
    from pydantic import SecretStr

    web = context.config.web.model_copy(update={"token": SecretStr(token)})
    return replace(context, config=context.config.model_copy(update={"web": web}))


@contextmanager
def served(context: PageContext) -> Iterator[httpx2.Client]:
    """A client of the pages. It follows no redirects and ignores the environment."""
    server = WebServer(context)
    server.start()
    try:
        with httpx2.Client(
            base_url=server.url, trust_env=False, verify=system_tls_context(), timeout=60
        ) as client:
            yield client
    finally:
        # No test waits for its end: uvicorn takes up to 0.2 s, which are 10 s for all tests.
        Thread(target=server.stop, name="web end").start()
