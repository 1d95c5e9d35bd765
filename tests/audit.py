"""Known holes in what is pinned, by pip-audit; where its data cannot be had, one line says so.

python -m tests.audit requirements.lock        ends with 1 when there are holes
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SECONDS = 300


def audit(lock: Path) -> tuple[int, str]:
    """The exit code and what to say."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv", "--disable-pip"]
    command += ["--require-hashes", "--requirement", str(lock), "--format", "json"]
    try:
        ran = subprocess.run(
            [*command, "--progress-spinner", "off"],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        found = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return 0, f"{lock}: not audited, for the data on holes (osv.dev) cannot be had here."
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in {hole['fix_versions'] or 'no version'}"
        for each in found["dependencies"]
        for hole in each.get("vulns", ())
    ]
    said = holes or [f"{lock}: {len(found['dependencies'])} packages, no known hole."]
    return int(bool(holes)), "\n".join(said)


if __name__ == "__main__":
    code, said = audit(Path(sys.argv[1]))
    print(said)
    sys.exit(code)
