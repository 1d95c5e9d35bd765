"""The app `precis`, the groups of its commands, and the options that several commands share."""

from __future__ import annotations

import copy
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import typer
from typer.core import TyperGroup
from typer.main import get_command_name
from typer.models import CommandInfo

SET_UP, RUN, LOOK, ACT, MAINTAIN, TRY_OUT = (
    "Set up",
    "Run",
    "See what happens",
    "Act",
    "Back up and restore",
    "Try out",
)
"""The groups of `precis --help`, in its order."""
_GROUPS = (SET_UP, RUN, LOOK, ACT, MAINTAIN, TRY_OUT)


class GroupedCommands(TyperGroup):
    """Lists the commands by group, wherever they are defined; a command without a group is last."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        def position(name: str) -> int:
            group = getattr(self.commands[name], "rich_help_panel", None)
            return _GROUPS.index(group) if group in _GROUPS else len(_GROUPS)

        return sorted(self.commands, key=position)


class CommandLine(typer.Typer):
    """Builds only the command that runs. typer builds all first, which takes as long as Python's start."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return super(CommandLine, self.with_only(sys.argv[1:2])).__call__(*arguments, **options)

    def with_only(self, names: Sequence[str]) -> Self:
        """The app with the first of `names` as its only command; with all of them if it is not one."""
        chosen = [each for each in self.registered_commands if _name_of(each) in names[:1]]
        small = copy.copy(self)
        small.registered_commands = chosen or self.registered_commands
        return small


def _name_of(command: CommandInfo) -> str:
    """As typer names it."""
    assert command.callback is not None
    return command.name or get_command_name(command.callback.__name__)


app = CommandLine(
    name="precis",
    cls=GroupedCommands,
    help="A bot that replies to link posts with a summary of the linked article.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The settings file.", envvar="PRECIS_CONFIG")
]
CONFIG = Path("config.toml")
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
