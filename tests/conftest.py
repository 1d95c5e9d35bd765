"""Fixtures for all tests: a clock that only the test moves, and an empty database."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot.core.database_location import DatabaseLocation
from bot.core.models import Post
from bot.store import Database
from tests import postgresql
from tests.database_template import copy_new_databases
from tests.preloaded import share_fork_server, start_server, stop_server, use_preloaded_daemons
from tests.shared_sql import share_compiled_sql

TESTS = Path(__file__).parent

# Tests start programs many times, which should use their cached byte code. pytest should keep its own.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# SQLite waits for the disk at each commit. In memory it does not.
MEMORY, ROOM_FOR_TESTS = Path("/dev/shm"), 2 * 1024**3
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_FOR_TESTS:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

share_compiled_sql()
copy_new_databases()
use_preloaded_daemons()
share_fork_server()

# Use the same examples on every machine, so that a failure comes from the change. To search for new
# examples, set HYPOTHESIS_PROFILE=search.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

# The loaded libraries have many objects that never become garbage; scanning them takes a tenth of the time
# of all tests.
gc.set_threshold(100_000, 50, 50)

# A coloured traceback with all variables takes a third of a second.
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(autouse=True)
def log_settings_of_one_test() -> Iterator[None]:
    """Undo a test's changes of the log, which would make the next tests slower or hide what they log."""
    settings, root = structlog.get_config(), logging.getLogger()
    handlers, level, raises = root.handlers[:], root.level, logging.raiseExceptions
    yield
    if structlog.get_config() != settings:
        structlog.configure(**settings)
    root.handlers[:], logging.raiseExceptions = handlers, raises
    root.setLevel(level)


LONG_TESTS = ("crash", "disk", "daemon", "benchmarks", "docs", "cli", "workers", "web", "sandbox", "notices")
"""Folders with tests of several seconds. They run first, so that no worker waits for one at the end."""


def pytest_xdist_auto_num_workers() -> int:
    """Two more workers than processors, because the long tests wait for other processes most of the time."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return (processors or 1) + 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move the long tests to the front; the order is otherwise the usual one."""
    marked = {item.path for item in items if item.get_closest_marker(ONLY_POSTGRESQL)}
    if left_out := [str(path) for path in marked if not _may_need_postgresql(path)]:
        # Else `make test-postgresql` would leave them out without a word.
        raise pytest.UsageError(f"These tests need PostgreSQL and do not name the mark: {left_out}")
    items.sort(key=lambda item: item.path.relative_to(TESTS).parts[0] not in LONG_TESTS)


START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that only the test moves."""

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


ENGINES = ("sqlite", "postgresql")
BOTH_ENGINES = ("store", "outbox", "inbox", "pipeline")
"""Folders whose tests run on both engines, unless a module has `pytestmark = on_sqlite`."""
ON_POSTGRESQL = ("cluster",)
ONLY_POSTGRESQL = "postgresql"
"""The expression of `pytest -m` in `make test-postgresql`."""
on_server = pytest.mark.postgresql
"""For tests with a PostgreSQL server. They have a target of their own, so that `make test` stays short."""
on_sqlite = pytest.mark.engines("sqlite")
"""For tests about files, and about what only SQLite does."""


def pytest_configure(config: pytest.Config) -> None:
    """Start what all test workers share in the process that starts them."""
    config.addinivalue_line("markers", "engines(*names): the databases on which a test runs")
    config.addinivalue_line("markers", "postgresql: part of `make test-postgresql`, not of `make test`")
    if not hasattr(config, "workerinput"):
        server = start_server()
        config.add_cleanup(lambda: stop_server(server))
        postgresql.prepare_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        postgresql.remove_folder()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out modules without a test on PostgreSQL if only those run: each worker imports all others."""
    if config.option.markexpr != ONLY_POSTGRESQL or collection_path.suffix != ".py":
        return None
    return None if _may_need_postgresql(collection_path) else True


def _may_need_postgresql(module: Path) -> bool:
    """Whether a module is in a folder for PostgreSQL, or names the mark."""
    if module.relative_to(TESTS).parts[0] in (*BOTH_ENGINES, *ON_POSTGRESQL):
        return True
    source = module.read_text(encoding="utf-8")
    return "on_server" in source or "postgresql" in source


def pytest_runtest_setup(item: pytest.Item) -> None:
    postgresql.expected = item.get_closest_marker("postgresql") is not None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on each engine that its marker or its folder names."""
    if "engine" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("engines")
    folder = metafunc.definition.path.relative_to(TESTS).parts[0]
    usual = ENGINES if folder in BOTH_ENGINES else ENGINES[1:] if folder in ON_POSTGRESQL else ENGINES[:1]
    names = marker.args if marker else usual
    engines = [pytest.param(name, marks=on_server if name == "postgresql" else ()) for name in names]
    metafunc.parametrize("engine", engines, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def new_location(engine: str, folder: Path, now: datetime) -> DatabaseLocation:
    """Where `Database` opens a new database: a file, or the PostgreSQL database of this process."""
    if engine == "sqlite":
        return folder / "precis.db"
    url = postgresql.worker_database()
    if url is None:
        pytest.skip("PostgreSQL is not installed")
    postgresql.empty_tables(url, now)
    return url


@pytest.fixture
def database_location(engine: str, tmp_path: Path, clock: Clock) -> DatabaseLocation:
    return new_location(engine, tmp_path, clock())


@pytest.fixture
def database(database_location: DatabaseLocation, clock: Clock) -> Iterator[Database]:
    database = Database(database_location, clock())
    yield database
    database.close()


def a_post(number: int = 1, **changes: object) -> Post:
    """A link post that gets a reply; `changes` are fields of Post."""
    fields: dict[str, object] = {
        "account": "home",
        "id": str(number),
        "community": "news@lemmy.example",
        "title": f"Post {number}",
        "url": f"https://paper.example/{number}",
        "permalink": f"https://lemmy.example/post/{number}",
        "author": "alice@lemmy.example",
        "published": START + timedelta(seconds=number),
    }
    return Post(**{**fields, **changes})  # type: ignore[arg-type]
