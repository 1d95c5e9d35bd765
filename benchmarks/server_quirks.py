"""One table of the traps that real servers hold for a bot, and of the tests that stand for each.

    python -m benchmarks.server_quirks

Exits with 1 when a trap that Precis has to do with has no test.
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
    1: "no answer may mean stored",
    2: "a connection that was answered too early hangs",
    3: "a reply may land elsewhere than asked",
    4: "servers take texts and posts that they should not",
    5: "own comments may be hidden from the account",
    6: "limits are by address, each server counts in its own way, and nobody says when",
    7: "mentions need the exact name, and stand in several lists",
    8: "the bot's own text may mention people",
    9: "every edit notifies again",
    10: "bans show late, or only at the try",
    11: "a language may be refused",
    12: "pins, future dates and late arrivals",
    13: "a yes of the own server is not the community's",
    14: "a bad token reads as a stranger",
    15: "the vote that a comment gives itself",
    16: "null fields are left out",
    17: "PieFed's own: translated texts, communities by name, em dashes",
}
_TESTS = Path(__file__).parents[1] / "tests"
_FOLDERS = ("platforms", "render")
_NAME = re.compile(r"test_trap_(\d+)_(.+)")


def found() -> Iterator[tuple[int, str, str]]:
    """Trap, what the test says, and on which servers it runs."""
    files = [file for folder in _FOLDERS for file in sorted((_TESTS / folder).rglob("test_*.py"))]
    for file in files:
        for node in ast.parse(file.read_text()).body:
            named = _NAME.match(node.name) if isinstance(node, ast.FunctionDef) else None
            if named and isinstance(node, ast.FunctionDef):
                yield int(named[1]), named[2].replace("_", " "), _servers(file, node)


def _servers(file: Path, test: ast.FunctionDef) -> str:
    if "piefed" in file.name:
        return "PieFed"
    if "lemmy" not in file.parts:
        return "all"
    marks = {ast.unparse(mark) for mark in test.decorator_list}
    return "Lemmy 1.0" if "only(NEW)" in marks else "0.19" if "only(OLD)" in marks else "Lemmy 0.19, 1.0"


def main() -> int:
    tests: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for trap, says, servers in found():
        tests[trap].append((servers, says))
    table = Table("trap", "servers", "test", title="Traps of real servers, and their tests")
    for trap, what in QUIRKS.items():
        table.add_row(str(trap), "", f"[bold]{what}[/]")
        for servers, says in tests[trap]:
            table.add_row("", servers, says)
    Console(width=150).print(table)
    return 1 if any(not tests[trap] for trap in QUIRKS) else 0


if __name__ == "__main__":
    sys.exit(main())
