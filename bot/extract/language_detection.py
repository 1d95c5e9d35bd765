"""Detect the language of a text."""

from __future__ import annotations

import re

import py3langid

_SAMPLE_LENGTH = 500
_MIN_LENGTH = 20
_SCRIPTS = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
)
_SCRIPT_SHARE = 0.15


def language_of(text: str, declared: str = "") -> str:
    """ISO 639-1 code of a text.

    For a text that is too short: `declared`, the language that its page declares, or "".
    """
    sample = text[:_SAMPLE_LENGTH]
    size = len(sample.strip())
    for language, script in _SCRIPTS:  # a script that only one language uses
        if size and len(script.findall(sample)) > _SCRIPT_SHARE * size:
            return language
    if size < _MIN_LENGTH:
        return declared
    return str(py3langid.classify(sample)[0])
