"""What a post costs single machines and nodes, and how much of it is the sharing: values and their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time."""

    posts: int
    seconds: float
    """On the clock, until all posts were finished."""
    nodes: float
    """Of the nodes, without their reading processes."""
    readers: float
    postgresql: float

    @property
    def per_post(self) -> float:
        return (self.nodes + self.readers + self.postgresql) / self.posts

    @property
    def digest(self) -> float:
        """What the reading of a page took in this run."""
        return self.readers / self.posts

    @property
    def beside_reading(self) -> float:
        """All that is not reading, in digests of this run.

        Reading is the same work in all runs. On a busy machine it takes longer, and so does the rest.
        """
        return (self.nodes + self.postgresql) / self.readers


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    machines: int
    """How many nodes, or single machines, there are."""
    is_cluster: bool
    posts: int
    lost: int
    doubled: int
    read_twice: int
    first: Cost
    """Of the first posts."""
    later: Cost
    """Of all others."""
    at_rest: float
    """Seconds of processor time of everything in a second without posts."""

    def cost(self, first: bool) -> Cost:
        return self.first if first else self.later


def print_results(results: Sequence[Result], console: Console) -> None:
    """The first result is that of one single machine."""
    exact = Table("run", "posts", "read twice", "two replies", "no reply", "posts a minute")
    for each in results:
        numbers = (each.posts, each.read_twice, each.doubled, each.lost)
        exact.add_row(each.name, *map(str, numbers), f"{60 * each.later.posts / each.later.seconds:.0f}")
    console.print(exact)
    first, later = results[0].first.posts, results[0].later.posts
    _print_costs(f"the first {first} posts", results, True, console)
    _print_costs(f"the {later} posts after them", results, False, console)
    _print_shares(results, console)


def _print_costs(which: str, results: Sequence[Result], first: bool, console: Console) -> None:
    columns = ("nodes", "reading", "PostgreSQL", "sum", "in it, at rest", "more than one single machine")
    table = Table("run", *columns, title=f"Processor time for each of {which}, in milliseconds")
    single, digest = results[0].cost(first), results[0].later.digest
    for result in results:
        cost = result.cost(first)
        parts = (cost.nodes, cost.readers, cost.postgresql)
        more = cost.per_post - single.per_post
        table.add_row(
            result.name,
            *(f"{1000 * part / cost.posts:.1f}" for part in parts),
            f"{1000 * cost.per_post:.1f}",
            f"{1000 * result.at_rest * cost.seconds / cost.posts:.1f}",
            "" if cost is single else f"{1000 * more:.1f} = {more / digest:.2f} of a digest",
        )
    console.print(table)


def _print_shares(results: Sequence[Result], console: Console) -> None:
    table = Table("run", "overhead", "contention", title="Of what a later post costs more, in digests")
    for result in results:
        if result.is_cluster:
            table.add_row(result.name, *(f"{share:.2f}" for share in divide(result, results)))
    console.print(table)
    console.print(
        f"A digest is what the reading process of the single machine needs for a later post:"
        f" {1000 * results[0].later.digest:.1f} ms. Overhead is what nodes and PostgreSQL need beside the"
        " reading, more than as many single machines that share only this machine; both in digests of their"
        " own run. Contention is the rest: the same work takes longer."
    )


def divide(result: Result, results: Sequence[Result]) -> tuple[float, float]:
    """What a later post costs nodes more than one single machine: overhead and contention, in digests.

    The first of all `results` is that of one single machine.
    """
    single = results[0].later
    same = (each for each in results if not each.is_cluster and each.machines == result.machines)
    overhead = result.later.beside_reading - next(same, results[0]).later.beside_reading
    return overhead, (result.later.per_post - single.per_post) / single.digest - overhead
