"""`precis`, allowed to read the news site and the Reddit of the sandbox: the only things that differ.

    python -m tests.docs.precis_on_loopback ADDRESS REDDIT COMMAND...

ADDRESS is the `127.0.0.1:PORT` of the news site, REDDIT the URL of the Reddit.
"""

from __future__ import annotations

import sys

from msgspec.structs import fields, force_setattr

from bot.__main__ import main
from bot.daemon import tuning
from bot.fetch import fetcher
from bot.fetch.ip_addresses import AddressFilter
from bot.sandbox.fast_tuning import fast_tuning


def allow_loopback(address: str, reddit: str) -> None:
    """Change the tuning of this process. The commands may have imported it already."""
    fast = fast_tuning(frozenset({address}), 2.0, 5.0, reddit)
    for field in fields(fast):
        force_setattr(tuning.PRODUCTION, field.name, getattr(fast, field.name))
    fetcher.AddressFilter = lambda allowed: AddressFilter(allowed | {address})  # type: ignore[assignment, misc]


if __name__ == "__main__":
    allow_loopback(*sys.argv[1:3])
    sys.argv = ["precis", *sys.argv[3:]]
    main()
