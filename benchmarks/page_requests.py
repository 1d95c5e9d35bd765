"""Milliseconds of processor time of pages, `/metrics` and `/healthz` on a database of `many_posts`.

    python benchmarks/page_requests.py precis.db [SECONDS]

Prints one line of JSON. `benchmarks.compare` runs this file with the package `bot` of two checkouts, so it
uses only functions that the older one has too. The application is called as a server calls it, without a
connection.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from many_posts import ACCOUNTS, COMMUNITIES, NOW  # type: ignore[import-not-found]  # beside this script
from starlette.applications import Starlette

from bot.config import Config
from bot.core.errors import FetchError
from bot.core.models import Page
from bot.core.skip_reasons import SkipReason
from bot.operations.health import Health
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.store import Database
from bot.web.asgi import create_app
from bot.web.context import PageContext
from bot.workers.digest import digest

PATHS = ("/", "/posts", "/posts?q=xylophone", f"/community?name={COMMUNITIES[0]}", "/metrics", "/healthz")
SECONDS_EACH = 1.0
"""About as long as each is repeated, by default."""
MAX_RUNS = 50


def application(database: Database, path: Path) -> Starlette:
    account = {"server": "https://lemmy.example", "username": "precis", "password": "secret"}
    names = [{**account, "username": name, "communities": COMMUNITIES} for name in ACCOUNTS]
    config = Config.model_validate(
        {
            "bot": {"owner": "me@example.org", "database": str(path)},
            "lemmy": dict(zip(ACCOUNTS, names, strict=True)),
        }
    )
    resolver = make_rule_resolver(config, database)
    health = Health(lambda: NOW)
    return create_app(
        PageContext(
            config, database, lambda: NOW, fetch_nothing, digest, resolver.effective_rules, health=health
        )
    )


def fetch_nothing(url: str) -> Page:
    raise FetchError(SkipReason.SITE_DOWN, url, permanent=True)


async def request(app: Starlette, target: str) -> int:
    """The status code of the response."""
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8643")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8643),
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)
    return status


async def measure(app: Starlette, target: str, seconds: float) -> float:
    """The median of a few runs, in milliseconds."""
    times: list[float] = []
    end = time.monotonic() + seconds
    while len(times) < 2 or (time.monotonic() < end and len(times) < MAX_RUNS):
        started = time.process_time()
        status = await request(app, target)
        times.append((time.process_time() - started) * 1000)
        if status not in (200, 503):  # /healthz without a daemon
            raise SystemExit(f"{target}: status {status}")
    return median(times[1:])  # the first one loads the template


async def measure_all(app: Starlette, seconds: float) -> dict[str, float]:
    return {target: await measure(app, target, seconds) for target in PATHS}


def main(path: Path, seconds: float = SECONDS_EACH) -> None:
    database = Database(path, NOW)
    print(json.dumps(asyncio.run(measure_all(application(database, path), seconds))))
    database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(float, sys.argv[2:]))
