"""Commands that show what the bot did and what holds, and change nothing."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot.cli.options import CONFIG, ConfigOption, app


@app.command()
def status(config: ConfigOption = CONFIG) -> None:
    """How things stand: posts in each state, last poll, last reply, what waits."""
    from bot.cli.status import show_status

    show_status(config)


@app.command()
def why(
    post: Annotated[str, typer.Argument(metavar="POST-URL", help="The address of a post or a reply.")],
    config: ConfigOption = CONFIG,
) -> None:
    """Say what became of a post, and why."""
    from bot.cli.status import show_why

    show_why(post, config)


@app.command()
def posts(
    words: Annotated[str, typer.Argument(help="Words in the title, link, community or error.")] = "",
    state: Annotated[str | None, typer.Option(help="sent, skipped, dead, discovered, …")] = None,
    skipped: Annotated[str | None, typer.Option(help="The reason for no reply, such as paywall.")] = None,
    community: Annotated[str | None, typer.Option(help="As precis status names it.")] = None,
    since: Annotated[str | None, typer.Option(help="Seen within this time, such as 7d.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest.")] = 50,
    config: ConfigOption = CONFIG,
) -> None:
    """List posts, and what became of each."""
    from bot.cli.posts import list_posts, post_filter

    list_posts(config, post_filter(words, state, skipped, community, since), limit)


@app.command()
def export(
    form: Annotated[Literal["csv", "json"], typer.Option("--format", help="One post a line.")] = "csv",
    state: Annotated[str | None, typer.Option(help="As of precis posts.")] = None,
    skipped: Annotated[str | None, typer.Option(help="As of precis posts.")] = None,
    community: Annotated[str | None, typer.Option(help="As of precis posts.")] = None,
    since: Annotated[str | None, typer.Option(help="As of precis posts.")] = None,
    config: ConfigOption = CONFIG,
) -> None:
    """Write all posts, or some, to standard output as CSV or JSON lines."""
    from bot.cli.posts import export_posts, post_filter

    export_posts(config, post_filter("", state, skipped, community, since), form)


@app.command()
def rules(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
) -> None:
    """What holds in a community, and where each setting comes from."""
    from bot.cli.moderation_reports import show_rules

    show_rules(community, config)


@app.command()
def history(
    community: Annotated[str, typer.Argument(help="name@server, or the name of a subreddit.")],
    config: ConfigOption = CONFIG,
) -> None:
    """What moderators of a community asked for: who, when, from where."""
    from bot.cli.moderation_reports import show_history

    show_history(community, config)


@app.command()
def optouts(config: ConfigOption = CONFIG) -> None:
    """How many people want no replies under their posts; nothing else is known of them."""
    from bot.cli.moderation_reports import show_optouts

    show_optouts(config)


@app.command()
def opinions(config: ConfigOption = CONFIG) -> None:
    """How the replies are liked, in each community and of each site."""
    from bot.cli.moderation_reports import show_opinions

    show_opinions(config)


@app.command()
def inbox(config: ConfigOption = CONFIG) -> None:
    """Messages that are for you: what people wrote and no command understands."""
    from bot.cli.moderation_reports import show_inbox

    show_inbox(config)
