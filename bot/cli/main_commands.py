"""Commands that set up and run the bot; each reads its options, calls the rooms and prints."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.exit_codes import exit_codes
from bot.cli.options import CONFIG, ConfigOption, app
from bot.core.errors import UserError
from bot.operations import log
from bot.workers.confinement import disable_core_dumps


def main() -> None:
    disable_core_dumps()
    log.configure_logging("error")  # commands speak for themselves; the daemon sets its own log up
    with exit_codes():
        app()


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Say which version this is, and end.")] = False,
) -> None:
    if show:
        typer.echo(f"precis {__version__}")
        raise typer.Exit


@app.command()
def run(
    config: ConfigOption = CONFIG,
    once: Annotated[bool, typer.Option("--once", help="Make one pass and end (for cron).")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything but send; print what would be sent.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For accounts in precis sandbox: may open its news site.")
    ] = False,
) -> None:
    """Watch, summarise and reply until stopped (SIGTERM); SIGHUP reads the settings again."""
    from bot.cli.run import error_reporters, make_app
    from bot.config import load
    from bot.core.time_limit import TimeLimit
    from bot.daemon.lifecycle import run_daemon
    from bot.daemon.scheduler import Signals
    from bot.daemon.tuning import PRODUCTION
    from bot.operations.systemd import Notifier
    from bot.workers.confinement import take_secrets_from_environment

    environ = take_secrets_from_environment()
    settings = load(config, environ)
    log.configure_logging(settings.log.level, settings.log.format, extra_processors=error_reporters(settings))
    terms = PRODUCTION
    if sandbox:
        from bot.sandbox.standalone import sandbox_tuning

        terms = sandbox_tuning(settings)
    signals = Signals()
    with tempfile.TemporaryDirectory(prefix="precis-dry-run-") as scratch, signals.installed():
        copy = Path(scratch) if dry_run else None
        if once:
            with make_app(settings, terms, copy) as pass_app:
                pass_app.run_once(TimeLimit.start(signals.stop, 3600))
            return
        finished = run_daemon(
            settings,
            signals,
            reload=lambda: load(config, environ),
            make_app=lambda fresh: make_app(fresh, terms, copy),
            notifier=Notifier.from_environ(os.environ),
        )
    if not finished:
        os._exit(0)  # a thread that hangs must not keep the process; its row is given back at the next start


@app.command("try")
def try_(
    source: Annotated[str, typer.Argument(metavar="URL-or-FILE", help="A link, or a saved HTML page.")],
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Take owner and rules from this settings file.")
    ] = None,
    method: Annotated[str | None, typer.Option(help="How the sentences are picked.")] = None,
    sentences: Annotated[int | None, typer.Option(min=1, max=15, help="At most so many sentences.")] = None,
    words: Annotated[int | None, typer.Option(min=20, max=600, help="At most so many words.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures too, as JSON.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the score of each sentence.")] = False,
    reddit: Annotated[bool, typer.Option("--reddit", help="In Reddit's Markdown, not Lemmy's.")] = False,
) -> None:
    """Print the summary of a page as it would be posted."""
    from bot.cli.try_page import try_page
    from bot.core.models import Dialect

    dialect = Dialect.REDDIT if reddit else Dialect.LEMMY
    try_page(source, config, method, sentences, words, dialect, as_json=as_json, explain=explain)


@app.command()
def web(
    config: ConfigOption = CONFIG,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Another port than the config's.")
    ] = None,
) -> None:
    """Serve the operator's pages until stopped, beside a daemon or without one."""
    from bot.cli.web_pages import serve_pages

    serve_pages(config, port)


@app.command()
def check(config: ConfigOption = CONFIG) -> None:
    """Check the settings, log in, and say what was found."""
    from bot.cli.check import check_all

    check_all(config)


@app.command()
def init(
    config: ConfigOption = CONFIG,
    platform: Annotated[str | None, typer.Option(help="lemmy, piefed or reddit.")] = None,
    owner: Annotated[str | None, typer.Option(help="Where people reach you.")] = None,
    server: Annotated[str | None, typer.Option(help="The server of the bot's account.")] = None,
    username: Annotated[str | None, typer.Option(help="The account's name.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="A file that holds the password.")] = None,
    communities: Annotated[str | None, typer.Option(help="What to watch: name@server, …")] = None,
    client_id: Annotated[str | None, typer.Option(help="Reddit: the app's id.")] = None,
    client_secret_file: Annotated[Path | None, typer.Option(help="Reddit: a file with its secret.")] = None,
    operator: Annotated[str | None, typer.Option(help="Reddit: your own name there.")] = None,
    subreddits: Annotated[str | None, typer.Option(help="Reddit: what to watch.")] = None,
) -> None:
    """Write a first settings file by asking a few questions (or from options, without a terminal)."""
    from bot.cli.init import run_init

    given = {
        "platform": platform,
        "owner": owner,
        "server": server,
        "username": username,
        "communities": communities,
        "client_id": client_id,
        "operator": operator,
        "subreddits": subreddits,
    }
    run_init(config, given, {"password": password_file, "client_secret": client_secret_file})


@app.command()
def demo(
    store: Annotated[
        Path, typer.Option(help="A folder for the demo's database and settings; kept between runs.")
    ] = Path("precis-demo"),
    stay: Annotated[bool, typer.Option("--stay", help="Keep the servers and the daemon running.")] = False,
    lemmy: Annotated[str, typer.Option(metavar="VERSION", help="The Lemmy to run: 0.19 or 1.0.")] = "0.19",
    piefed: Annotated[bool, typer.Option("--piefed", help="Run a PieFed in place of the Lemmy.")] = False,
) -> None:
    """Run the real daemon against a Lemmy (or PieFed), a Reddit and a news site on this machine."""
    from bot.sandbox.demo import run_demo
    from bot.sandbox.server_software import ServerSoftware

    try:
        home = ServerSoftware.PIEFED if piefed else ServerSoftware(f"Lemmy {lemmy}")
    except ValueError as error:
        raise UserError(f"The demo has no Lemmy {lemmy}.", "Write --lemmy 0.19 or --lemmy 1.0.") from error
    sys.exit(run_demo(store, home, keep_running=stay))


@app.command()
def sandbox(
    port: Annotated[
        int, typer.Option(min=1024, max=65534, help="Its Lemmy's; the news site's is next.")
    ] = 8536,
) -> None:
    """Serve a Lemmy and a news site of your own on this machine, for a first bot."""
    from bot.sandbox.standalone import run_sandbox

    run_sandbox(port)
