"""The lock files agree, and what they leave out is not needed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; ([^\\\n]*))?", re.MULTILINE)
EXCLUDED_MODULES = {
    "breadability": "breadability",
    "docopt": "docopt",
    "docopt-ng": "docopt",
    "fastwarc": "fastwarc",
    "feedfinder2": "feedfinder2",
    "jieba3k": "jieba",
    "pillow": "PIL",
    "pycountry": "pycountry",
    "setuptools": "setuptools pkg_resources",
}
WITHOUT_THEM = """
import sys
import warnings
from importlib.abc import MetaPathFinder

class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[1:]:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Missing())
warnings.simplefilter("ignore")
from msgspec.structs import replace

from bot.core.models import LengthLimits
from bot.extract.html_tree import parse_html
from bot.extract.readers import CleanPage
from bot.extract.readers.cache import READERS
from bot.summarize import summarize
from bot.summarize.method_registry import METHODS
from bot.workers.digest import digest
from bot.workers.preload import PAGE

for reader in READERS:
    root = parse_html(PAGE.content.decode())
    assert "harbour" in reader.extract_text(CleanPage(PAGE.url, root)), reader.name
article = digest(PAGE, LengthLimits(sentences=3, words=120), "precis").article
for method in METHODS:
    for language in ("en", "cs"):
        summary = summarize(replace(article, language=language), LengthLimits(3, 120), method)
        assert summary.sentences, (method, language)
print("done")
"""


def pins(name: str) -> dict[tuple[str, str], str]:
    """{(package, environment marker): version} of a lock file."""
    text = (ROOT / name).read_text("utf-8")
    return {(package, (marker or "").strip()): version for package, version, marker in PIN.findall(text)}


@pytest.mark.parametrize(
    "part", ["requirements.lock", "requirements-build.lock", "requirements-postgres.lock"]
)
def test_the_lock_for_developers_has_the_same_versions(part: str) -> None:
    """So that `make install` and `make test` can share one environment, in any order."""
    assert pins(part).items() <= pins("requirements-dev.lock").items()


def test_the_lock_for_users_has_neither_tools_nor_what_is_excluded() -> None:
    names = {name for name, _ in pins("requirements.lock")}
    excluded = {
        line
        for line in (ROOT / "requirements-excluded.txt").read_text("utf-8").splitlines()
        if line[:1] != "#"
    }
    assert excluded == EXCLUDED_MODULES.keys()
    assert not names & {*excluded, "pytest", "mypy", "playwright", "ruff", "hatchling", "pip", "uv"}
    assert names > {"lxml", "numpy", "sqlalchemy"}


def test_postgresql_adds_its_libraries_only_when_they_are_asked_for() -> None:
    plain, postgres = pins("requirements.lock"), pins("requirements-postgres.lock")
    assert plain.items() <= postgres.items()
    added = {name for name, _ in postgres.keys() - plain.keys()}
    assert added >= {"psycopg", "psycopg-binary", "psycopg-pool", "procrastinate"}
    assert not any("psycopg" in name or name == "procrastinate" for name, _ in plain)


def test_every_reader_and_every_method_works_without_what_is_excluded(tmp_path: Path) -> None:
    modules = " ".join(EXCLUDED_MODULES.values()).split()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_THEM, *modules],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert (done.stdout.strip(), done.returncode) == ("done", 0), done.stderr[-3000:]
