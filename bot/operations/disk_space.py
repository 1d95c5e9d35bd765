"""How much space is left on a disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from msgspec import Struct

MIN_FREE_BYTES = 500_000_000


class DiskSpace(Struct, frozen=True):
    free_bytes: int
    has_free_inodes: bool

    @property
    def is_enough(self) -> bool:
        return self.free_bytes >= MIN_FREE_BYTES and self.has_free_inodes

    def __str__(self) -> str:
        return f"{self.free_bytes / 1e9:.1f} GB free" + (
            "" if self.has_free_inodes else ", but no free inodes"
        )


def disk_space(path: Path) -> DiskSpace:
    """The space on the disk of a file or folder, or of the nearest folder around it that exists."""
    folder = first_existing(path)
    return DiskSpace(shutil.disk_usage(folder).free, os.statvfs(folder).f_favail != 0)


def first_existing(path: Path) -> Path:
    """The path, or the nearest folder around it that exists."""
    return next((each for each in (path, *path.parents) if each.exists()), Path("/"))
