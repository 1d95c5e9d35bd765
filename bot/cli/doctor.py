"""`precis doctor`: checks this machine, and prints a line with a remedy for each problem.

It connects only to the servers in the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from bot.cli.check_report import report_results
from bot.cli.doctor_checks import disk, network, server, system
from bot.config import Config, load
from bot.core.database_location import PostgresUrl
from bot.core.errors import UserError
from bot.core.models import CheckResult
from bot.operations.process_secrets import take_secrets_from_environment


def run_doctor(config: Path, *, as_json: bool = False) -> None:
    """Print the results. Raises `UserError` if a check failed."""
    environ = take_secrets_from_environment()
    try:
        settings: Config | None = load(config, environ)
        found = [CheckResult("settings", True, f"{config} can be read")]
    except UserError as error:
        settings = None
        remedy = error.remedy or "Fix the file. To list its errors: precis check"
        found = [CheckResult("settings", False, line, remedy) for line in error.message.splitlines()]
    with Console(stderr=True).status("Checking this machine…"):
        for check in _checks(settings):
            found.append(_run_check(check))
    report_results(found, "This machine is ready for Precis.", as_json=as_json)


def _checks(settings: Config | None) -> Iterator[Callable[[], CheckResult]]:
    yield from (
        system.check_versions,
        system.check_sqlite,
        system.check_certificates,
        system.check_locale,
        system.check_user,
    )
    yield from (system.check_open_files, system.check_memory, system.check_semaphores)
    if settings is None:
        return
    database, files = settings.bot.database, settings.bot.state_files
    yield lambda: disk.check_folder(files)
    yield lambda: disk.check_free_space(files)
    if isinstance(database, PostgresUrl):
        yield lambda: server.check_database(database)
    else:
        yield lambda: disk.check_file_system(database)
        yield lambda: disk.check_database(database)
    yield disk.check_temporary_files
    yield lambda: system.check_worker(settings.workers)
    for address in network.server_urls(settings):
        yield lambda address=address: network.check_dns(address)  # type: ignore[misc]
        yield lambda address=address: network.check_clock(address)  # type: ignore[misc]


def _run_check(check: Callable[[], CheckResult]) -> CheckResult:
    """The result of a check. A check that raises is a failed check."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (any failure of this machine is a result)
        remedy = "Please report this line. It is a bug in precis doctor."
        return CheckResult("doctor", False, f"A check failed: {type(error).__name__}: {error}", remedy)
