"""The revisions of the schema, from the file names of the migrations."""

from __future__ import annotations

from pathlib import Path

MIGRATIONS = Path(__file__).with_name("migrations")


def known() -> tuple[str, ...]:
    """All revisions in order."""
    return tuple(
        sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
    )


def head() -> str:
    """The revision that this version of Precis needs."""
    return known()[-1]
