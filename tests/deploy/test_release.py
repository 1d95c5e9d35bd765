"""A release is refused unless everything is committed and the changelog has a dated section."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bot import __version__
from deploy.release import NotReady, check, version

ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository of version 3.1.0, ready for its release."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text('__version__ = "3.1.0"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## [3.1.0] - 2026-11-29\n\n## [3.0.0]\n", "utf-8")
    commit(tmp_path)
    return tmp_path


def commit(tree: Path) -> None:
    author = ("-c", "user.name=Precis", "-c", "user.email=me@example.org")
    for command in (("init", "-q"), ("add", "-A"), (*author, "commit", "-q", "-m", "All")):
        subprocess.run(["git", *command], cwd=tree, check=True)


def test_a_committed_tree_with_a_dated_section_can_be_released(tree: Path) -> None:
    assert check(tree) == "3.1.0"


@pytest.mark.parametrize("file", ["CHANGELOG.md", "new.txt"])
def test_uncommitted_changes_are_refused(tree: Path, file: str) -> None:
    with (tree / file).open("a", encoding="utf-8") as out:
        out.write("More.\n")
    with pytest.raises(NotReady, match=f"Uncommitted changes(?s:.*){file}"):
        check(tree)


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("## [Unreleased]", r"first section is \[Unreleased\], but the version .* is 3\.1\.0"),
        ("## [3.0.9] - 2026-11-01", r"first section is \[3\.0\.9\]"),
        ("Nothing", r"first section is missing"),
        ("## [3.1.0]", r"write the date of 3\.1\.0"),
        ("## [3.1.0] - soon", r"write the date of 3\.1\.0"),
    ],
)
def test_a_version_without_a_dated_section_is_refused(tree: Path, heading: str, words: str) -> None:
    (tree / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n\nText.\n", "utf-8")
    commit(tree)
    with pytest.raises(NotReady, match=words):
        check(tree)


def test_the_changelog_has_the_version_of_this_tree() -> None:
    assert version(ROOT) == __version__
    assert f"\n## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
