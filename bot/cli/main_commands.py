"""Commands that set up and run the bot. Each reads its options and calls its module."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.exit_codes import exit_codes
from bot.cli.options import CONFIG, RUN, SET_UP, TRY_OUT, ConfigOption, JsonOption, app
from bot.core.errors import UserError
from bot.operations.process_secrets import disable_core_dumps


def main() -> None:
    disable_core_dumps()
    with exit_codes():
        app()


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if show:
        typer.echo(f"precis {__version__}")
        raise typer.Exit
    from bot.operations import log  # here: it takes longer to load than everything that --version needs

    log.configure_logging("error")  # commands print their results; the daemon configures its own log


@app.command(rich_help_panel=RUN)
def run(
    config: ConfigOption = CONFIG,
    once: Annotated[bool, typer.Option("--once", help="Do one pass and exit (for cron).")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do everything except send; print what would be sent.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For accounts in precis sandbox: allow its news site.")
    ] = False,
) -> None:
    """Watch, summarise and reply until SIGTERM; SIGHUP reads the settings again."""
    from bot.operations.garbage_collection import do_not_collect_yet

    if not once:
        do_not_collect_yet()
    import bot.daemon.first_imports  # noqa: F401 (before the modules that use the libraries)
    from bot.cli.run import error_reporters, make_app, make_daemon, rename_events
    from bot.config import load
    from bot.core.time_limit import TimeLimit
    from bot.daemon.lifecycle import run_daemon
    from bot.daemon.signals import Signals
    from bot.daemon.tuning import PRODUCTION
    from bot.operations import log
    from bot.operations.process_secrets import take_secrets_from_environment
    from bot.operations.systemd import Notifier

    environ = take_secrets_from_environment()
    settings = load(config, environ)
    processors = (*error_reporters(settings), *((rename_events,) if dry_run else ()))
    log.configure_logging(settings.log.level, settings.log.format, extra_processors=processors)
    tuning = PRODUCTION
    if sandbox:
        from bot.sandbox.standalone import sandbox_tuning

        tuning = sandbox_tuning(settings)
    signals = Signals()
    with ExitStack() as stack:
        copy = None
        if dry_run:
            import tempfile

            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="precis-dry-run-")))
        stack.enter_context(signals.installed())
        if once:
            with make_app(settings, tuning, copy) as app_once:
                app_once.run_once(TimeLimit.start(signals.stop, 3600))
                failure = app_once.poll_failure()
            if failure is not None:
                raise failure
            return
        finished = run_daemon(
            settings,
            signals,
            reload=lambda: load(config, environ),
            make_app=lambda new_config: make_daemon(new_config, tuning, copy),
            notifier=Notifier.from_environ(os.environ),
        )
    if not finished:
        os._exit(
            0
        )  # a thread is stuck and would keep the process alive; its post is released at the next start


@app.command("try", rich_help_panel=TRY_OUT)
def try_(
    source: Annotated[
        str, typer.Argument(metavar="URL-or-FILE", help="A link, a saved HTML page, a PDF or a text.")
    ],
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="Use the owner and the rules of this settings file.")
    ] = None,
    method: Annotated[str | None, typer.Option(help="How sentences are picked.")] = None,
    sentences: Annotated[int | None, typer.Option(min=1, max=15, help="Maximum number of sentences.")] = None,
    words: Annotated[int | None, typer.Option(min=20, max=600, help="Maximum number of words.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON with numbers.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show the score of each sentence.")] = False,
    reddit: Annotated[
        bool, typer.Option("--reddit", help="Use Reddit's Markdown instead of Lemmy's.")
    ] = False,
    piefed: Annotated[
        bool, typer.Option("--piefed", help="Use PieFed's Markdown instead of Lemmy's.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="URL", help="The address that a saved page had: it is judged by it too."
        ),
    ] = None,
) -> None:
    """Print the summary of a page as it would be posted."""
    from bot.cli.terminal import shown_progress
    from bot.core.models import Dialect

    if reddit and piefed:
        raise UserError("--reddit and --piefed exclude each other.", "Use one of them.")
    dialect = Dialect.REDDIT if reddit else Dialect.PIEFED if piefed else Dialect.LEMMY
    with shown_progress("Reading the page…") as progress:
        from bot.cli.try_page import try_page  # takes a second, and the user should see that it has begun

        try_page(
            source,
            config,
            {"method": method, "sentences": sentences, "words": words},
            dialect,
            url=url,
            as_json=as_json,
            explain=explain,
            progress=progress,
        )


@app.command(rich_help_panel=RUN)
def web(
    config: ConfigOption = CONFIG,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Use this port instead of the one in [web].")
    ] = None,
) -> None:
    """Serve the status pages until stopped, beside a daemon or without one."""
    from bot.cli.web_pages import serve_pages

    serve_pages(config, port)


@app.command(rich_help_panel=SET_UP)
def check(config: ConfigOption = CONFIG, as_json: JsonOption = False) -> None:
    """Check the settings and log in with every account."""
    from bot.cli.check import check_all

    check_all(config, as_json=as_json)


@app.command(rich_help_panel=SET_UP)
def init(
    config: ConfigOption = CONFIG,
    platform: Annotated[str | None, typer.Option(help="For example lemmy, piefed or reddit.")] = None,
    owner: Annotated[str | None, typer.Option(help="How people can reach you.")] = None,
    server: Annotated[str | None, typer.Option(help="The server of the bot's account.")] = None,
    username: Annotated[str | None, typer.Option(help="The account's name.")] = None,
    password_file: Annotated[Path | None, typer.Option(help="A file that contains the password.")] = None,
    communities: Annotated[str | None, typer.Option(help="Communities to watch: name@server, …")] = None,
    client_id: Annotated[str | None, typer.Option(help="Reddit: the id of the app.")] = None,
    client_secret_file: Annotated[
        Path | None, typer.Option(help="Reddit: a file with the secret of the app.")
    ] = None,
    operator: Annotated[str | None, typer.Option(help="Reddit: your own name.")] = None,
    subreddits: Annotated[str | None, typer.Option(help="Reddit: subreddits to watch.")] = None,
) -> None:
    """Write a first settings file from a few questions, or from options without a terminal."""
    from bot.cli.init import run_init

    answers = {
        "platform": platform,
        "owner": owner,
        "server": server,
        "username": username,
        "communities": communities,
        "client_id": client_id,
        "operator": operator,
        "subreddits": subreddits,
    }
    run_init(config, answers, {"password": password_file, "client_secret": client_secret_file})


@app.command(rich_help_panel=TRY_OUT)
def demo(
    store: Annotated[
        Path, typer.Option(help="A folder for the demo's database and settings. It is kept between runs.")
    ] = Path("precis-demo"),
    stay: Annotated[bool, typer.Option("--stay", help="Keep the servers and the daemon running.")] = False,
    lemmy: Annotated[
        str, typer.Option(metavar="VERSION", help="The version of Lemmy: 0.19 or 1.0.")
    ] = "0.19",
    piefed: Annotated[bool, typer.Option("--piefed", help="Run PieFed instead of Lemmy.")] = False,
    nodes: Annotated[
        int | None,
        typer.Option(
            min=2, help="Run so many nodes on one PostgreSQL server, on all servers, and kill one node."
        ),
    ] = None,
) -> None:
    """Run the real daemon against a Lemmy (or PieFed), a Reddit and a news site on this machine."""
    from bot.sandbox.demo import run_demo
    from bot.sandbox.server_software import ServerSoftware

    if nodes is not None:
        from bot.sandbox.cluster_demo import run_cluster_demo

        sys.exit(run_cluster_demo(nodes))
    try:
        home = ServerSoftware.PIEFED if piefed else ServerSoftware(f"Lemmy {lemmy}")
    except ValueError as error:
        raise UserError(f"The demo has no Lemmy {lemmy}.", "Use --lemmy 0.19 or --lemmy 1.0.") from error
    sys.exit(run_demo(store, home, keep_running=stay))


@app.command(rich_help_panel=TRY_OUT)
def sandbox(
    port: Annotated[
        int, typer.Option(min=1024, max=65534, help="Port of the Lemmy. The news site uses the next port.")
    ] = 8536,
) -> None:
    """Run a Lemmy and a news site on this machine, for a first bot."""
    from bot.sandbox.standalone import run_sandbox

    run_sandbox(port)
