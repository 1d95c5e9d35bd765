"""What can be told of a message or a letter by its words alone."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_ADDRESS = re.compile(r"https?://[^\s)\]>]+")


def mentions_handle(text: str, handle: str) -> bool:
    """Whether a text speaks to `@name@host`, in any case; one that quotes or shows the name does not.

    Servers also notify of names in quotations and in code.
    """
    said = _QUOTED.sub("", _CODE.sub("", text))
    return re.search(rf"@{re.escape(handle)}(?![\w-])", said, re.IGNORECASE) is not None


def mentions_user(text: str, name: str) -> bool:
    """Whether a text speaks to `u/name`, as `names` does to `@name@host`."""
    said = _QUOTED.sub("", _CODE.sub("", text))
    return re.search(rf"(?<![\w/-])/?u/{re.escape(name)}(?![\w-])", said, re.IGNORECASE) is not None


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same but for white space and addresses: servers change both."""
    return _words(one) == _words(other)


def _words(text: str) -> list[str]:
    return _ADDRESS.sub("", text).split()
