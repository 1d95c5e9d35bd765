"""The command line: the only package that prints or exits."""

from bot.cli import (  # the import registers the commands, in the order of `precis --help`
    main_commands,
    maintenance_commands,
    report_commands,
)
from bot.cli.main_commands import main

__all__ = ["main", "main_commands", "maintenance_commands", "report_commands"]
