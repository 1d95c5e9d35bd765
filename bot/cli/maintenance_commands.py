"""Commands with which an operator sets things right by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import CONFIG, ConfigOption, app


@app.command()
def retry(
    post: Annotated[str, typer.Argument(metavar="POST-URL", help="The address of a post.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Try a post once more that was skipped or given up."""
    from bot.cli.retry_delete import retry_post

    retry_post(post, config)


@app.command()
def delete(
    reply: Annotated[str, typer.Argument(metavar="REPLY-URL", help="The address of a reply or its post.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Delete a reply of the bot; its post gets no other."""
    from bot.cli.retry_delete import delete_reply

    delete_reply(reply, config)


@app.command()
def unmute(
    community: Annotated[str, typer.Argument(help="The community, as precis status names it.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Reply again in a community that had banned the bot."""
    from bot.cli.status import unmute_community

    unmute_community(community, config)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; a file or a folder.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Copy the database to a file, also while the bot runs."""
    from bot.cli.backup import back_up

    back_up(config, file)


@app.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="A copy; without one, the newest good one.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Go back to a copy of the database, when the file is damaged or lost. Stop the bot first."""
    from bot.cli.backup import restore as go_back

    go_back(config, file)


@app.command()
def doctor(config: ConfigOption = CONFIG) -> None:
    """Look for what is wrong with this machine: clock, DNS, disk, permissions, versions, limits."""
    from bot.cli.doctor import run_doctor

    run_doctor(config)


@app.command()
def bench(
    pages: Annotated[int, typer.Option(min=1, max=10_000, help="How many pages to read.")] = 50,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Take [workers] from this settings file.")
    ] = None,
) -> None:
    """Measure how fast this machine reads pages; without network or database."""
    from bot.cli.bench import run_benchmark

    run_benchmark(config, pages)


@app.command()
def healthy(config: ConfigOption = CONFIG) -> None:
    """Ask the daemon's /healthz; ends with 0 when all is well (for containers)."""
    from bot.cli.health_check import check_health

    check_health(config)
