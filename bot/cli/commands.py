"""`precis` and its commands; each reads its options, calls the rooms and prints."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bot import __version__
from bot.cli.exits import exit_codes
from bot.errors import UserError

app = typer.Typer(
    name="precis",
    help="A bot that replies to link posts with a summary of the linked article.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The settings file.", envvar="PRECIS_CONFIG")
]
CONFIG = Path("config.toml")


def main() -> None:
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
) -> None:
    """Watch, summarise and reply until stopped (SIGTERM); SIGHUP reads the settings again."""
    from bot import log
    from bot.app import serve
    from bot.cli.daemon import make_app
    from bot.config import load
    from bot.jobs import Pass
    from bot.scheduler import Signals

    settings = load(config, os.environ)
    log.set_up(settings.log.level, settings.log.format)
    signals = Signals()
    with tempfile.TemporaryDirectory(prefix="precis-dry-run-") as scratch, signals.installed():
        copy = Path(scratch) if dry_run else None
        if once:
            with make_app(settings, dry_run_in=copy) as pass_app:
                pass_app.one_pass(Pass.of(signals.stop, 3600))
            return
        finished = serve(
            settings,
            signals,
            reload=lambda: load(config, os.environ),
            make_app=lambda fresh: make_app(fresh, dry_run_in=copy),
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
    from bot.cli.trying import try_page
    from bot.models import Dialect

    dialect = Dialect.REDDIT if reddit else Dialect.LEMMY
    try_page(source, config, method, sentences, words, dialect, as_json=as_json, explain=explain)


@app.command()
def status(config: ConfigOption = CONFIG) -> None:
    """How things stand: posts in each state, last poll, last reply, what waits."""
    from bot.cli.looking import show_status

    show_status(config)


@app.command()
def why(
    post: Annotated[str, typer.Argument(metavar="POST-URL", help="The address of a post or a reply.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Say what became of a post, and why."""
    from bot.cli.looking import show_why

    show_why(post, config)


@app.command()
def unmute(
    community: Annotated[str, typer.Argument(help="The community, as precis status names it.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Reply again in a community that had banned the bot."""
    from bot.cli.looking import lift_mute

    lift_mute(community, config)


@app.command()
def rules(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
) -> None:
    """What holds in a community, and where each setting comes from."""
    from bot.cli.moderating import show_rules

    show_rules(community, config)


@app.command()
def history(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
) -> None:
    """What moderators of a community asked for: who, when, from where."""
    from bot.cli.moderating import show_history

    show_history(community, config)


@app.command()
def optouts(config: ConfigOption = CONFIG) -> None:
    """How many people want no replies under their posts; nothing else is known of them."""
    from bot.cli.moderating import show_optouts

    show_optouts(config)


@app.command()
def opinions(config: ConfigOption = CONFIG) -> None:
    """How the replies are liked, in each community and of each site."""
    from bot.cli.moderating import show_opinions

    show_opinions(config)


@app.command()
def inbox(config: ConfigOption = CONFIG) -> None:
    """Messages that are for you: what people wrote and no command understands."""
    from bot.cli.moderating import show_inbox

    show_inbox(config)


@app.command()
def check(config: ConfigOption = CONFIG) -> None:
    """Check the settings, log in, and say what was found."""
    from bot.cli.checking import check_all

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
    from bot.cli.starting import write_first

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
    write_first(config, given, {"password": password_file, "client_secret": client_secret_file})


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
    from bot.sandbox.home import Home

    try:
        home = Home.PIEFED if piefed else Home(f"Lemmy {lemmy}")
    except ValueError as error:
        raise UserError(f"The demo has no Lemmy {lemmy}.", "Write --lemmy 0.19 or --lemmy 1.0.") from error
    sys.exit(run_demo(store, home, stay=stay))
