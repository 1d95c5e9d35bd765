"""What `precis check` says of an account, up to the first thing that cannot be had."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.errors import AccountError, PlatformError
from bot.core.models import CheckResult


def collect_findings(lines: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """The lines, and in place of those that cannot be made why that is so."""
    findings: list[CheckResult] = []
    try:
        findings.extend(lines)
    except AccountError as error:
        findings.append(CheckResult("account", False, str(error), error.remedy))
    except PlatformError as error:
        remedy = "Try again later; is the address in the config right?"
        findings.append(CheckResult("server", False, str(error), remedy))
    return tuple(findings)
