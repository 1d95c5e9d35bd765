"""Versions, libraries, limits: what the machine gives a process."""

from __future__ import annotations

import multiprocessing
import os
import platform
import resource
import sqlite3
import ssl
import sys
import time
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from bot import __version__
from bot.config.settings import Workers
from bot.core.errors import WorkerError
from bot.core.models import Finding, Length, Page
from bot.workers.confinement import offered
from bot.workers.pool import Limits, Worker

LEAST_SQLITE = (3, 35)
LEAST_FILES = 256
LEAST_MEMORY = 600_000_000
"""Bytes: the daemon, its fork server and two processes that read pages."""
PAGE = Page("file:///doctor.html", b"<p>Nothing to see.</p>")


def versions() -> Finding:
    """Whether the libraries are those that this Precis was made for."""
    here = (
        f"Precis {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    )
    wrong = list(_wrong_libraries())
    if wrong:
        return Finding(
            "versions", False, f"{here}; {'; '.join(wrong)}", "Install Precis anew: pipx reinstall precis-bot"
        )
    return Finding("versions", True, here)


def _wrong_libraries() -> list[str]:
    found = []
    try:
        needed = requires("precis-bot") or []
    except PackageNotFoundError:
        return []  # run from its folder, without being installed
    for line in needed:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            have = version(wanted.name)
        except PackageNotFoundError:
            found.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(have, prereleases=True):
            found.append(f"{wanted.name} is {have}, and not {wanted.specifier}")
    return found


def sqlite() -> Finding:
    have = sqlite3.sqlite_version
    ok = sqlite3.sqlite_version_info >= LEAST_SQLITE
    return Finding("SQLite", ok, have, "" if ok else "Install a Python that brings SQLite 3.35 or newer.")


def certificates() -> Finding:
    """Whether servers can be told from impostors."""
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    remedy = "" if count else "Install the package ca-certificates."
    return Finding("certificates", count > 0, f"{count} authorities are trusted", remedy)


def locale() -> Finding:
    coding = sys.getfilesystemencoding()
    ok = coding.lower() in {"utf-8", "utf8"}
    return Finding("locale", ok, f"file names are {coding}", "" if ok else "Set LC_ALL=C.UTF-8.")


def open_files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    ok = soft == resource.RLIM_INFINITY or soft >= LEAST_FILES
    remedy = "" if ok else f"Raise it: ulimit -n {LEAST_FILES}, or LimitNOFILE={LEAST_FILES} in the unit."
    return Finding(
        "open files", ok, "no limit" if soft == resource.RLIM_INFINITY else f"at most {soft}", remedy
    )


def memory() -> Finding:
    """What is free, also by the limit of a container or a unit."""
    free = min(filter(None, (_free(), _of_cgroup())), default=0)
    ok = free == 0 or free >= LEAST_MEMORY
    text = f"{free // 1_000_000} MB are free" if free else "cannot be seen"
    remedy = "" if ok else "Give it 600 MB, or set [workers] processes = 1 and a smaller memory_mb."
    return Finding("memory", ok, text, remedy)


def _free() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return None


def _of_cgroup() -> int | None:
    """Memory left in this process's cgroup (version 2)."""
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="utf-8").split("::", 1)[1].strip()
        folder = Path("/sys/fs/cgroup") / own.lstrip("/")
        most = (folder / "memory.max").read_text(encoding="ascii").strip()
        return (
            None
            if most == "max"
            else int(most) - int((folder / "memory.current").read_text(encoding="ascii"))
        )
    except (OSError, IndexError, ValueError):
        return None


def semaphores() -> Finding:
    """Processes talk to each other through /dev/shm."""
    try:
        multiprocessing.get_context("forkserver").Lock()
    except OSError as error:
        return Finding("processes", False, f"no semaphore can be made: {error}", "Mount /dev/shm writable.")
    return Finding("processes", True, f"{os.cpu_count()} cores, semaphores can be made")


def worker(settings: Workers) -> Finding:
    """Whether a process that reads pages comes up within its limits."""
    began = time.monotonic()
    made = Worker(Limits(1, settings.timeout, settings.memory_mb, settings.recycle))
    try:
        made.digest(PAGE, Length(), "precis")
    except WorkerError as error:
        remedy = "Raise [workers] memory_mb or timeout; a machine under load needs more time."
        return Finding("workers", False, f"a page cannot be read: {error}", remedy)
    finally:
        made.close()
    seconds = time.monotonic() - began
    return Finding(
        "workers", True, f"a page was read {seconds:.1f} s after a cold start; {offered().sentence}"
    )
