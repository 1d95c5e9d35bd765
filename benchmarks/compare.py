"""Compare the cost of two checkouts, in one run: the commit before a change, and the commit after it.

    git worktree add /tmp/before COMMIT
    python -m benchmarks.compare /tmp/before . [--posts 1000000]
    python -m benchmarks.compare /tmp/before . --only store
    python -m benchmarks.compare /tmp/before . --only pages --pages DATA [--count 200]

Both need the same libraries; the Python that runs this command is used. First the package `bot` of both is
compiled to byte code, without which a start takes several times as long. The old checkout creates a database
with many posts, and each checkout then runs its queries on its own copy. Then the operations of the store on
the way of a post, commands and starts of the daemon run in turn, and the two daemons at the same time, so
that other work on the machine slows down both. With `--pages`, both also read pages of a data folder in turn
(see `benchmarks.page_corpus`). `--only` selects a part.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.command_time import command_seconds
from benchmarks.page_ratios import compare_pages

HERE = Path(__file__).parent.resolve()
DEFAULT_POSTS = 100_000
COMMAND_RUNS = 5
COMMAND_WARM_UP_RUNS = 1
START_POSTS = 1000
STORE_RUNS = 8
COMMANDS = (["--version"], ["status"], ["try", "page.html"])
CONFIG = """[bot]
owner = "me@example.org"

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news"]
"""
CREATE_FILES = """
import sys
from pathlib import Path
from statistics import median
from many_posts import NOW
from bot.sandbox.news.page_builder import build_page
from bot.store import Database
Database(Path("precis.db"), NOW).close()
Path("page.html").write_bytes(build_page("bridge", "https://courier.example/harbour/bridge"))
"""


def compile_package(checkout: Path) -> None:
    """Write the byte code of the package `bot`. Raises `RuntimeError` if a module cannot be compiled."""
    if not compileall.compile_dir(checkout / "bot", quiet=1):
        raise RuntimeError(f"the package bot of {checkout} cannot be compiled")


def environment_of(checkout: Path, *paths: Path) -> dict[str, str]:
    """The environment of a program that imports `bot` from a checkout, and may write byte code."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (checkout.resolve(), *paths)))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def start(checkout: Path, program: str, *arguments: str) -> subprocess.Popen[str]:
    """A program of this folder that imports `bot` from a checkout."""
    return subprocess.Popen(
        [sys.executable, str(HERE / program), *arguments],
        env=environment_of(checkout),
        cwd=checkout,  # `python -m` in a child imports from here first
        stdout=subprocess.PIPE,
        text=True,
    )


def output_of(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"a program failed with exit code {process.returncode}")
    return output


def run(checkout: Path, program: str, *arguments: str) -> str:
    return output_of(start(checkout, program, *arguments))


def ratio_table(title: str, before: dict[str, float], after: dict[str, float]) -> Table:
    table = Table(title=title)
    for heading in ("measure", "before", "after", "ratio"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, value in before.items():
        ratio = after[name] / value if value else 0
        table.add_row(name, f"{value:.2f}", f"{after[name]:.2f}", f"{ratio:.3f}")
    return table


def compare_daemons(old: Path, new: Path) -> Table:
    """Both daemons run at the same time."""
    before, after = (
        json.loads(output_of(each)) for each in [start(at, "daemon_cost.py") for at in (old, new)]
    )
    return ratio_table("The daemon's main process at a poll interval of 60 s", before, after)


def compare_store(old: Path, new: Path) -> Table:
    """The median of several runs of both checkouts in turn."""
    times: dict[Path, list[dict[str, float]]] = {old: [], new: []}
    for number in range(STORE_RUNS):
        for checkout in (old, new) if number % 2 else (new, old):
            times[checkout].append(json.loads(run(checkout, "store_operations.py")))
    before, after = (
        {name: median(found[name] for found in times[checkout]) for name in times[checkout][0]}
        for checkout in (old, new)
    )
    return ratio_table(f"Operations of the store, µs, median of {STORE_RUNS} runs", before, after)


def compare_commands(
    old: Path, new: Path, runs: int = COMMAND_RUNS, warm_up_runs: int = COMMAND_WARM_UP_RUNS
) -> Table:
    """The median processor time of each command and its descendants; both in turn.

    Warm-up runs come first and are not counted: they fill the cache of each checkout.
    """
    times: dict[tuple[str, Path], list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for checkout in (old, new):
            folder = Path(scratch, "old" if checkout is old else "new")
            folder.mkdir()
            config = folder / "config.toml"
            config.write_text(CONFIG)
            config.chmod(0o600)
            subprocess.run(
                [sys.executable, "-c", CREATE_FILES],
                env=environment_of(checkout, HERE),
                cwd=folder,
                check=True,
            )
        for _ in range(warm_up_runs + runs):
            for command in COMMANDS:
                for checkout in (old, new):
                    folder = Path(scratch, "old" if checkout is old else "new")
                    seconds = _seconds(checkout, folder, command)
                    times.setdefault((" ".join(command), checkout), []).append(seconds)
    rows = {
        name: (
            [1000 * each for each in times[name, old][warm_up_runs:]],
            [1000 * each for each in times[name, new][warm_up_runs:]],
        )
        for name in map(" ".join, COMMANDS)
    }
    return _spread_table(f"Commands, ms of processor time: median of {runs} (lowest to highest)", rows)


def _spread_table(title: str, rows: dict[str, tuple[list[float], list[float]]]) -> Table:
    table = Table(title=title)
    for heading in ("measure", "before", "after", "ratio"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for name, (before, after) in rows.items():
        table.add_row(name, _spread(before), _spread(after), f"{median(after) / median(before):.3f}")
    return table


def _spread(values: list[float]) -> str:
    return f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def _seconds(checkout: Path, folder: Path, command: list[str]) -> float:
    environment = {**environment_of(checkout), "XDG_CACHE_HOME": str(folder / "cache")}
    return command_seconds([sys.executable, "-m", "bot", *command], folder, environment)


def compare_starts(old: Path, new: Path, posts: int, runs: int = COMMAND_RUNS) -> Table:
    """Starts of both daemons in turn, and the memory at rest; of the last start also after `posts` posts."""
    found: dict[tuple[str, Path], list[float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(1 + runs):
            for checkout in (old, new):
                folder = Path(scratch, "old" if checkout is old else "new")
                with_posts = ["--posts", str(posts)] if number == runs else []
                measured = json.loads(run(checkout, "daemon_start.py", str(folder), *with_posts))
                for name, value in measured.items() if number else ():  # the first creates the database
                    found.setdefault((name, checkout), []).append(value)
    names = dict.fromkeys(name for name, _ in found)
    rows = {name: (found[name, old], found[name, new]) for name in names}
    return _spread_table(f"The daemon's start and memory: median of {runs} (lowest to highest)", rows)


def compare_queries(old: Path, new: Path, posts: int, *, seconds_each: float | None = None) -> Table:
    """Milliseconds of processor time of each query of the store, and of pages.

    Each is repeated for a second or so, or for about `seconds_each`.
    """
    repeat = () if seconds_each is None else (str(seconds_each),)
    with tempfile.TemporaryDirectory() as folder:
        original, copy = Path(folder, "old.db"), Path(folder, "new.db")
        run(old, "many_posts.py", str(original), str(posts))
        shutil.copy(original, copy)
        before = _query_times(old, original, *repeat)
        started = time.monotonic()
        upgrade = "from bot.store import Database; from many_posts import NOW; import pathlib, sys; "
        upgrade += "Database(pathlib.Path(sys.argv[1]), NOW).close()"
        subprocess.run(
            [sys.executable, "-c", upgrade, str(copy)],
            env=environment_of(new, HERE),
            check=True,
        )
        seconds = time.monotonic() - started
        after = _query_times(new, copy, *repeat)
        sizes = [path.stat().st_size / 2**20 for path in (original, copy)]
    title = f"{posts:,} posts, ms; upgrade {seconds:.1f} s; files {sizes[0]:.0f} and {sizes[1]:.0f} MB"
    return ratio_table(title, before, after)


def _query_times(checkout: Path, *arguments: str | Path) -> dict[str, float]:
    texts = list(map(str, arguments))
    pages: dict[str, float] = json.loads(run(checkout, "page_requests.py", *texts))
    return {**pages, **json.loads(run(checkout, "store_queries.py", *texts))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--posts", type=int, default=DEFAULT_POSTS)
    parser.add_argument("--only", choices=("queries", "store", "commands", "start", "daemon", "pages"))
    parser.add_argument("--pages", type=Path, metavar="DATA", help="a folder of pages to read")
    parser.add_argument("--count", type=int, default=200, help="number of pages")
    options = parser.parse_args()
    if options.only == "pages" and options.pages is None:
        parser.error("--only pages needs --pages DATA")
    for checkout in (options.old, options.new):
        compile_package(checkout)
    if options.only in (None, "queries"):
        Console().print(compare_queries(options.old, options.new, options.posts))
    if options.only in (None, "store"):
        Console().print(compare_store(options.old, options.new))
    if options.only in (None, "commands"):
        Console().print(compare_commands(options.old, options.new))
    if options.only in (None, "start"):
        Console().print(compare_starts(options.old, options.new, START_POSTS))
    if options.only in (None, "daemon"):
        Console().print(compare_daemons(options.old, options.new))
    if options.only in (None, "pages") and options.pages is not None:
        Console().print(compare_pages(options.old, options.new, options.pages, options.count))


if __name__ == "__main__":
    main()
