"""Loads everything a worker needs before its first page. The fork server imports it; workers are its copies.

Reading one small page loads everything that is loaded lazily (numpy, the models, the rules, the
language detection). Otherwise each worker would need 0.5 s and 100 MB for it, again after every 50 pages.
"""

from __future__ import annotations

from contextlib import suppress

import bot.workers.first_imports  # isort: skip (it must be the first)
import bot.extract.documents.pdf_document
import bot.extract.readers.readability_document
import bot.extract.readers.trafilatura_text  # noqa: F401
from bot.core.models import LengthLimits, Page
from bot.extract import extract
from bot.extract.preload_patterns import compile_patterns
from bot.operations.garbage_collection import collect_seldom
from bot.operations.malloc import share_memory_with_copies
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
SELF_POST = Page("https://forum.example/post/1", _BODY.encode(), self_post_title="Boats in the harbour")
LENGTH_LIMITS = LengthLimits(sentences=3, words=120)

collect_seldom()
compile_patterns()
with suppress(Exception):  # a worker also works without preloading, and reports the error itself
    extract(PAGE)
    digest(PAGE, LENGTH_LIMITS, "precis")
    digest(SELF_POST, LENGTH_LIMITS, "precis")
share_memory_with_copies()
