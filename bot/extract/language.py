"""Which language a text is written in."""

from __future__ import annotations

import py3langid

_SAMPLE = 3000
_LEAST = 20


def language_of(text: str) -> str:
    """ISO 639-1 of the text, or "" when there is too little of it."""
    sample = text[:_SAMPLE]
    if len(sample.strip()) < _LEAST:
        return ""
    return str(py3langid.classify(sample)[0])
