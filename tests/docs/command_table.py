"""Which commands of the docs no test runs, and why.

`python -m tests.docs.command_table` prints the counts by page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.docs.page_blocks import PAGES, Kind, blocks, name_of

TUTORIAL = "docs/tutorial/first-bot.md"
POSTGRESQL, SEVERAL_MACHINES = "docs/how-to/postgresql.md", "docs/how-to/several-machines.md"
_DEPLOY, _LIBRARY = "docs/how-to/deploy.md", "docs/how-to/library.md"
_EXTRACTION, _DOCUMENTS = "docs/explanation/extraction.md", "docs/explanation/documents.md"
_INSTALLS = "installs libraries from the network; tests/deploy and CI install"
_SERVICE = "changes the services of the machine; `make unit` runs the daemon under the unit's restrictions"
_CONTAINER = "needs docker and builds an image; tests/deploy checks the files"
_TWO_NODES = "docker compose --file compose.postgres.yaml"

OTHER_TESTS = {
    TUTORIAL: "tests/docs/test_tutorial.py",
    _LIBRARY: "tests/docs/test_example_package.py",
}
"""Pages whose commands another test runs, in the order of the page."""

NOT_RUN = {
    (TUTORIAL, "git clone https://github.com/precis-bot/precis"): "downloads this repository",
    (TUTORIAL, "cd precis"): "the tests run in this repository",
    (TUTORIAL, "make install"): _INSTALLS,
    (TUTORIAL, ".venv/bin/precis init"): "asks on a terminal; the test gives the answers as options",
    (_DEPLOY, "make install VENV=/opt/precis"): _INSTALLS,
    (_DEPLOY, "systemctl daemon-reload"): _SERVICE,
    (_DEPLOY, "systemctl enable --now precis"): _SERVICE,
    (_DEPLOY, "docker compose up --detach"): _CONTAINER,
    (_DEPLOY, "docker compose logs --follow"): _CONTAINER,
    (POSTGRESQL, "pip install 'precis-bot[postgres]'"): _INSTALLS,
    (POSTGRESQL, "createuser --pwprompt precis"): "asks on a terminal",
    (SEVERAL_MACHINES, "createuser --pwprompt precis"): "asks on a terminal",
    (SEVERAL_MACHINES, "make install VENV=/opt/precis POSTGRES=1"): _INSTALLS,
    (SEVERAL_MACHINES, "pip install 'precis-bot[postgres]'"): _INSTALLS,
    (SEVERAL_MACHINES, "systemctl stop precis"): _SERVICE,
    (SEVERAL_MACHINES, "systemctl enable --now precis"): _SERVICE,
    (SEVERAL_MACHINES, f"{_TWO_NODES} up --detach"): _CONTAINER,
    (SEVERAL_MACHINES, f"{_TWO_NODES} exec node-1 precis status"): _CONTAINER,
    (
        SEVERAL_MACHINES,
        f"{_TWO_NODES} run --rm --volume precis_precis:/old migrate copy-database --from /old/precis.db",
    ): _CONTAINER,
}
"""Commands that no test can run, with the reason."""

HELP_ONLY = {
    "make": "checked with `make --dry-run`: the targets install, test and measure for minutes",
    "python -m benchmarks.": "only its module and its options are checked: it needs data or runs for minutes",
}
"""How a command begins of which only the name and the options are checked, with the reason."""

OTHER_BLOCKS = {
    ("docs/explanation/architecture.md", ""): "diagrams",
    ("docs/how-to/moderators.md", ""): "messages to the bot; tests/inbox/commands/dialogue.py sends them",
    (_LIBRARY, "from bot import"): "a program; tests/test_library.py has the same calls",
    (_LIBRARY, "[project.entry-points"): "a part of the example's pyproject.toml",
    ("docs/how-to/reddit.md", "refresh_token_file"): "a line in place of two lines of the block before",
    ("docs/how-to/watch.md", "scrape_configs:"): "settings of Prometheus",
    ("docs/how-to/watch.md", '{"events":'): "what Precis sends",
}
"""Blocks that are neither commands nor settings: the page, how they begin, and what they are."""

EXIT_CODES = {
    "precis doctor": (0, 1),  # it finds what is wrong with the machine that runs the tests
}
"""Commands that may end with another code than 0."""


def help_only(command: str) -> bool:
    """Whether only the name and the options of the command are checked."""
    return command.startswith(tuple(HELP_ONLY))


def commands() -> Iterator[tuple[str, str]]:
    """Every command of a block: its page and its text, in order."""
    for page in PAGES:
        for block in blocks(page):
            if block.kind is Kind.COMMANDS:
                yield from ((name_of(page), command) for command in block.commands)


def commands_in_text(page: Path) -> list[str]:
    """The `precis` commands between backticks in the text of a page; tests/docs/test_pages.py checks their
    names and options."""
    text = page.read_text(encoding="utf-8")
    return [f"precis {command}" for command in re.findall(r"`(?:[\w./]*/)?precis ([a-z][^`\n]*)`", text)]


def treatment(page: str, command: str) -> str:
    """What the tests do with the command of a page."""
    if (page, command) in NOT_RUN:
        return "not run"
    if help_only(command):
        return "options only"
    return "run by another test" if page in OTHER_TESTS else "run"


def main() -> None:
    """Print a table of the commands by page, and each that no test runs."""
    treatments = ("run", "run by another test", "options only", "not run")
    table, total = Table("page", *treatments, "in the text, options only"), Counter[str]()
    console = Console(width=120, highlight=False, soft_wrap=True, markup=False)
    for page in PAGES:
        counts = Counter(treatment(name, command) for name, command in commands() if name == name_of(page))
        counts["text"] = len(commands_in_text(page))
        total += counts
        if counts.total():
            table.add_row(name_of(page), *(str(counts[each] or "") for each in (*treatments, "text")))
    table.add_row("all", *(str(total[each]) for each in (*treatments, "text")))
    console.print(table)
    for page, command in commands():
        how = treatment(page, command)
        if how in treatments[2:]:
            console.print(f"{how}: {command} ({page}): {_reason(page, command)}")
    for page in PAGES:
        for command in commands_in_text(page):
            console.print(f"in the text, options only: {command} ({name_of(page)})")


def _reason(page: str, command: str) -> str:
    return NOT_RUN.get((page, command)) or next(
        reason for start, reason in HELP_ONLY.items() if command.startswith(start)
    )


if __name__ == "__main__":
    main()
