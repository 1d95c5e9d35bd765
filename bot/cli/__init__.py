"""The command line: the only place that exits or prints."""

from bot.cli.commands import main

__all__ = ["main"]
