"""Checks the pinned dependencies for known vulnerabilities with pip-audit.

python -m tests.audit requirements.lock        exits with 1 if there are vulnerabilities

If the vulnerability data is not available, it prints one line and exits with 0.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TIMEOUT_SECONDS = 300


def audit(lock: Path) -> tuple[int, str]:
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
        found = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return 0, f"{lock}: not audited, because the vulnerability data (osv.dev) is not available."
    problems = [
        f"{package['name']} {package['version']}: {problem['id']}, fixed in "
        f"{problem['fix_versions'] or 'no version'}"
        for package in found["dependencies"]
        for problem in package.get("vulns", ())
    ]
    lines = problems or [f"{lock}: {len(found['dependencies'])} packages, no known vulnerabilities."]
    return int(bool(problems)), "\n".join(lines)


if __name__ == "__main__":
    code, text = audit(Path(sys.argv[1]))
    print(text)
    sys.exit(code)
