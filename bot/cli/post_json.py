"""Posts as JSON values, for `precis export` and `--json`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import asdict

from bot.cli.terminal import json_value
from bot.store.post_reports import PostReport

FIELDS = tuple(name for name in PostReport.__struct_fields__ if name != "row")
"""The names of all values of a post, in the order of the columns of an export."""


def export_row(post: PostReport) -> dict[str, Any]:
    """The values of a post by name."""
    values = asdict(post)
    return {name: json_value(values[name]) for name in FIELDS}


def post_object(post: PostReport, now: datetime) -> dict[str, Any]:
    """The values of a post, and its outcome as a sentence."""
    return {**export_row(post), "outcome": post.sentence(now)}
