"""Which texts name a person, so that the server tells that person of them."""

from __future__ import annotations

import re
from collections.abc import Callable

MentionRule = Callable[[str, str, str], bool]
"""Text, name, host: whether the text names that person."""

_NAMED = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")


def mentions_on_lemmy(text: str, name: str, host: str) -> bool:
    """As Lemmy reads a text: the host to the letter, the name in any case, nothing glued to the host."""
    return any(found.lower() == name.lower() and at == host for found, at in _NAMED.findall(text))


def mentions_on_piefed(text: str, name: str, host: str) -> bool:
    """As PieFed does: the name to the letter."""
    return re.search(rf"@{re.escape(name)}@{re.escape(host)}(?![\w-])", text) is not None
