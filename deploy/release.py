"""Builds the files of a release in `dist/`: `python deploy/release.py` (`make release`).

The wheel, the source distribution, an SBOM (CycloneDX JSON) of requirements.lock, and SHA256SUMS. Exits with
1 and builds nothing if there are uncommitted changes or if CHANGELOG.md has no dated section for the version.
The same commit gives the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)
_SECTION = re.compile(r"^## \[(.+?)\](?: - (\S+))?$", re.MULTILINE)


class NotReady(Exception):
    """The tree cannot be released as it is."""


def version(root: Path) -> str:
    """The version that `bot/__init__.py` states. Raises NotReady if there is none."""
    found = _VERSION.search((root / "bot" / "__init__.py").read_text(encoding="utf-8"))
    if found is None:
        raise NotReady('bot/__init__.py has no line __version__ = "…".')
    return found[1]


def check(root: Path) -> str:
    """The version to release. Raises NotReady with the cause and the remedy."""
    wanted = version(root)
    changed = _output(root, "git", "status", "--porcelain")
    if changed:
        raise NotReady(f"Uncommitted changes. Commit or delete them first:\n{changed}")
    sections = _SECTION.findall((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if not sections or sections[0][0] != wanted:
        first = f"[{sections[0][0]}]" if sections else "missing"
        raise NotReady(
            f"CHANGELOG.md: the first section is {first}, but the version in bot/__init__.py is {wanted}."
            f" Write ## [{wanted}] - YYYY-MM-DD."
        )
    try:
        date.fromisoformat(sections[0][1])
    except ValueError:
        raise NotReady(f"CHANGELOG.md: write the date of {wanted}: ## [{wanted}] - YYYY-MM-DD.") from None
    return wanted


def build(root: Path, name: str) -> list[Path]:
    """Build the files of version `name` in `dist/`, which is emptied first. Returns their paths."""
    dist = root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    time = _output(root, "git", "log", "-1", "--format=%ct")
    os.environ["SOURCE_DATE_EPOCH"] = time
    _output(root, sys.executable, "-m", "hatchling", "build", "--directory", str(dist))
    sbom = dist / f"precis_bot-{name}.cdx.json"
    options = ("--pyproject", "pyproject.toml", "--mc-type", "application", "--output-reproducible")
    _output(root, sys.executable, "-m", "cyclonedx_py", "requirements", *options,
            "--output-format", "JSON", "--output-file", str(sbom), "requirements.lock")  # fmt: skip
    told = json.loads(sbom.read_text(encoding="utf-8"))
    told["metadata"]["component"]["version"] = name  # pyproject.toml says only where it is
    sbom.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    files = sorted(dist.iterdir())
    sums = dist / "SHA256SUMS"
    lines = (f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)
    sums.write_text("".join(lines), encoding="utf-8")
    return [*files, sums]


def _output(root: Path, *command: str) -> str:
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def main() -> int:
    """Build the release, or say why not."""
    try:
        name = check(ROOT)
        for file in build(ROOT, name):
            print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:,.0f} kB")
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(error.stderr, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
