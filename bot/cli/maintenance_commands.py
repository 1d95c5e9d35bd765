"""Commands for maintenance: single posts, backups, and checks of the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import ACT, CONFIG, MAINTAIN, RUN, SET_UP, TRY_OUT, ConfigOption, JsonOption, app

_PAUSE_HELP = "name@server, the name of a subreddit, or the name of an account in the settings."


@app.command(rich_help_panel=ACT)
def retry(
    post: Annotated[str, typer.Argument(metavar="POST-URL", help="The address of a post.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Read a post again that was skipped or has failed, and process it again."""
    from bot.cli.retry_delete import retry_post

    retry_post(post, config)


@app.command(rich_help_panel=ACT)
def delete(
    reply: Annotated[str, typer.Argument(metavar="REPLY-URL", help="The address of a reply or its post.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Delete a reply of the bot. Its post gets no other reply."""
    from bot.cli.retry_delete import delete_reply

    delete_reply(reply, config)


@app.command(rich_help_panel=ACT)
def pause(
    name: Annotated[str, typer.Argument(metavar="COMMUNITY-or-ACCOUNT", help=_PAUSE_HELP)],
    config: ConfigOption = CONFIG,
) -> None:
    """Stop replies in a community, or of an account, until precis resume."""
    from bot.cli.pauses import pause as pause_replies

    pause_replies(name, config)


@app.command(rich_help_panel=ACT)
def resume(
    name: Annotated[str, typer.Argument(metavar="COMMUNITY-or-ACCOUNT", help=_PAUSE_HELP)],
    config: ConfigOption = CONFIG,
) -> None:
    """Start replies again after a pause."""
    from bot.cli.pauses import resume as resume_replies

    resume_replies(name, config)


@app.command(rich_help_panel=ACT)
def unmute(
    community: Annotated[str, typer.Argument(help="The community, as shown by precis status.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Turn replies on again in a community that had banned the bot."""
    from bot.cli.pauses import unmute_community

    unmute_community(community, config)


@app.command(rich_help_panel=MAINTAIN)
def backup(
    file: Annotated[Path | None, typer.Argument(help="The target: a file or a folder.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Write a verified copy of the database, also while the bot runs."""
    from bot.cli.backup import back_up

    back_up(config, file)


@app.command(rich_help_panel=MAINTAIN)
def restore(
    file: Annotated[Path | None, typer.Argument(help="The copy. Default: the newest good one.")] = None,
    after_pg_restore: Annotated[
        bool, typer.Option("--after-pg-restore", help="For PostgreSQL: you have run pg_restore.")
    ] = False,
    config: ConfigOption = CONFIG,
) -> None:
    """Restore a copy of the database if the file is damaged or lost. Stop the bot first."""
    from bot.cli.backup import restore as go_back

    go_back(config, file, after_pg_restore=after_pg_restore)


@app.command("copy-database", rich_help_panel=MAINTAIN)
def copy_database(
    source: Annotated[
        str | None, typer.Option("--from", metavar="DATABASE", help="A file or a postgresql:// URL.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--to", metavar="DATABASE", help="The same, for an empty database.")
    ] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Copy all data between SQLite and PostgreSQL. Stop the bot first.

    The database of the settings is the one that you do not name.
    """
    from bot.cli.copy_database import copy_all

    copy_all(config, source, target)


@app.command(rich_help_panel=MAINTAIN)
def migrate(config: ConfigOption = CONFIG) -> None:
    """Create or upgrade the tables of a PostgreSQL database, before the first start and after an upgrade."""
    from bot.cli.backup import migrate as create_or_upgrade

    create_or_upgrade(config)


@app.command(rich_help_panel=MAINTAIN)
def recount(config: ConfigOption = CONFIG) -> None:
    """Count all posts again, for the numbers in the status, the pages and the metrics."""
    from bot.cli.backup import recount as count_again

    count_again(config)


@app.command(rich_help_panel=MAINTAIN)
def drain(
    node: Annotated[
        str | None, typer.Argument(help="The node, as shown by precis status. Default: this machine's.")
    ] = None,
    config: ConfigOption = CONFIG,
    off: Annotated[bool, typer.Option("--off", help="Let the node work again.")] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait until the node has finished its work.")
    ] = True,
) -> None:
    """Empty a node of a cluster before maintenance: it hands over its accounts and takes no more work."""
    from bot.cli.drain import drain as drain_node

    drain_node(node, config, off=off, wait=wait)


@app.command(rich_help_panel=SET_UP)
def doctor(config: ConfigOption = CONFIG, as_json: JsonOption = False) -> None:
    """Check this machine: clock, DNS, disk, permissions, versions, limits."""
    from bot.cli.doctor import run_doctor

    run_doctor(config, as_json=as_json)


@app.command(rich_help_panel=TRY_OUT)
def bench(
    pages: Annotated[int, typer.Option(min=1, max=10_000, help="Number of pages to read.")] = 50,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Use [workers] of this settings file.")
    ] = None,
) -> None:
    """Measure how fast this machine reads pages, without network or database."""
    from bot.cli.bench import run_benchmark

    run_benchmark(config, pages)


@app.command(rich_help_panel=RUN)
def healthy(config: ConfigOption = CONFIG) -> None:
    """Ask the daemon's /healthz. Exits with 0 if the daemon is healthy (for containers)."""
    from bot.cli.health_check import check_health

    check_health(config)


@app.command(rich_help_panel=SET_UP)
def notify(
    config: ConfigOption = CONFIG,
    test: Annotated[bool, typer.Option("--test", help="Send a test message to each of them.")] = False,
) -> None:
    """List where notices about problems are sent ([notify.NAME])."""
    from bot.cli.notify_test import notify as run_notify

    run_notify(config, test=test)
