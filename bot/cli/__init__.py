"""The command line: the only place that exits or prints."""

from bot.cli import (  # their commands, in the order of `precis --help`
    commands,
    hand_commands,
    looking_commands,
)
from bot.cli.commands import main

__all__ = ["commands", "hand_commands", "looking_commands", "main"]
