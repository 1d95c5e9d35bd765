"""Nothing is downloaded at run time: no NLTK data, no public suffix list, no model."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PAGES = Path(__file__).parents[1] / "data" / "articles"


def test_reading_and_summarising_opens_no_connection(tmp_path: Path) -> None:
    """Runs every reader and every method in a home folder without caches, with an audit hook (PEP 578)."""
    pages = [str(PAGES / name) for name in ("layout-divs.html", "language-ja.html", "live-blog.html")]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.workers.offline", *pages],
        env={"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PATH": os.environ["PATH"]},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    lines = ran.stdout.splitlines()
    assert lines[0] == "done"
    assert any(line.startswith("socket.connect") for line in lines), "the hook sees nothing"
