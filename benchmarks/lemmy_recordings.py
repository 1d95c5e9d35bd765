"""Reads recorded answers of real Lemmy servers with the adapter's own client and parsers.

    python -m benchmarks.lemmy_recordings DATA...

DATA is a folder of files NAME.STATUS.json: {request: {method, path, body, ...}, response: {status,
body, ...}}. Prints what was read, by class, and what could not be read; then compares the sandbox's
answers with the recorded ones, field by field. Exits with 1 when there is anything to complain of.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stamina

from benchmarks.lemmy_sandbox_answers import sandbox_answers
from benchmarks.shapes import Shape, differences, leaf, optional_leaves
from bot.errors import PlatformError, Refused
from bot.platforms.call import ApiError, Call, Malformed
from bot.platforms.client import Client
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.dialect import Lens
from bot.platforms.lemmy.v3 import V3
from bot.platforms.walk import Unreadable
from bot.sandbox.server import Answer, LoopbackServer

_LENS = Lens("recorded", "https://lemmy.example", me=4, languages={})
_API = V3()


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
        kept = json.loads(file.read_text())
        request, response = kept["request"], kept["response"]
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
class Tally:
    read: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)


def _posts(body: Any) -> dict[str, int]:
    page = _API.read_posts(body, _LENS)
    bad = [post.line for post in page.posts if isinstance(post, Unreadable)]
    if bad:
        raise Malformed("; ".join(bad))
    return {"posts": len(page.posts)}


def _comments(body: Any) -> dict[str, int]:
    return {"comments": _API.read_own(body, "1", _LENS).listed}


def _one(kind: str, parse: Callable[..., Any], *context: Any) -> Callable[[Any], dict[str, int]]:
    def read(body: Any) -> dict[str, int]:
        parse(body, *context)
        return {kind: 1}

    return read


_READERS: dict[str, Callable[[Any], dict[str, int]]] = {
    "GET /site": lambda body: {"sites": bool(_API.read_site([body]))},
    "GET /post": _one("posts", _API.read_post, _LENS),
    "GET /post/list": _posts,
    "GET /community": _one("communities", _API.read_community),
    "GET /comment/list": _comments,
    "GET /user": _comments,
    "GET /search": lambda body: {"communities": len(_API.read_communities(body))},
    "POST /user/login": _one("log-ins", _API.token),
    "POST /comment": _one("comments", _API.read_comment, _LENS),
    "PUT /comment": _one("comments", _API.read_comment, _LENS),
    "POST /comment/delete": _one("comments", _API.read_comment, _LENS),
}


def _replay(recordings: list[Recording]) -> Tally:
    """Each recorded answer comes over real HTTP, so that the client's own judgement is tried too."""
    current: list[Recording] = []

    def respond(_request: object) -> Answer:
        headers = {"Content-Type": "application/json", "Location": "/elsewhere"}
        return Answer(current[-1].status, current[-1].raw(), headers)

    tally = Tally()
    with LoopbackServer(respond) as server, stamina.set_testing(True):
        client = Client(
            server.url,
            "precis-benchmark",
            timedelta(seconds=10),
            lambda: datetime.now(UTC),
            errors.read_refusal,
        )
        for recording in recordings:
            current.append(recording)
            try:
                _read(client, recording, tally)
            except Malformed as error:
                tally.unreadable.append(f"{recording.name}: {error}")
        client.close()
    return tally


def _read(client: Client, recording: Recording, tally: Tally) -> None:
    bucket = "comment" if recording.call == "POST /comment" else "message"
    call = Call(recording.method, "/replayed", bucket, body=recording.sent or None)
    try:
        body = client.send(call, None)
    except (ApiError, PlatformError) as error:
        tally.errors[_class_of(error, recording, call)] += 1
        return
    reader = _READERS.get(recording.call)
    if reader is None:
        tally.unused[recording.call] += 1
    else:
        tally.read.update(reader(body))


def _class_of(error: ApiError | PlatformError, recording: Recording, call: Call) -> str:
    """What the adapter makes of it, for a count."""
    if isinstance(error, ApiError):
        told = (error.status, error.code)
        if told in errors.RATE_LIMITS:
            return "NotNow (a limit)"
        if recording.path != "/user/login" and told in errors.TOKEN_REFUSED:
            return "NotNow or AccountError, after one log-in (the token)"
        error = _translated(error, recording, call)
    reason = f" {error.reason.name}" if isinstance(error, Refused) else ""
    return f"{type(error).__name__}{reason}"


def _translated(error: ApiError, recording: Recording, call: Call) -> PlatformError:
    if recording.path == "/user/login":
        return _API.of_log_in(error, "bot", "lemmy.example")
    return errors.of_writing(error, call) if call.writes else errors.of_reading(error, call)


def _compare(recordings: list[Recording]) -> list[str]:
    real: defaultdict[str, list[Any]] = defaultdict(list)
    for recording in recordings:
        if recording.status == 200:
            real[recording.call].append(recording.body)
    everything = Shape.of(body for bodies in real.values() for body in bodies)
    optional, known = optional_leaves(everything), {leaf(path) for path in everything.types}
    found: list[str] = []
    for call, answers in sandbox_answers().items():
        if call not in real:
            print(f"  {call}: not recorded, not compared")
            continue
        differing = differences(Shape.of(real[call]), Shape.of(answers), optional, known)
        print(f"  {call}: {len(real[call])} recorded, {len(differing)} differences")
        found += [f"{call}: {line}" for line in differing]
    return found


def _table(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:6d}  {name}")


def main(folders: list[str]) -> int:
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.json"))]
    recordings = [Recording.load(file) for file in files]
    tally = _replay(recordings)
    print(f"{len(recordings)} recorded calls")
    _table("Read", tally.read)
    _table("Refusals and failures, by class", tally.errors)
    _table("Answered with yes, but of no use to Precis", tally.unused)
    print(f"\nCould not be read: {len(tally.unreadable) or 'nothing'}")
    print("\n".join(f"  {line}" for line in tally.unreadable))
    print("The sandbox's answers beside the real ones")
    found = _compare(recordings)
    print("\n".join(f"  {line}" for line in found) or "  no differences")
    return 1 if tally.unreadable or found or not recordings else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the folder with the recordings: python -m benchmarks.lemmy_recordings DATA...")
    sys.exit(main(sys.argv[1:]))
