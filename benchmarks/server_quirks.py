"""The quirks of real servers that a bot must handle, and the tests for each: `make server-quirks`.

    python -m benchmarks.server_quirks

A test for quirk 3 is called `test_quirk_3_...`. Exits with 1 if a quirk has no test.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

QUIRKS = {
    1: "a comment may be stored although there is no response",
    2: "a connection hangs after a response before the body is read",
    3: "a reply may be stored in another place than requested",
    4: "servers accept texts and posts that they should refuse",
    5: "own comments may be hidden from the account",
    6: "rate limits are per IP address, each server counts differently, and none says when to retry",
    7: "mentions need the exact name, and are in several lists",
    8: "the bot's own text may mention people",
    9: "every edit sends the notifications again",
    10: "bans are visible late, or only when a call fails",
    11: "a language may be refused",
    12: "pinned posts, posts dated in the future, and posts that arrive late",
    13: "the own server accepts what the community's server may refuse",
    14: "a request with a bad token is answered as if without a login",
    15: "a comment has its author's own vote",
    16: "null fields are left out",
    17: "only PieFed: translated texts, communities by name, em dashes",
}
_TESTS = Path(__file__).parents[1] / "tests"
_FOLDERS = ("platforms", "render")
_NAME = re.compile(r"test_quirk_(\d+)_(.+)")


def found() -> Iterator[tuple[int, str, str]]:
    """Quirk, the test's name as a sentence, and the servers that it runs on."""
    files = [file for folder in _FOLDERS for file in sorted((_TESTS / folder).rglob("test_*.py"))]
    for file in files:
        for node in ast.parse(file.read_text()).body:
            named = _NAME.match(node.name) if isinstance(node, ast.FunctionDef) else None
            if named and isinstance(node, ast.FunctionDef):
                yield int(named[1]), named[2].replace("_", " "), _servers(file, node)


def _servers(file: Path, test: ast.FunctionDef) -> str:
    if "piefed" in file.parts:
        return "PieFed"
    if "lemmy" not in file.parts:
        return "all"
    marks = {ast.unparse(mark) for mark in test.decorator_list}
    return "Lemmy 1.0" if "only(NEW)" in marks else "0.19" if "only(OLD)" in marks else "Lemmy 0.19, 1.0"


def main() -> int:
    tests: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for quirk, sentence, servers in found():
        tests[quirk].append((servers, sentence))
    table = Table("quirk", "servers", "test", title="Quirks of real servers, and their tests")
    for quirk, what in QUIRKS.items():
        table.add_row(str(quirk), "", f"[bold]{what}[/]")
        for servers, sentence in tests[quirk]:
            table.add_row("", servers, sentence)
    Console(width=150).print(table)
    return 1 if any(not tests[quirk] for quirk in QUIRKS) else 0


if __name__ == "__main__":
    sys.exit(main())
