"""The command line: the only package that prints or exits."""

from bot.cli import (  # the import registers the commands
    main_commands,
    maintenance_commands,
    report_commands,
    service_commands,
)
from bot.cli.main_commands import main

__all__ = ["main", "main_commands", "maintenance_commands", "report_commands", "service_commands"]
