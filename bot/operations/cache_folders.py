"""Folders for data that Precis can build again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CACHE_VARIABLE = "CACHE_DIRECTORY"
"""The variable in which systemd names a service's cache folders, separated by colons (systemd.exec(5))."""


def cache_folders() -> Iterator[Path]:
    """The folders for cached data, the preferred one first. They may not exist, or may be read-only."""
    for name in os.environ.get(CACHE_VARIABLE, "").split(":"):
        if (folder := Path(name)).is_absolute():
            yield folder
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if base.is_absolute():  # the XDG Base Directory Specification ignores a relative path
        yield base / "precis"
        return
    with suppress(RuntimeError):  # the user has no home
        yield Path.home() / ".cache" / "precis"


@contextmanager
def last_cache_folder(folder: Path | None) -> Iterator[None]:
    """Inside the block, processes that are started also use `folder`, after all others.

    The start of a fork server passes nothing else than the environment.
    """
    before = os.environ.get(CACHE_VARIABLE)
    if folder is not None:
        os.environ[CACHE_VARIABLE] = ":".join(map(str, [*cache_folders(), folder.absolute()]))
    try:
        yield
    finally:
        if before is not None:
            os.environ[CACHE_VARIABLE] = before
        else:
            os.environ.pop(CACHE_VARIABLE, None)
