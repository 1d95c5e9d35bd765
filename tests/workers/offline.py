"""Reads pages and summarises them with every reader and method; prints every use of the network.

python -m tests.workers.offline PAGE...        (see tests/workers/test_offline.py)
"""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import get_args

REACHES = ("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto", "urllib.Request")


def main() -> None:
    if not sys.argv[1:]:
        sys.exit("Name pages.")
    sys.addaudithook(lambda event, args: print(event, args) if event.startswith(REACHES) else None)
    import bot.workers.preload
    from bot.core.models import Article, LengthLimits, Page
    from bot.extract import extract
    from bot.extract.html_tree import parse_html
    from bot.extract.readers.base import CleanPage
    from bot.extract.readers.cache import READERS
    from bot.rules.rule_types import BuiltInMethod
    from bot.workers.digest import digest

    assert bot.workers.preload
    for name in sys.argv[1:]:
        page = Page("https://paper.example/story", Path(name).read_bytes())
        for reader in READERS:
            reader.extract_text(CleanPage(page.url, parse_html(page.content.decode())))
        if isinstance(extract(page), Article):
            for method in get_args(BuiltInMethod):
                digest(page, LengthLimits(), method)
    print("done")
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", 9), 1)  # proves that the hook works


if __name__ == "__main__":
    main()
