"""`precis reload`: lets the running daemon read its settings again."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from bot.config import load
from bot.core.errors import UserError
from bot.store.daemon_process import find_daemon


def reload_daemon(config: Path) -> None:
    """Send SIGHUP to the daemon. Raises `UserError` if the settings have errors, or if no daemon runs."""
    settings = load(config, os.environ).bot
    database = settings.database
    daemon = find_daemon(settings.state_files)
    if daemon is None:
        raise UserError(f"No daemon is running on {database}.", "Start it with: precis run")
    try:
        os.kill(daemon.pid, signal.SIGHUP)
    except ProcessLookupError as error:
        raise UserError(f"The daemon on {database} has just ended.", "Start it with: precis run") from error
    except PermissionError as error:
        raise UserError(
            f"The daemon (process {daemon.pid}) runs as another user.",
            "Run the command as that user or as root; with systemd: systemctl reload precis",
        ) from error
    print(f"The daemon (process {daemon.pid}) reads {config} again. Its log shows the result: precis logs")
