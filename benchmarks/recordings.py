"""Recorded API calls with their responses: replays them to an adapter, and compares the sandbox with them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stamina

from benchmarks.json_shapes import JsonShape, differences, leaf_name, optional_leaves
from bot.core.errors import PlatformError, Refused
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_client import ApiClient, ErrorParser
from bot.sandbox.loopback_server import LoopbackServer, Response

OTHER_FILES = frozenset({"openapi.json", "markdown_html.json"})
"""Files in the folder that are not recordings."""

ParseResponse = Callable[[Any], Mapping[str, int]]
"""Reads the body of a response with the adapter's parser, and counts what is in it by kind."""


@dataclass(frozen=True, slots=True)
class Recording:
    name: str
    method: str
    path: str
    sent: Any
    status: int
    body: Any

    @classmethod
    def load(cls, file: Path) -> Recording:
        content = json.loads(file.read_text())
        request, response = content["request"], content["response"]
        return cls(
            file.name,
            request["method"],
            request["path"],
            request["body"],
            response["status"],
            response["body"],
        )

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"

    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass
class ReplayCounts:
    read: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)


def replay(
    recordings: Sequence[Recording],
    parsers: Mapping[str, ParseResponse],
    parse_error: ErrorParser,
    make_call: Callable[[Recording], Call],
    error_name: Callable[[ApiError, Recording, Call], str | PlatformError],
) -> ReplayCounts:
    """Send each recorded response over real HTTP to the adapter's client and parsers.

    `error_name` returns a name for the class of an error, or the error that the adapter raises for it.
    """
    current: list[Recording] = []

    def handle(_request: object) -> Response:
        headers = {"Content-Type": "application/json", "Location": "/elsewhere"}
        return Response(current[-1].status, current[-1].raw(), headers)

    def read(recording: Recording) -> None:
        call = make_call(recording)
        try:
            body = client.send(call, None)
        except (ApiError, PlatformError) as error:
            name = error_name(error, recording, call) if isinstance(error, ApiError) else error
            counts.errors[name if isinstance(name, str) else _class_of(name)] += 1
            return
        if recording.call in parsers:
            counts.read.update(parsers[recording.call](body))
        else:
            counts.unused[recording.call] += 1

    counts = ReplayCounts()
    with LoopbackServer(handle) as server, stamina.set_testing(True):
        client = ApiClient(server.url, "precis-benchmark", timedelta(seconds=10), _now, parse_error)
        for recording in recordings:
            current.append(recording)
            try:
                read(recording)
            except MalformedResponse as error:
                counts.unreadable.append(f"{recording.name}: {error}")
        client.close()
    return counts


def _class_of(error: PlatformError) -> str:
    reason = f" {error.reason.name}" if isinstance(error, Refused) else ""
    return f"{type(error).__name__}{reason}"


def _now() -> datetime:
    return datetime.now(UTC)


def compare(recordings: Sequence[Recording], sandbox_responses: Mapping[str, Sequence[Any]]) -> list[str]:
    """The differences between the sandbox's responses and the recorded ones, field by field."""
    real: defaultdict[str, list[Any]] = defaultdict(list)
    for recording in recordings:
        if recording.status == 200 and isinstance(recording.body, dict):
            real[recording.call].append(recording.body)
    everything = JsonShape.of(body for bodies in real.values() for body in bodies)
    optional, known = optional_leaves(everything), {leaf_name(path) for path in everything.types}
    found: list[str] = []
    for call, responses in sandbox_responses.items():
        if call not in real:
            print(f"  {call}: not recorded, not compared")
            continue
        in_call = differences(JsonShape.of(real[call]), JsonShape.of(responses), optional, known)
        print(f"  {call}: {len(real[call])} recorded, {len(in_call)} differences")
        found += [f"{call}: {line}" for line in in_call]
    return found


def print_replay(api: str, recordings: Sequence[Recording], counts: ReplayCounts) -> None:
    print(f"\n{api}: {len(recordings)} recorded calls")
    print_counts("Read", counts.read)
    print_counts("Refusals and failures, by class", counts.errors)
    print_counts("Successful, but not used by Precis", counts.unused)
    print(f"\nCould not be read: {len(counts.unreadable) or 'nothing'}")
    print("\n".join(f"  {line}" for line in counts.unreadable))


def print_comparison(
    recordings: Sequence[Recording], sandbox_responses: Mapping[str, Sequence[Any]]
) -> list[str]:
    """Print the comparison. Returns the differences."""
    print("The sandbox's responses compared with the real ones")
    found = compare(recordings, sandbox_responses)
    print("\n".join(f"  {line}" for line in found) or "  no differences")
    return found


def print_counts(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:6d}  {name}")
