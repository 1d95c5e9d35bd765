"""The versions of the servers' software, and which part of a version says that the API may have changed."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from bot.core.errors import StoreError
from bot.core.lazy_patterns import lazy_pattern
from bot.platforms.base import Platform, SoftwareReporter
from bot.store import Accounts

_VERSION = lazy_pattern(r"(?P<name>\D*?)\s*(?P<major>\d+)(?:\.(?P<minor>\d+))?")


def is_major_update(before: str, after: str) -> bool:
    """Whether two texts such as `Lemmy 0.19.5` differ in the software or in its major version.

    In a version that begins with 0, the second number is the major one (https://semver.org, item 4).
    """
    return _major(before) != _major(after)


def _major(software: str) -> tuple[str, str]:
    found = _VERSION.match(software)
    if found is None:
        return software, ""
    return found["name"], found["major"] if int(found["major"]) else f"0.{found['minor']}"


def record_software(platforms: Iterable[Platform], accounts: Accounts, now: datetime) -> None:
    """Record the software of each server as the platforms saw it last.

    A database that cannot be used is told elsewhere, and must not prevent that.
    """
    for platform in platforms:
        if isinstance(platform, SoftwareReporter) and platform.software is not None:
            with suppress(StoreError):
                accounts.record_software(platform.account, platform.software, now, is_major=is_major_update)
