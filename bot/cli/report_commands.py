"""Commands that only show information."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot.cli.options import CONFIG, LOOK, ConfigOption, JsonOption, app
from bot.core.errors import UserError


@app.command(rich_help_panel=LOOK)
def status(
    config: ConfigOption = CONFIG,
    as_json: JsonOption = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it again every 2 seconds until Ctrl-C.")
    ] = False,
) -> None:
    """Show posts in each state, the last poll, the last reply, and waiting posts."""
    from bot.cli.status import show_status, watch_status

    if watch and as_json:
        raise UserError("--watch and --json exclude each other.", "Use one of them.")
    if watch:
        watch_status(config)
    else:
        show_status(config, as_json=as_json)


@app.command(rich_help_panel=LOOK)
def why(
    post: Annotated[str, typer.Argument(metavar="POST-URL", help="The address of a post or a reply.")],
    config: ConfigOption = CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show what happened to a post, and why."""
    from bot.cli.post_lookup import show_why

    show_why(post, config, as_json=as_json)


@app.command(rich_help_panel=LOOK)
def posts(
    words: Annotated[str, typer.Argument(help="Words in the title, link, community or error.")] = "",
    state: Annotated[str | None, typer.Option(help="sent, skipped, dead, discovered, …")] = None,
    skipped: Annotated[str | None, typer.Option(help="The reason for no reply, for example paywall.")] = None,
    community: Annotated[str | None, typer.Option(help="The community, as shown by precis status.")] = None,
    since: Annotated[str | None, typer.Option(help="Seen within this time, for example 7d.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=10_000, help="Show at most this number of posts, newest first.")
    ] = 50,
    config: ConfigOption = CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List posts with the result of each."""
    from bot.cli.posts import list_posts, post_filter

    list_posts(config, post_filter(words, state, skipped, community, since), limit, as_json=as_json)


@app.command(rich_help_panel=LOOK)
def export(
    form: Annotated[Literal["csv", "json"], typer.Option("--format", help="One post per line.")] = "csv",
    state: Annotated[str | None, typer.Option(help="Same as in `precis posts`.")] = None,
    skipped: Annotated[str | None, typer.Option(help="Same as in `precis posts`.")] = None,
    community: Annotated[str | None, typer.Option(help="Same as in `precis posts`.")] = None,
    since: Annotated[str | None, typer.Option(help="Same as in `precis posts`.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Write posts to standard output as CSV or JSON lines."""
    from bot.cli.posts import export_posts, post_filter

    export_posts(config, post_filter("", state, skipped, community, since), form)


@app.command(rich_help_panel=LOOK)
def rules(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show the settings that apply in a community, and where each comes from."""
    from bot.cli.rules_report import show_rules

    show_rules(community, config, as_json=as_json)


@app.command(rich_help_panel=LOOK)
def history(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Show the changes that moderators of a community made: who, when, from where."""
    from bot.cli.moderation_reports import show_history

    show_history(community, config)


@app.command(rich_help_panel=LOOK)
def report(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Show what happened in a community in the last 7 days, as its moderators get it."""
    from bot.cli.moderation_reports import show_report

    show_report(community, config)


@app.command(rich_help_panel=LOOK)
def optouts(config: ConfigOption = CONFIG) -> None:
    """Show how many people have opted out. Precis stores nothing else about them."""
    from bot.cli.moderation_reports import show_optouts

    show_optouts(config)


@app.command(rich_help_panel=LOOK)
def opinions(config: ConfigOption = CONFIG) -> None:
    """Show feedback on replies, for each community and site."""
    from bot.cli.moderation_reports import show_opinions

    show_opinions(config)


@app.command(rich_help_panel=LOOK)
def inbox(config: ConfigOption = CONFIG) -> None:
    """Show the messages to you: those that no command understands."""
    from bot.cli.moderation_reports import show_inbox

    show_inbox(config)
