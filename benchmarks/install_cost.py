"""Time, packages and megabytes of each way to install: `python benchmarks/install_cost.py`.

Each way starts with an empty environment and an empty home, so nothing is cached. With `--resolve`, pip only
looks for versions that fit, and may use its cache: the oldest pip that runs on each Python from 3.11 to 3.14
that this machine has (23.0.1 on 3.11, 23.1.2 later), and the newest pip. Needs no library.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns, which

ROOT = Path(__file__).parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
OLDEST_PIP = {"3.11": "23.0.1", "3.12": "23.1.2", "3.13": "23.1.2", "3.14": "23.1.2"}
NEWEST = "newest"
TIMEOUT_SECONDS = 1200


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to install; `error` is the last line of pip if it failed."""

    way: str
    seconds: float
    packages: int = 0
    megabytes: float = 0.0
    error: str = ""


def find_python(version: str) -> str | None:
    """A Python of this minor version that can create environments, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [*sorted(map(str, pyenv.glob(f"versions/{version}.*/bin/python"))), f"/usr/bin/python{version}"]
    for candidate in (which(f"python{version}"), *found):
        if candidate and Path(candidate).exists():
            code = f"import ensurepip, sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '{version}')"
            if subprocess.run([candidate, "-c", code], capture_output=True, check=False).returncode == 0:
                return candidate
    return None


def fresh_environment(home: Path) -> dict[str, str]:
    """The variables of this process with an empty home, so that pip has no cache."""
    dropped = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PIP_CACHE_DIR", "MAKEFLAGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "HOME": str(home)}


def create_environment(python: str, folder: Path, pip: str) -> str:
    """Create an environment with this version of pip ("23.0.1" or "newest"); returns its Python."""
    inside = str(folder / "bin" / "python")
    wanted = "pip" if pip == NEWEST else f"pip=={pip}"
    run([python, "-m", "venv", str(folder)], folder.parent)
    run([inside, "-m", "pip", "install", "--quiet", "--upgrade", wanted], folder.parent)
    return inside


def run(command: list[str], folder: Path, home: Path | None = None) -> None:
    """Run a command; the cache of pip is in `home`. Raises CalledProcessError or TimeoutExpired."""
    subprocess.run(
        command, cwd=folder, env=fresh_environment(home or folder), check=True, capture_output=True,
        text=True, timeout=TIMEOUT_SECONDS,
    )  # fmt: skip


def copy_of_the_tree(folder: Path) -> Path:
    """A copy of what git has, so that builds leave nothing in this folder."""
    left_out = ignore_patterns(".*", "__pycache__", "node_modules", "dist", "findings")
    return Path(copytree(ROOT, folder / "precis", ignore=left_out))


def measured(way: str, command: list[str], folder: Path, environment: Path | None) -> Outcome:
    """Run the command in `folder`, then count what is in `environment`; without one, pip uses its cache."""
    begin = time.monotonic()
    try:
        run(command, folder, None if environment else Path.home())
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no message"]
        return Outcome(way, time.monotonic() - begin, error=lines[-1])
    except subprocess.TimeoutExpired:
        return Outcome(way, time.monotonic() - begin, error=f"not done after {TIMEOUT_SECONDS} s")
    seconds = time.monotonic() - begin
    if environment is None:
        return Outcome(way, seconds)
    packages = len(list(environment.glob("lib/python3*/site-packages/*.dist-info")))
    blocks = sum(file.lstat().st_blocks for file in environment.rglob("*"))
    return Outcome(way, seconds, packages, blocks * 512 / 2**20)


def by_pip(python: str, version: str, pip: str, *, resolve: bool) -> Outcome:
    """`pip install .` with this pip in a bare environment; with `resolve` only as a dry run."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        tree = copy_of_the_tree(folder)
        environment = folder / "environment"
        inside = create_environment(python, environment, pip)
        options = ["--dry-run"] if resolve else []
        command = [inside, "-m", "pip", "install", "--quiet", *options, "."]
        way = f"Python {version}, pip {pip}: pip install {' '.join([*options, '.'])}"
        return measured(way, command, tree, None if resolve else environment)


def by_make(python: str, version: str) -> Outcome:
    """`make install` in a copy of the tree."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = copy_of_the_tree(Path(scratch))
        command = ["make", "install", f"PYTHON={python}"]
        return measured(f"Python {version}: make install", command, tree, tree / ".venv")


def outcomes(*, resolve: bool) -> Iterator[Outcome]:
    """Each way with the Pythons of this machine, or the first of them for a complete installation."""
    pythons = {version: find_python(version) for version in VERSIONS}
    usable = {version: python for version, python in pythons.items() if python}
    for version in pythons.keys() - usable.keys():
        print(f"Not tried: Python {version} is not on this machine.", flush=True)
    if resolve:
        jobs = [(python, version, OLDEST_PIP[version]) for version, python in usable.items()]
        newest = list(usable.items())[-1:]
        jobs += [(python, version, NEWEST) for version, python in newest]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(lambda job: by_pip(*job, resolve=True), jobs)
        return
    version, python = next(iter(usable.items()))
    yield by_pip(python, version, OLDEST_PIP[version], resolve=False)
    yield by_pip(python, version, NEWEST, resolve=False)
    yield from (by_make(python, version) for version, python in usable.items())
    print("Not measured: the container image. Build it with: docker build -f deploy/Containerfile .")


def main() -> int:
    """Print one line for each way. Exits with 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resolve", action="store_true", help="only look for versions that fit (CI)")
    failed = False
    for outcome in outcomes(resolve=parser.parse_args().resolve):
        size = f"{outcome.packages:4} packages {outcome.megabytes:5.0f} MB" if outcome.packages else ""
        print(f"{outcome.way:58} {outcome.seconds:5.0f} s {size}{outcome.error}", flush=True)
        failed |= bool(outcome.error)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
