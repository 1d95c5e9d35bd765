"""Checks of the database's folder: permissions, free space, file system, damage."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path

from bot.core.models import CheckResult
from bot.operations.disk_space import disk_space, first_existing
from bot.store.integrity import find_damage

REMOTE_FILE_SYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}
)
"""File systems on which SQLite's locks and shared memory do not work (https://www.sqlite.org/wal.html)."""


def check_folder(database: Path) -> CheckResult:
    folder = database.parent
    if not folder.is_dir():
        return CheckResult("folder", False, f"{folder} does not exist", f"Create it: mkdir -p {folder}")
    if not os.access(folder, os.W_OK | os.X_OK):
        return CheckResult(
            "folder",
            False,
            f"{folder} cannot be written",
            f"Give it to the user of Precis: chown USER {folder}",
        )
    unwritable = [path for path in _files(database) if not os.access(path, os.R_OK | os.W_OK)]
    if unwritable:
        return CheckResult(
            "folder",
            False,
            f"{unwritable[0]} cannot be written",
            f"Give it to the user of Precis: chown USER {unwritable[0]}",
        )
    return CheckResult("folder", True, f"{folder} can be written")


def _files(database: Path) -> list[Path]:
    files = (database, Path(f"{database}-wal"), Path(f"{database}-shm"), Path(f"{database}.lock"))
    return [path for path in files if path.exists()]


def check_free_space(database: Path) -> CheckResult:
    space = disk_space(database.parent)
    remedy = "" if space.is_enough else "Free some space: 500 MB is enough for years."
    return CheckResult("disk", space.is_enough, f"{space}", remedy)


def check_file_system(database: Path) -> CheckResult:
    name = _file_system(first_existing(database.parent).resolve())
    ok = name not in REMOTE_FILE_SYSTEMS
    remedy = "" if ok else "Move the database to a local disk: [bot] database."
    return CheckResult("file system", ok, name or "unknown", remedy)


def _file_system(path: Path) -> str:
    """The type of the file system of a path (proc(5), /proc/mounts)."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    file_systems = {
        Path(fields[1].replace("\\040", " ")): fields[2] for line in mounts if len(fields := line.split()) > 2
    }
    return next((file_systems[each] for each in (path, *path.parents) if each in file_systems), "")


def check_database(path: Path) -> CheckResult:
    if not path.exists():
        return CheckResult("database", True, f"{path} does not exist yet; the first run creates it")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    try:
        damage = find_damage(connection)
    except sqlite3.Error as error:
        damage = f"{error}"
    finally:
        connection.close()
    if damage is None:
        return CheckResult("database", True, f"{path} is intact, {path.stat().st_size / 1e6:.1f} MB")
    remedy = "Stop the bot, then restore a copy: precis restore. Nothing is posted twice."
    return CheckResult("database", False, f"{path} is damaged: {damage}", remedy)


def check_temporary_files() -> CheckResult:
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x" * 1_000_000)
    except OSError as error:
        text = f"{tempfile.gettempdir()} cannot be written: {error.strerror}"
        return CheckResult("temporary files", False, text, "Mount a writable /tmp, or set TMPDIR.")
    return CheckResult("temporary files", True, f"{tempfile.gettempdir()} can be written")
