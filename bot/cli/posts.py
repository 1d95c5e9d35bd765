"""`precis posts` and `precis export`: list posts as a table, CSV or JSON."""

from __future__ import annotations

import csv
import difflib
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from bot.cli.choices import unknown_value
from bot.cli.communities import known_communities, normalized_name, unknown_community
from bot.cli.post_json import FIELDS, export_row, post_object
from bot.cli.status_text import ago
from bot.cli.terminal import escaped, folding_table, print_json, printable, to_json
from bot.config import load
from bot.config.setting_types import Duration
from bot.core.clock import utc_now
from bot.core.errors import UserError
from bot.core.skip_reasons import SkipReason
from bot.store import Database, State
from bot.store.post_search import PostFilter, count_posts, search_all_posts, search_posts

_FORMULA_PREFIXES = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
AGE_ADAPTER: TypeAdapter[timedelta] = TypeAdapter(Duration)


def list_posts(config: Path, post_filter: PostFilter, limit: int, *, as_json: bool = False) -> None:
    """Print the newest posts that match, as a table or as JSON."""
    settings = load(config, os.environ)
    with closing(Database(settings.bot.database, None)) as database:
        found, total = search_posts(database, post_filter, limit), count_posts(database, post_filter)
        known = known_communities(settings, database)
    now = utc_now()
    if as_json:
        print_json({"total": total, "posts": [post_object(post, now) for post in found]})
        return
    table = folding_table("seen", "community", "id", "post", "result")
    for post in found:
        name = (
            f"{escaped(post.title)}\n[dim]{escaped(post.permalink)}[/]"
            if post.title
            else escaped(post.permalink)
        )
        seen, outcome = ago(post.discovered_at, now), escaped(post.sentence(now))
        table.add_row(seen, escaped(post.community), escaped(post.post_id), name, outcome)
    console = Console(highlight=False, emoji=False)
    if found:
        console.print(table)
    total_text = "1 post" if total == 1 else f"{total} posts"
    console.print(f"{total_text}{f', the newest {limit} are shown' if total > limit else ''}.")
    if found:
        console.print("For all about one of them: precis why ID")
    elif post_filter.community and post_filter.community not in known:
        unknown = unknown_community(post_filter.community, known)
        console.print(escaped(f"{unknown.message} {unknown.remedy}"), soft_wrap=True)


def export_posts(config: Path, post_filter: PostFilter, export_format: str) -> None:
    """Write all matching posts to standard output, one per line, newest first."""
    with closing(Database(load(config, os.environ).bot.database, None)) as database:
        rows = (export_row(post) for post in search_all_posts(database, post_filter))
        if export_format == "csv":
            _write_csv(rows)
        else:
            for row in rows:
                print(to_json(row))


def _write_csv(rows: Iterator[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
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


def post_filter(
    words: str, state: str | None, skipped: str | None, community: str | None, since: str | None
) -> PostFilter:
    """The filter for some options. Raises `UserError` if an option is invalid."""
    return PostFilter(
        words=words,
        state=None if state is None else _parse_state(state),
        reason=None if skipped is None else parse_reason(skipped),
        community=normalized_name(community or ""),
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
        raise unknown_value(f"There is no state {name!r}.", name, list(State)) from None


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
