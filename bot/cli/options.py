"""The app `precis`, the groups of its commands, and the options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

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


app = typer.Typer(
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
