"""The code blocks of a page of the docs: commands, settings, or something else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_PROGRAMS = "precis|make|git|cd|python|pip|curl|install|systemctl|docker|source|mkdir|mv"
_PROGRAMS += "|createuser|createdb|pg_dump|pg_restore"
_COMMAND = re.compile(rf"\*/5 |\(umask |(?:\S*/)?(?:{_PROGRAMS})(?:\s|$)")
_COMMENT = re.compile(r"\s+# .*$")
_FENCE = "```"


class Kind(Enum):
    """What a block contains."""

    COMMANDS = "commands"
    SETTINGS = "settings"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Block:
    """A code block; `lines` are without indentation."""

    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def kind(self) -> Kind:
        """Commands if the first line is one, else settings if the text is TOML with a table."""
        if _COMMAND.match(self.lines[0]):
            return Kind.COMMANDS
        try:
            tables = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError:
            return Kind.OTHER
        own = all(isinstance(table, dict) for table in tables.values()) and "project" not in tables
        return Kind.SETTINGS if own else Kind.OTHER

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands without the comments at their ends."""
        return tuple(_COMMENT.sub("", line).strip() for line in self.lines if line.strip())


def name_of(page: Path) -> str:
    """The path of the page in the repository."""
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    """The code blocks in the order of the page: indented by four spaces after a blank line, or fenced."""
    return [Block(lines) for lines in _blocks(page.read_text(encoding="utf-8").splitlines())]


def _blocks(lines: list[str]) -> Iterator[tuple[str, ...]]:
    block: list[str] = []
    fenced, previous = False, ""
    for line in [*lines, "end"]:
        if line.startswith(_FENCE):
            fenced = not fenced
            if not fenced:
                yield tuple(block)
                block = []
        elif fenced or (line.startswith("    ") and (block or not previous.strip())):
            block.append(line if fenced else line[4:])
        elif block and not line.strip():
            block.append("")
        elif block:
            yield tuple(dedent("\n".join(block)).rstrip().split("\n"))
            block = []
        previous = line
