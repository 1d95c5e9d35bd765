"""Checks the pinned dependencies for known vulnerabilities with pip-audit.

python -m tests.audit requirements.lock

Exits with 0 if there are none, with 1 if there are, and with 2 if packages could not be audited in a pipeline
(`CI` is set) that can reach osv.dev. Elsewhere, such as on a machine that is offline, the line NOT AUDITED is
all, and the exit code is 0.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

TIMEOUT_SECONDS = 300
VULNERABLE, NOT_AUDITED = 1, 2
SOURCE = ("api.osv.dev", 443)


def must_audit() -> bool:
    """Whether this is a pipeline that can reach the data."""
    if os.environ.get("CI", "").lower() in ("", "0", "false"):
        return False
    try:
        socket.create_connection(SOURCE, timeout=10).close()
    except OSError:
        return False
    return True


def audit(lock: Path, *, required: bool) -> tuple[int, str]:
    """The exit code and the text to print."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--disable-pip"]
    command += ["--require-hashes", "--requirement", str(lock), "--format", "json"]
    try:
        ran = subprocess.run(
            [*command, "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return verdict(lock, "", f"no answer within {TIMEOUT_SECONDS} s", required=required)
    return verdict(lock, ran.stdout, ran.stderr, required=required)


def verdict(lock: Path, output: str, errors: str, *, required: bool) -> tuple[int, str]:
    """The exit code and the text for what pip-audit printed."""
    try:
        packages = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    problems = [
        f"{package['name']} {package['version']}: {problem['id']}, fixed in "
        f"{problem['fix_versions'] or 'no version'}"
        for package in packages
        for problem in package.get("vulns", ())
    ]
    skipped = [package["name"] for package in packages if "vulns" not in package]
    if problems:
        return VULNERABLE, "\n".join(problems)
    if packages and not skipped:
        return 0, f"{lock}: {len(packages)} packages audited, no known vulnerabilities."
    what = (
        f"{len(skipped)} of {len(packages)} packages ({', '.join(skipped)})" if packages else "all packages"
    )
    reason = (errors.strip().splitlines() or ["osv.dev has no data about them"])[-1]
    return NOT_AUDITED if required else 0, f"{lock}: NOT AUDITED: {what}: {reason}"


if __name__ == "__main__":
    code, text = audit(Path(sys.argv[1]), required=must_audit())
    print(text)
    sys.exit(code)
