"""Checks of versions, libraries and limits of this machine."""

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

from msgspec.structs import replace
from packaging.requirements import Requirement

from bot import __version__
from bot.config.settings import Workers
from bot.core.errors import WorkerError
from bot.core.models import CheckResult, LengthLimits, Page
from bot.workers.pool import WorkerLimits, WorkerPool
from bot.workers.rights import REMEDY, ROOT_REMEDY, ROOT_WARNING, Confinement

MIN_SQLITE = (3, 35)
MIN_OPEN_FILES = 256
MIN_MEMORY = 600_000_000
"""Bytes, for the daemon, its fork server and two processes that read pages."""
TEST_PAGE = Page("file:///doctor.html", b"<p>Nothing to see.</p>")


def check_versions() -> CheckResult:
    """Whether the installed libraries have the versions that this version of Precis requires."""
    version_text = (
        f"Precis {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"
    )
    problems = list(_wrong_libraries())
    if problems:
        return CheckResult(
            "versions",
            False,
            f"{version_text}; {'; '.join(problems)}",
            "Reinstall Precis: pipx reinstall precis-bot",
        )
    return CheckResult("versions", True, version_text)


def _wrong_libraries() -> list[str]:
    found = []
    try:
        needed = requires("precis-bot") or []
    except PackageNotFoundError:
        return []  # run from a source folder, not installed
    for line in needed:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate():
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            found.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(installed, prereleases=True):
            found.append(f"{requirement.name} is {installed}, not {requirement.specifier}")
    return found


def check_sqlite() -> CheckResult:
    installed = sqlite3.sqlite_version
    ok = sqlite3.sqlite_version_info >= MIN_SQLITE
    return CheckResult("SQLite", ok, installed, "" if ok else "Install a Python with SQLite 3.35 or newer.")


def check_certificates() -> CheckResult:
    """Whether there are root certificates to verify servers with."""
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    remedy = "" if count else "Install the package ca-certificates."
    return CheckResult("certificates", count > 0, f"{count} trusted authorities", remedy)


def check_locale() -> CheckResult:
    coding = sys.getfilesystemencoding()
    ok = coding.lower() in {"utf-8", "utf8"}
    return CheckResult("locale", ok, f"file names use {coding}", "" if ok else "Set LC_ALL=C.UTF-8.")


def check_open_files() -> CheckResult:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    ok = soft == resource.RLIM_INFINITY or soft >= MIN_OPEN_FILES
    remedy = (
        ""
        if ok
        else f"Raise the limit: ulimit -n {MIN_OPEN_FILES}, or LimitNOFILE={MIN_OPEN_FILES} in the unit."
    )
    return CheckResult(
        "open files", ok, "no limit" if soft == resource.RLIM_INFINITY else f"at most {soft}", remedy
    )


def check_memory() -> CheckResult:
    """Free memory, within the limit of a container or a systemd unit."""
    free = min(filter(None, (_free_memory(), _free_in_cgroup())), default=0)
    ok = free == 0 or free >= MIN_MEMORY
    text = f"{free // 1_000_000} MB free" if free else "unknown"
    remedy = "" if ok else "Provide 600 MB, or set [workers] processes = 1 and a smaller memory_mb."
    return CheckResult("memory", ok, text, remedy)


def _free_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return None


def _free_in_cgroup() -> int | None:
    """Free memory in this process's cgroup (version 2), in bytes."""
    try:
        own = Path("/proc/self/cgroup").read_text(encoding="utf-8").split("::", 1)[1].strip()
        folder = Path("/sys/fs/cgroup") / own.lstrip("/")
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        return (
            None
            if limit == "max"
            else int(limit) - int((folder / "memory.current").read_text(encoding="ascii"))
        )
    except (OSError, IndexError, ValueError):
        return None


def check_semaphores() -> CheckResult:
    """Whether semaphores work. Processes share them through /dev/shm."""
    try:
        multiprocessing.get_context("forkserver").Lock()
    except OSError as error:
        return CheckResult(
            "processes", False, f"cannot create a semaphore: {error}", "Make /dev/shm writable."
        )
    return CheckResult("processes", True, f"{os.cpu_count()} cores, semaphores work")


def check_worker(settings: Workers) -> CheckResult:
    """Whether a process that reads pages starts within its limits, and what it is confined from."""
    started = time.monotonic()
    pool = WorkerPool(replace(WorkerLimits.from_settings(settings), processes=1))
    try:
        pool.digest(TEST_PAGE, LengthLimits(), "precis")
    except WorkerError as error:
        remedy = "Raise memory_mb or timeout in [workers]. A machine under load needs more time."
        return CheckResult("workers", False, f"a page cannot be read: {error}", remedy)
    finally:
        pool.close()
    applied = pool.confinement or Confinement()
    seconds = time.monotonic() - started
    text = f"a page was read {seconds:.1f} s after a cold start; {applied.description}"
    return CheckResult("workers", True, text, REMEDY if applied.missing else "")


def check_user() -> CheckResult:
    """A warning for root. It does not fail, because a container may have no other user."""
    if os.geteuid() == 0:
        return CheckResult("user", True, ROOT_WARNING, ROOT_REMEDY)
    return CheckResult("user", True, "not root")
