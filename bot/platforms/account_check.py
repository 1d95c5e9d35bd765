"""What `precis check` says of an account, up to the first thing that cannot be had."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.errors import AccountError, PlatformError
from bot.core.models import Finding


def as_far_as_possible(lines: Iterable[Finding]) -> tuple[Finding, ...]:
    """The lines, and in place of those that cannot be made why that is so."""
    findings: list[Finding] = []
    try:
        findings.extend(lines)
    except AccountError as error:
        findings.append(Finding("account", False, str(error), error.remedy))
    except PlatformError as error:
        remedy = "Try again later; is the address in the config right?"
        findings.append(Finding("server", False, str(error), remedy))
    return tuple(findings)
