"""What all tests share: a clock that moves only when told, and a fresh database."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot.core.models import Post
from bot.store import Database

# Programs are started again and again: they shall keep their byte code.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples on every machine: a change is judged by what it changed. Set HYPOTHESIS_PROFILE=search
# to look for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# With the libraries loaded there is much that never becomes garbage, and looking through it takes a tenth
# of the time of all tests.
gc.set_threshold(100_000, 50, 50)

# Tracebacks in colour, with all variables, take a third of a second each.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path, clock: Clock) -> Iterator[Database]:
    made = Database(tmp_path / "precis.db", clock())
    yield made
    made.close()


def a_post(number: int = 1, **changes: object) -> Post:
    """A link post that nothing speaks against."""
    facts: dict[str, object] = {
        "account": "home",
        "id": str(number),
        "community": "news@lemmy.example",
        "title": f"Post {number}",
        "url": f"https://paper.example/{number}",
        "permalink": f"https://lemmy.example/post/{number}",
        "author": "alice@lemmy.example",
        "published": START + timedelta(seconds=number),
    }
    return Post(**{**facts, **changes})  # type: ignore[arg-type]
