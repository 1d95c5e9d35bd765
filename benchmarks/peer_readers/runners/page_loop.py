"""The loop of a runner in Python: pages from standard input, results to standard output, as JSON lines."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable


def run(read: Callable[[str, str], str]) -> None:
    """Call `read(html, url)` for each page; its processor time in seconds is that of the whole process."""
    logging.disable(logging.CRITICAL)
    results, sys.stdout = sys.stdout, sys.stderr  # so that a library cannot print between the results
    for line in sys.stdin:
        page = json.loads(line)
        content, error = "", ""
        start = time.process_time()
        try:
            content = read(page["html"], page["url"])
        except Exception as exception:  # noqa: BLE001 (the page counts as an error)
            error = repr(exception)
        seconds = time.process_time() - start
        print(json.dumps({"content": content, "error": error, "seconds": seconds}), file=results, flush=True)
