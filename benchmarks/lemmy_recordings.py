"""Replays recorded responses of real Lemmy servers to the adapter's own client and parsers.

    python -m benchmarks.lemmy_recordings DATA...

DATA is a folder of files NAME.STATUS.json: {request: {method, path, body, ...}, response: {status,
body, ...}}. The nodeinfo among them gives the version; files called shim-* are from the v3 API of Lemmy
1.0. For each API it prints what was read, by class, and what could not be read. Then it compares the
sandbox's responses with the recorded ones, field by field. Exits with 1 if anything cannot be read or
differs. Folders of a PieFed are passed to `benchmarks.piefed_recordings`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.lemmy_sandbox_responses import sandbox_responses
from benchmarks.piefed_recordings import PIEFED, piefed_report
from benchmarks.recordings import (
    OTHER_FILES,
    ParseResponse,
    Recording,
    print_comparison,
    print_replay,
    replay,
)
from bot.core.errors import PlatformError
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.lemmy import errors, schemas_v4
from bot.platforms.lemmy.api import Viewer
from bot.platforms.lemmy.api_v3 import LemmyApiV3
from bot.platforms.lemmy.api_v4 import LemmyApiV4
from bot.platforms.pagination import UnreadablePost

_LENS = Viewer("recorded", "https://lemmy.example", me=4, languages={})
_Parsers = dict[str, ParseResponse]


def _posts(api: LemmyApiV3 | LemmyApiV4, body: Any) -> dict[str, int]:
    page = api.parse_posts(body, _LENS, api.page_size)
    bad = [post.reason for post in page.posts if isinstance(post, UnreadablePost)]
    if bad:
        raise MalformedResponse("; ".join(bad))
    return {"posts": len(page.posts)}


def _one(kind: str, parse: Callable[..., Any], *context: Any) -> Callable[[Any], dict[str, int]]:
    def read(body: Any) -> dict[str, int]:
        parse(body, *context)
        return {kind: 1}

    return read


def _box(api: LemmyApiV3 | LemmyApiV4, body: Any) -> dict[str, int]:
    """The messages in any list of the inbox."""
    box = api.parse_inbox(body, "recorded", "precisbot@lemmy.example")
    if box.parse_errors:
        raise MalformedResponse("; ".join(box.parse_errors))
    return {"messages": len(box.messages), "notifications without a message": len(box.ignorable)}


def _letters(api: LemmyApiV3 | LemmyApiV4, body: Any) -> int:
    return len(api.parse_messages(body))


def _parsers(api: LemmyApiV3 | LemmyApiV4) -> _Parsers:
    comment = _one("comments", api.parse_comment, _LENS)
    common: _Parsers = {
        "GET /post": _one("posts", api.parse_post, _LENS),
        "GET /post/list": lambda body: _posts(api, body),
        "GET /community": lambda body: {
            "communities": bool(api.parse_community(body)),
            "moderators": len(api.parse_community_info(body).moderators),
        },
        "GET /comment/list": lambda body: {"comments": api.parse_own_comments(body, "1", _LENS).listed},
        "GET /search": lambda body: {"communities": len(api.parse_communities(body))},
        "POST /community/follow": _one("communities", api.parse_community),
        "GET /comment": comment,
        "POST /comment": comment,
        "PUT /comment": comment,
        "POST /private_message": _one("own letters", api.parse_message),
    }
    if isinstance(api, LemmyApiV3):
        return common | {
            "GET /site": lambda body: {"sites": bool(api.parse_site([body]))},
            "GET /user": common["GET /comment/list"],
            "POST /user/login": _one("logins", api.parse_token),
            "POST /comment/delete": comment,
            "GET /user/unread_count": _one("unread counts", api.inbox_calls),
            **dict.fromkeys(("GET /user/mention", "GET /user/replies"), lambda body: _box(api, body)),
            "GET /private_message/list": lambda body: _box(api, body) | {"own letters": _letters(api, body)},
        }
    return common | {
        "GET /site": lambda body: {"sites": bool(parse(schemas_v4.SiteResponse, body))},
        "GET /account": lambda body: {"accounts": bool(parse(schemas_v4.AccountResponse, body))},
        "POST /account/auth/login": _one("logins", api.parse_token),
        "DELETE /comment": comment,
        "GET /account/unread_counts": _one("unread counts", api.inbox_calls),
        "GET /account/notification/list": lambda body: _box(api, body),
        "GET /person": _one("people", api.parse_person_id),
    }


def _make_call(recording: Recording) -> Call:
    bucket = "comment" if recording.call == "POST /comment" else "message"
    return Call(recording.method, "/replayed", bucket, body=recording.sent or None)


def _error_name(error: ApiError, recording: Recording, call: Call) -> str | PlatformError:
    key = (error.status, error.code)
    if key in errors.RATE_LIMITS:
        return "NotNow (a rate limit)"
    if recording.path.endswith("/login"):
        verdict = errors.LoginErrors().login_error(error, "bot", "lemmy.example")
        return verdict or "Unreachable (no verdict on the account)"
    if key in errors.TOKEN_ERRORS:
        return "NotNow or AccountError, after one login (the token)"
    return errors.write_error(error, call) if call.is_write else errors.read_error(error, call)


def main(folders: list[str]) -> int:
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.json"))]
    by_api: defaultdict[str, list[Recording]] = defaultdict(list)
    for file in files:
        if file.name not in OTHER_FILES:
            by_api[_api_of(file)].append(Recording.load(file))
    failed = [_report(api, recordings) for api, recordings in by_api.items()]
    return 1 if any(failed) or not files else 0


def _api_of(file: Path) -> str:
    if file.with_name("nodeinfo_21.200.json").exists():
        return PIEFED
    nodeinfo = file.with_name("nodeinfo-2.1.200.json")
    is_1_0 = nodeinfo.exists() and Recording.load(nodeinfo).body["software"]["version"].startswith("1.")
    if not is_1_0:
        return "v3 of 0.19"
    return "v3 of 1.0" if file.name.startswith("shim-") else "v4 of 1.0"


def _report(api: str, recordings: list[Recording]) -> bool:
    """Print the report. Returns whether anything cannot be read or differs."""
    if api == PIEFED:
        return piefed_report(recordings)
    version = "1.0.0-beta.1" if api == "v4 of 1.0" else "0.19.20"
    parsers = _parsers(LemmyApiV4() if api == "v4 of 1.0" else LemmyApiV3())
    counts = replay(recordings, parsers, errors.parse_error, _make_call, _error_name)
    print_replay(api, recordings, counts)
    if api == "v3 of 1.0":  # Precis never uses it, so the sandbox has only a part of it
        return bool(counts.unreadable)
    return bool(print_comparison(recordings, sandbox_responses(version)) or counts.unreadable)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("Name the folder with the recordings: python -m benchmarks.lemmy_recordings DATA...")
    sys.exit(main(sys.argv[1:]))
