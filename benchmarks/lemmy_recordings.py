"""Reads recorded answers of real Lemmy servers with the adapter's own client and parsers.

    python -m benchmarks.lemmy_recordings DATA...

DATA is a folder of files NAME.STATUS.json: {request: {method, path, body, ...}, response: {status,
body, ...}}; the nodeinfo among them tells the version, and files named shim-* are those of 1.0's
leavings of v3. For each dialect it prints what was read, by class, and what could not be read; then
compares the sandbox's answers with the recorded ones, field by field. Exits with 1 when there is
anything to complain of.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stamina

from benchmarks.json_shapes import JsonShape, differences, leaf_name, optional_leaves
from benchmarks.lemmy_sandbox_responses import sandbox_responses
from benchmarks.piefed_recordings import PIEFED, piefed_report
from benchmarks.recordings import OTHER_FILES, Recording, ReplayCounts, print_counts
from bot.core.errors import PlatformError, Refused
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.api_client import ApiClient
from bot.platforms.lemmy import errors, schemas_v4
from bot.platforms.lemmy.api import Viewer
from bot.platforms.lemmy.api_v3 import LemmyApiV3
from bot.platforms.lemmy.api_v4 import LemmyApiV4
from bot.platforms.lemmy.parsing import parse as parsed
from bot.platforms.pagination import UnreadablePost
from bot.sandbox.loopback_server import LoopbackServer, Response

_LENS = Viewer("recorded", "https://lemmy.example", me=4, languages={})
_Readers = dict[str, Callable[[Any], dict[str, int]]]


def _posts(api: LemmyApiV3 | LemmyApiV4, body: Any) -> dict[str, int]:
    page = api.read_posts(body, _LENS)
    bad = [post.reason for post in page.posts if isinstance(post, UnreadablePost)]
    if bad:
        raise MalformedAnswer("; ".join(bad))
    return {"posts": len(page.posts)}


def _one(kind: str, parse: Callable[..., Any], *context: Any) -> Callable[[Any], dict[str, int]]:
    def read(body: Any) -> dict[str, int]:
        parse(body, *context)
        return {kind: 1}

    return read


def _box(api: LemmyApiV3 | LemmyApiV4, body: Any) -> dict[str, int]:
    """All lists of the inbox, and what is in them."""
    box = api.read_box(body, "recorded", "precisbot@lemmy.example")
    if box.unreadable:
        raise MalformedAnswer("; ".join(box.unreadable))
    return {"messages": len(box.messages), "notices that are no messages": len(box.ignorable)}


def _letters(api: LemmyApiV3 | LemmyApiV4, body: Any) -> int:
    return len(api.read_letters(body))


def _readers(api: LemmyApiV3 | LemmyApiV4) -> _Readers:
    comment = _one("comments", api.read_comment, _LENS)
    common: _Readers = {
        "GET /post": _one("posts", api.read_post, _LENS),
        "GET /post/list": lambda body: _posts(api, body),
        "GET /community": lambda body: {
            "communities": bool(api.read_community(body)),
            "moderators": len(api.read_place(body).moderators),
        },
        "GET /comment/list": lambda body: {"comments": api.read_own(body, "1", _LENS).listed},
        "GET /search": lambda body: {"communities": len(api.read_communities(body))},
        "POST /community/follow": _one("communities", api.read_community),
        "GET /comment": comment,
        "POST /comment": comment,
        "PUT /comment": comment,
        "POST /private_message": _one("own letters", api.read_letter),
    }
    if isinstance(api, LemmyApiV3):
        return common | {
            "GET /site": lambda body: {"sites": bool(api.read_site([body]))},
            "GET /user": common["GET /comment/list"],
            "POST /user/login": _one("log-ins", api.parse_token),
            "POST /comment/delete": comment,
            "GET /user/unread_count": _one("unread counts", api.boxes),
            **dict.fromkeys(("GET /user/mention", "GET /user/replies"), lambda body: _box(api, body)),
            "GET /private_message/list": lambda body: _box(api, body) | {"own letters": _letters(api, body)},
        }
    return common | {
        "GET /site": lambda body: {"sites": bool(parsed(schemas_v4.SiteResponse, body))},
        "GET /account": lambda body: {"accounts": bool(parsed(schemas_v4.AccountResponse, body))},
        "POST /account/auth/login": _one("log-ins", api.parse_token),
        "DELETE /comment": comment,
        "GET /account/unread_counts": _one("unread counts", api.boxes),
        "GET /account/notification/list": lambda body: _box(api, body),
        "GET /person": _one("people", api.read_person),
    }


def _replay(recordings: list[Recording], api: LemmyApiV3 | LemmyApiV4) -> ReplayCounts:
    """Each recorded answer comes over real HTTP, so that the client's own judgement is tried too."""
    current: list[Recording] = []

    def respond(_request: object) -> Response:
        headers = {"Content-Type": "application/json", "Location": "/elsewhere"}
        return Response(current[-1].status, current[-1].raw(), headers)

    tally, readers = ReplayCounts(), _readers(api)
    with LoopbackServer(respond) as server, stamina.set_testing(True):
        client = ApiClient(
            server.url,
            "precis-benchmark",
            timedelta(seconds=10),
            lambda: datetime.now(UTC),
            errors.parse_error,
        )
        for recording in recordings:
            current.append(recording)
            try:
                _read(client, recording, tally, readers)
            except MalformedAnswer as error:
                tally.unreadable.append(f"{recording.name}: {error}")
        client.close()
    return tally


def _read(client: ApiClient, recording: Recording, tally: ReplayCounts, readers: _Readers) -> None:
    bucket = "comment" if recording.call == "POST /comment" else "message"
    call = Call(recording.method, "/replayed", bucket, body=recording.sent or None)
    try:
        body = client.send(call, None)
    except (ApiError, PlatformError) as error:
        tally.errors[_class_of(error, recording, call)] += 1
        return
    reader = readers.get(recording.call)
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
        if not recording.path.endswith("/login") and told in errors.TOKEN_REFUSED:
            return "NotNow or AccountError, after one log-in (the token)"
        error = _translated(error, recording, call)
    reason = f" {error.reason.name}" if isinstance(error, Refused) else ""
    return f"{type(error).__name__}{reason}"


def _translated(error: ApiError, recording: Recording, call: Call) -> PlatformError:
    if recording.path.endswith("/login"):
        return errors.LoginErrors().login_error(error, "bot", "lemmy.example")
    return errors.write_error(error, call) if call.is_write else errors.read_error(error, call)


def _compare(recordings: list[Recording], version: str) -> list[str]:
    real: defaultdict[str, list[Any]] = defaultdict(list)
    for recording in recordings:
        if recording.status == 200:
            real[recording.call].append(recording.body)
    everything = JsonShape.of(body for bodies in real.values() for body in bodies)
    optional, known = optional_leaves(everything), {leaf_name(path) for path in everything.types}
    found: list[str] = []
    for call, answers in sandbox_responses(version).items():
        if call not in real:
            print(f"  {call}: not recorded, not compared")
            continue
        differing = differences(JsonShape.of(real[call]), JsonShape.of(answers), optional, known)
        print(f"  {call}: {len(real[call])} recorded, {len(differing)} differences")
        found += [f"{call}: {line}" for line in differing]
    return found


def main(folders: list[str]) -> int:
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.json"))]
    by_dialect: defaultdict[str, list[Recording]] = defaultdict(list)
    for file in files:
        if file.name not in OTHER_FILES:
            by_dialect[_dialect(file)].append(Recording.load(file))
    complaints = [_report(dialect, recordings) for dialect, recordings in by_dialect.items()]
    return 1 if any(complaints) or not files else 0


def _dialect(file: Path) -> str:
    if file.with_name("nodeinfo_21.200.json").exists():
        return PIEFED
    told = file.with_name("nodeinfo-2.1.200.json")
    new = told.exists() and Recording.load(told).body["software"]["version"].startswith("1.")
    if not new:
        return "v3 of 0.19"
    return "v3 of 1.0" if file.name.startswith("shim-") else "v4 of 1.0"


def _report(dialect: str, recordings: list[Recording]) -> bool:
    """Whether there is anything to complain of."""
    if dialect == PIEFED:
        return piefed_report(recordings)
    version = "1.0.0-beta.1" if dialect == "v4 of 1.0" else "0.19.20"
    tally = _replay(recordings, LemmyApiV4() if dialect == "v4 of 1.0" else LemmyApiV3())
    print(f"\n{dialect}: {len(recordings)} recorded calls")
    print_counts("Read", tally.read)
    print_counts("Refusals and failures, by class", tally.errors)
    print_counts("Answered with yes, but of no use to Precis", tally.unused)
    print(f"\nCould not be read: {len(tally.unreadable) or 'nothing'}")
    print("\n".join(f"  {line}" for line in tally.unreadable))
    if dialect == "v3 of 1.0":  # never spoken, so the sandbox has only as much of it as could deceive
        return bool(tally.unreadable)
    print("The sandbox's answers beside the real ones")
    found = _compare(recordings, version)
    print("\n".join(f"  {line}" for line in found) or "  no differences")
    return bool(tally.unreadable or found)


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the folder with the recordings: python -m benchmarks.lemmy_recordings DATA...")
    sys.exit(main(sys.argv[1:]))
