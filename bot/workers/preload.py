"""What a worker has ready before its first page: imported by the fork server that workers are copies of.

Reading one small page loads all that waits for its first use (trafilatura, numpy, the trees, the rules,
the language model): half a second and 100 MB that each worker would spend again after every fifty pages.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy reads it when it is first imported

import jieba
import newspaper  # noqa: F401 (makes its folders when it is first imported, and no worker may)

from bot.core.models import LengthLimits, Page
from bot.extract import extract
from bot.workers.digest import digest

_BODY = "".join(
    f"<p>In week {week} the harbour of the town had {week * 3} boats, and the mayor told the council that its"
    f" pier number {week} must be mended before the storms of the autumn come.</p>"
    for week in range(1, 13)
)
PAGE = Page(
    "https://paper.example/2026/11/boats-in-the-harbour",
    "<html lang=en><head><title>Boats in the harbour</title></head>"
    f"<body><article><h1>Boats in the harbour</h1>{_BODY}</article></body></html>".encode(),
)
LENGTH_LIMITS = LengthLimits(sentences=3, words=120)

jieba.setLogLevel(logging.CRITICAL)  # it wants to write a cache, and reports at length that it may not
with suppress(Exception):  # a worker that starts cold still works, or says of a page what is wrong
    extract(PAGE, mode="best")  # which always asks the block model
    digest(PAGE, LENGTH_LIMITS, "precis")
