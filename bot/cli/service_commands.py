"""Commands for a daemon that runs: reload its settings, and show its log."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.options import CONFIG, RUN, ConfigOption, app


@app.command(rich_help_panel=RUN)
def reload(config: ConfigOption = CONFIG) -> None:
    """Let the running daemon read its settings again."""
    from bot.cli.reload import reload_daemon

    reload_daemon(config)


@app.command(rich_help_panel=RUN)
def logs(
    config: ConfigOption = CONFIG,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="Number of lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show new lines until Ctrl-C.")] = False,
) -> None:
    """Show the log of the running daemon, or say where it is."""
    from bot.cli.logs import show_logs

    show_logs(config, lines, follow=follow)
