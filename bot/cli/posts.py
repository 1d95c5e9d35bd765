"""`precis posts` and `precis export`: list posts as a table, CSV or JSON."""

from __future__ import annotations

import csv
import difflib
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from bot.cli.status import ago
from bot.cli.terminal import escaped, printable, to_json
from bot.config import load
from bot.config.setting_types import Duration
from bot.core.errors import UserError
from bot.core.skip_reasons import SkipReason
from bot.daemon.tuning import utc_now
from bot.store import Database, State
from bot.store.post_search import PostFilter, count_posts, search_all_posts, search_posts
from bot.store.status_reports import PostReport

_FORMULA_PREFIXES = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
AGE_ADAPTER: TypeAdapter[timedelta] = TypeAdapter(Duration)


def list_posts(config: Path, post_filter: PostFilter, limit: int) -> None:
    with closing(Database(load(config, os.environ).bot.database, None)) as database:
        found, total = search_posts(database, post_filter, limit), count_posts(database, post_filter)
    now = utc_now()
    table = Table("seen", "community", "post", "result", title_justify="left")
    for post in found:
        name = (
            f"{escaped(post.title)}\n[dim]{escaped(post.permalink)}[/]"
            if post.title
            else escaped(post.permalink)
        )
        table.add_row(
            ago(post.discovered_at, now), escaped(post.community), name, escaped(post.sentence(now))
        )
    console = Console(highlight=False, emoji=False)
    if found:
        console.print(table)
    total_text = "1 post" if total == 1 else f"{total} posts"
    console.print(f"{total_text}{f', the newest {limit} are shown' if total > limit else ''}.")


def export_posts(config: Path, post_filter: PostFilter, export_format: str) -> None:
    """Write all matching posts to standard output, one per line, newest first."""
    with closing(Database(load(config, os.environ).bot.database, None)) as database:
        rows = (_export_row(post) for post in search_all_posts(database, post_filter))
        if export_format == "csv":
            _write_csv(rows)
        else:
            for row in rows:
                print(to_json(row))


def _write_csv(rows: Iterator[dict[str, Any]]) -> None:
    fields = [name for name in PostReport.__dataclass_fields__ if name != "row"]
    writer = csv.DictWriter(sys.stdout, fields, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _csv_cell(value) for name, value in row.items()})


def _csv_cell(value: object) -> object:
    """A value for a CSV cell. An apostrophe keeps spreadsheets from executing it as a formula.

    Some spreadsheets ignore leading spaces, and some accept the full-width signs of East Asian keyboards.
    """
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA_PREFIXES) else text


def _export_row(post: PostReport) -> dict[str, Any]:
    return {name: _export_value(value) for name, value in asdict(post).items() if name != "row"}


def _export_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.value if isinstance(value, Enum) else value


def post_filter(
    words: str, state: str | None, skipped: str | None, community: str | None, since: str | None
) -> PostFilter:
    """The filter for some options. Raises `UserError` if an option is invalid."""
    return PostFilter(
        words=words,
        state=None if state is None else _parse_state(state),
        reason=None if skipped is None else parse_reason(skipped),
        community=community or "",
        since=None if since is None else utc_now() - _parse_age(since),
    )


def _parse_age(since: str) -> timedelta:
    try:
        return AGE_ADAPTER.validate_python(since)
    except ValidationError:
        raise UserError(
            f"{since!r} is not a duration.", "Use for example --since 12h or --since 7d."
        ) from None


def _parse_state(name: str) -> State:
    try:
        return State(name)
    except ValueError:
        raise UserError(f"There is no state {name!r}.", f"Choose one of: {', '.join(State)}.") from None


def parse_reason(name: str) -> SkipReason:
    """The skip reason with this code, or with the only code that contains the word or is contained in it."""
    word = name.strip().lower()
    codes = {reason.value: reason for reason in SkipReason}
    if word in codes:
        return codes[word]
    matches = [code for code in codes if code in word or word in code]
    if len(matches) == 1:
        return codes[matches[0]]
    choice = matches or difflib.get_close_matches(word, codes, n=3, cutoff=0.5)
    first = "Did you mean" if choice else "Choose one of"
    raise UserError(f"There is no reason {name!r}.", f"{first}: {', '.join(choice or sorted(codes))}.")
