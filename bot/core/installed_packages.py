"""Extensions: other packages offer summarizers and platforms as entry points.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

SUMMARIZERS = "precis.summarizers"
"""Each entry is a summarizer class of sumy's interface (`sumy.summarizers.AbstractSummarizer`)."""
PLATFORMS = "precis.platforms"
"""Each entry is a package. Its `Adapter` is a `bot.platforms.base.Platform`, its `AccountSettings` a subclass
of `bot.config.accounts.Account`."""


@cache
def installed(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name. Nothing of them is imported.

    The first call reads the metadata of every installed package, about 15 ms.
    """
    from importlib.metadata import entry_points  # here: it loads the parser of e-mails, and few commands ask

    return {entry.name: entry for entry in entry_points(group=group)}
