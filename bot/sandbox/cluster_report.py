"""What `precis demo --nodes` prints: which node did what, and the replies on each server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bot.sandbox.cluster_environment import ClusterEnvironment, Node
from bot.store.account_leaders import AccountLeader


def count_replies(environment: ClusterEnvironment) -> Counter[tuple[str, str]]:
    """The number of replies by account and post."""
    counts: Counter[tuple[str, str]] = Counter()
    for account in environment.accounts:
        counts.update({(account.account, post): count for post, count in account.replies().items()})
    return counts


def print_nodes(
    nodes: Sequence[Node], leaders: Sequence[AccountLeader], killed: str | None, console: Console
) -> None:
    """Print what each node did, from its log."""
    table = Table(
        *("node", "in the end", "leads in the end", "posts read", "replies sent", "found sent", "takeovers"),
        title="Who did what",
    )
    for node in nodes:
        events = Counter((event.get("event"), event.get("how")) for event in node.events())
        table.add_row(
            node.name,
            "[red]killed[/]" if node.name == killed else "[green]runs[/]",
            ", ".join(each.account for each in leaders if each.holder == node.name),
            str(events["reply written", None] + events["skipped", None]),
            str(events["replied", None]),
            str(events["found its own comment", None]),
            str(events["leads the account", "taken over"]),
        )
    console.print(table)


def print_posts(environment: ClusterEnvironment, console: Console) -> bool:
    """Print the replies on each server; return whether each post has exactly one."""
    table = Table("account", "server", "posts", "exactly one reply", "none", "two or more", title="Replies")
    exact = True
    for account in environment.accounts:
        posts, replies = account.posts, account.replies()
        counts = [replies[post] for post in posts]
        table.add_row(
            account.account,
            account.software,
            *map(str, (len(posts), counts.count(1), counts.count(0), sum(count > 1 for count in counts))),
        )
        exact = exact and counts.count(1) == len(posts)
    console.print(table)
    return exact
