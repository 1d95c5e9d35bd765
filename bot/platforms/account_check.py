"""Collect the results of `precis check` for an account, up to the first error."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.errors import AccountError, PlatformError
from bot.core.models import CheckResult


def collect_findings(results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """The results. If an error stops them, the last result describes the error."""
    findings: list[CheckResult] = []
    try:
        findings.extend(results)
    except AccountError as error:
        findings.append(CheckResult("account", False, str(error), error.remedy))
    except PlatformError as error:
        remedy = "Check the address in the config, or try again later."
        findings.append(CheckResult("server", False, str(error), remedy))
    return tuple(findings)
