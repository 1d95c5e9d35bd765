"""Whether a text mentions a person, who then gets a notification."""

from __future__ import annotations

import re
from collections.abc import Callable

MentionRule = Callable[[str, str, str], bool]
"""Text, name, host: whether the text mentions that person."""

_MENTION = re.compile(r"@([\w.]+)@([a-zA-Z0-9._:-]+)")
_PIEFED_MENTION = re.compile(r"@([a-zA-Z0-9_.-]*)@([a-zA-Z0-9_.-]*)\b")


def mentions_on_lemmy(text: str, name: str, host: str) -> bool:
    """As Lemmy does: the host must match exactly and end there; the name may be in any case."""
    return any(found.lower() == name.lower() and at == host for found, at in _MENTION.findall(text))


def mentions_on_piefed(text: str, name: str, host: str) -> bool:
    """As PieFed 1.6.27 does: both must match exactly. So nobody on a host with a port can be mentioned."""
    return (name, host) in _PIEFED_MENTION.findall(text)
