"""Replays recorded responses of the real Reddit to the adapter, over real HTTP and with real PRAW.

    python -m benchmarks.reddit_cassettes DATA

DATA is a folder of cassettes in the format of PRAW's tests: {interactions: [{request: {method, uri, body},
response: {status, headers, body}}]}. Prints what was read, by class, and what could not be read. Exits
with 1 if something could not be read, or there is nothing to read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import praw.models
import stamina

from bot.core.errors import PlatformError, Refused
from bot.platforms.api_call import MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.reddit import Reddit, message_schemas, schemas
from bot.platforms.reddit.praw_session import Credentials, PrawSession
from bot.platforms.reddit.rate_limits import RateLimits
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.saved_token import SavedToken
from bot.sandbox.loopback_server import LoopbackServer, Request, Response

_TOKEN = "/api/v1/access_token"
_VIEWER = schemas.Viewer("recorded", "https://www.reddit.com", "somebody")


@dataclass(frozen=True, slots=True)
class Interaction:
    cassette: str
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    status: int
    headers: dict[str, str]
    body: str

    @classmethod
    def of(cls, cassette: str, kept: dict[str, Any]) -> Interaction:
        request, response = kept["request"], kept["response"]
        parts = urlsplit(request["uri"])
        sent = request["body"]
        text = sent if isinstance(sent, str) else (sent or {}).get("string", "")
        return cls(
            cassette,
            request["method"],
            parts.path,
            dict(parse_qsl(parts.query)),
            dict(parse_qsl(text or "")),
            response["status"]["code"],
            {name: values[0] for name, values in response["headers"].items() if "ratelimit" in name.lower()},
            response["body"]["string"],
        )

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class CassetteReplay:
    """A Reddit that gives one recorded response, and counts of what the adapter makes of it."""

    read: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    calls: int = 0
    current: Interaction | None = None
    token: str = '{"access_token": "t", "token_type": "bearer", "expires_in": 3600, "scope": "*"}'

    def respond(self, request: Request) -> Response:
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        if request.path == _TOKEN:
            return Response(200, self.token.encode(), headers)
        now, self.current = self.current, None
        if now is None or unquote(now.path) != unquote(request.path):
            self.current = now  # the adapter first asks for its own account
            me = {"id": "1", "name": "somebody"}
            empty = {"kind": "Listing", "data": {"children": []}}
            return Response.from_json(me if request.path == "/api/v1/me" else empty)
        return Response(now.status, now.body.encode(), headers | now.headers)

    def play(self, adapter: Reddit, session: PrawSession, interaction: Interaction) -> None:
        self.calls += 1
        if interaction.path == _TOKEN:
            self.token = interaction.body
            session.get("api/v1/me", "the account")
            self.read["logins"] += 1
            return
        self.current = interaction
        try:
            self.read.update(_parse(adapter, session, interaction))
        except PlatformError as error:
            reason = f" {error.reason.name}" if isinstance(error, Refused) else ""
            self.refused[f"{type(error).__name__}{reason}: {error}"] += 1
        except (MalformedResponse, LookupError, TypeError) as error:
            self.unreadable.append(f"{interaction.cassette}, {interaction.name}: {error!r}")


def _parse(adapter: Reddit, session: PrawSession, interaction: Interaction) -> Counter[str]:
    if interaction.method == "POST":
        return _write(adapter, session, interaction)
    if interaction.path.endswith("/new"):
        names = interaction.path.split("/")[2]
        page = ReadCalls(session).page(names, None, _VIEWER)
        if page.unreadable:
            raise MalformedResponse("; ".join(page.unreadable))
        return Counter(
            {"posts": len(page.posts), "posts with a link": sum(p.url is not None for p in page.posts)}
        )
    answer = session.get(interaction.path.lstrip("/"), interaction.path, **interaction.query)
    return _count(answer)


def _write(adapter: Reddit, session: PrawSession, interaction: Interaction) -> Counter[str]:
    form = interaction.form
    number = (form.get("thing_id") or form.get("id") or "").partition("_")[2]
    ours: dict[str, Callable[[], object]] = {
        "/api/comment/": lambda: adapter.reply(number, form["text"], None),
        "/api/editusertext/": lambda: adapter.edit(number, form["text"]),
        "/api/del/": lambda: adapter.delete(number),
    }
    if interaction.path in ours:
        ours[interaction.path]()
        return Counter({f"own writes ({interaction.path})": 1})
    answer = session.write_once(lambda reddit: reddit.post(interaction.path.lstrip("/"), data=form))
    kind = (
        "comments"
        if isinstance(answer, list) and isinstance(answer[0], praw.models.Comment)
        else "other writes"
    )
    return Counter({kind: 1})


def _count(answer: Any) -> Counter[str]:
    """Count the things in a response, each parsed by the adapter's model if there is one."""
    if isinstance(answer, list):
        return sum((_count(part) for part in answer), Counter())
    if answer.get("kind") == "Listing":
        return sum((_count(child) for child in answer["data"]["children"]), Counter())
    return _READERS[_kind(answer)](answer.get("data", answer))


def _kind(thing: dict[str, Any]) -> str:
    """Revisions and accounts have no `kind`; comments in the inbox have no `link_id`."""
    if "kind" not in thing:
        return "revision" if "page" in thing else "t2"
    return "inbox" if thing["kind"] == "t1" and "link_id" not in thing["data"] else str(thing["kind"])


def _comment(data: dict[str, Any]) -> Counter[str]:
    schemas.comment_of(parse(schemas.Comment, data), _VIEWER)
    below = _count(data["replies"]) if data.get("replies") else Counter()
    return Counter({"comments": 1}) + below


def _one(name: str, parse: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], Counter[str]]:
    def read(data: dict[str, Any]) -> Counter[str]:
        parse(data)
        return Counter({name: 1})

    return read


_READERS: dict[str, Callable[[dict[str, Any]], Counter[str]]] = {
    "t1": _comment,
    "t2": _one("accounts", lambda data: parse(schemas.Account, data)),
    "t3": _one("posts", lambda data: schemas.post_of(data, _VIEWER)),
    "t5": _one("subreddits", lambda data: parse(schemas.Subreddit, data)),
    "t4": _one("messages", lambda data: message_schemas.message_of("t4", data, _VIEWER)),
    "inbox": _one("mentions and answers", lambda data: message_schemas.message_of("t1", data, _VIEWER)),
    "UserList": lambda data: Counter({"moderators": len([each["name"] for each in data["children"]])}),
    "wikipage": _one("wiki pages", lambda data: parse(message_schemas.WikiPage, data)),
    "wikipagesettings": _one("wiki settings", lambda data: parse(message_schemas.WikiSettings, data)),
    "revision": _one("wiki revisions", lambda data: (data["id"], data["timestamp"])),
}


def main(folder: str) -> int:
    replay = CassetteReplay()
    with LoopbackServer(replay.respond) as server, stamina.set_testing(True):
        for file in sorted(Path(folder).glob("*.json")):
            interactions = json.loads(file.read_text())["interactions"]
            adapter, session = _adapter(server.url), _session(server.url)
            for kept in interactions:
                replay.play(adapter, session, Interaction.of(file.stem, kept))
            adapter.close()
            session.close()
    _table(f"{replay.calls} recorded calls. Read", replay.read)
    _table("Refused", replay.refused)
    print(f"\nCould not be read: {len(replay.unreadable) or 'nothing'}")
    print("\n".join(f"  {line}" for line in replay.unreadable))
    return 1 if replay.unreadable or not replay.calls else 0


def _adapter(url: str) -> Reddit:
    return Reddit(
        account="recorded",
        client_id="app",
        client_secret="x",
        operator="nobody",
        subreddits=("askreddit",),
        token_store=NoTokenStore(),
        user_agent="",
        refresh_token="x",
        clock=_now,
        base_url=url,
    )


def _session(url: str) -> PrawSession:
    return PrawSession(
        Credentials("app", "x", refresh_token="x"),
        operator="nobody",
        rate_limits=RateLimits(_now),
        clock=_now,
        timeout=timedelta(seconds=10),
        saved_token=SavedToken(NoTokenStore(), "recorded", ("app",), _now),
        base_url=url,
    )


def _now() -> datetime:
    return datetime.now(UTC)


class NoTokenStore:
    def load(self, account: str) -> str | None:
        return None

    def save(self, account: str, token: str | None) -> None:
        """Each cassette has its own login."""


def _table(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:6d}  {name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the folder with the recordings: python -m benchmarks.reddit_cassettes DATA")
    sys.exit(main(sys.argv[1]))
