"""Reads recorded answers of a real PieFed with the adapter's own client and parsers, and lays the
sandbox's answers beside them; a part of `lemmy_recordings`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import stamina

from benchmarks.json_shapes import JsonShape, differences, leaf_name, optional_leaves
from benchmarks.recordings import Recording, ReplayCounts, print_counts
from bot.core.errors import PlatformError, Refused
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.api_client import ApiClient
from bot.platforms.pagination import UnreadablePost
from bot.platforms.piefed import message_schemas, schemas
from bot.platforms.piefed.login import API, PieFedLoginApi, parse_error, read_error, write_error
from bot.sandbox.lemmy.server_state import Person, ServerState
from bot.sandbox.loopback_server import LoopbackServer, Response
from bot.sandbox.piefed import PieFedSandbox

PIEFED = "PieFed"


def piefed_report(recordings: list[Recording]) -> bool:
    """Whether there is anything to complain of."""
    tally = _replay(recordings)
    print(f"\n{PIEFED}: {len(recordings)} recorded calls")
    print_counts("Read", tally.read)
    print_counts("Refusals and failures, by class", tally.errors)
    print_counts("Answered with yes, but of no use to Precis", tally.unused)
    print(f"\nCould not be read: {len(tally.unreadable) or 'nothing'}")
    print("\n".join(f"  {line}" for line in tally.unreadable))
    print("The sandbox's answers beside the real ones")
    found = _compare(recordings)
    print("\n".join(f"  {line}" for line in found) or "  no differences")
    return bool(tally.unreadable or found)


def _me() -> schemas.Person:
    published = datetime(2026, 1, 1, tzinfo=UTC)
    return schemas.Person(id=3, user_name="bot", actor_id="https://piefed.example/u/bot", published=published)


_READER = schemas.Viewer("recorded", "https://piefed.example", _me(), {})


def _posts(body: Any) -> dict[str, int]:
    page = schemas.parse_posts(body, _READER)
    bad = [post.reason for post in page.posts if isinstance(post, UnreadablePost)]
    if bad:
        raise MalformedAnswer("; ".join(bad))
    return {"posts": len(page.posts)}


def _comment(body: Any) -> dict[str, int]:
    schemas.comment_of(schemas.parse(schemas.CommentResponse, body).comment_view.comment, _READER)
    return {"comments": 1}


def _post(body: Any) -> dict[str, int]:
    schemas.post_of(schemas.parse(schemas.PostResponse, body).post_view, _READER)
    return {"posts": 1}


def _notifications(body: Any) -> dict[str, int]:
    items = [
        message_schemas.message_of(row, _READER)
        for row in schemas.parse(message_schemas.NotificationList, body).items
    ]
    messages = sum(not isinstance(item, str) for item in items)
    return {"messages": messages, "notices that are no messages": len(items) - messages}


def _letters(body: Any) -> dict[str, int]:
    listed = schemas.parse(message_schemas.PrivateMessageList, body).private_messages
    return {"messages": len([message_schemas.private_message_of(row, _READER) for row in listed])}


_READERS: dict[str, Callable[[Any], dict[str, int]]] = {
    "POST /user/login": lambda body: {"log-ins": bool(PieFedLoginApi().parse_token(body))},
    "GET /user/me": lambda body: {"accounts": bool(schemas.parse(schemas.MeResponse, body))},
    "GET /site": lambda body: {"sites": bool(schemas.parse(schemas.SiteResponse, body))},
    "GET /post/list": _posts,
    "GET /post": _post,
    "GET /community": lambda body: {"communities": bool(schemas.parse(schemas.CommunityResponse, body))},
    "GET /comment/list": lambda body: {"comments": len(schemas.parse(schemas.CommentList, body).comments)},
    "POST /community/follow": lambda body: {
        "communities": bool(schemas.parse(schemas.CommunityResponse, body))
    },
    "POST /comment": _comment,
    "PUT /comment": _comment,
    "POST /comment/delete": _comment,
    "GET /comment": _comment,
    "GET /user": lambda body: {"people": bool(schemas.parse(message_schemas.PersonResponse, body))},
    "GET /user/unread_count": lambda body: {
        "unread counts": bool(schemas.parse(message_schemas.UnreadCounts, body))
    },
    "GET /user/notifications": _notifications,
    "GET /private_message/list": _letters,
    "GET /private_message/conversation": _letters,
    "POST /private_message": lambda body: {
        "own letters": bool(schemas.parse(message_schemas.PrivateMessageResponse, body))
    },
}


def _name(recording: Recording) -> str:
    return f"{recording.method} {recording.path.removeprefix(API)}"


def _replay(recordings: list[Recording]) -> ReplayCounts:
    """Each recorded answer comes over real HTTP, so that the client's own judgement is tried too."""
    current: list[Recording] = []

    def respond(_request: object) -> Response:
        return Response(current[-1].status, current[-1].raw(), {"Content-Type": "application/json"})

    tally = ReplayCounts()
    with LoopbackServer(respond) as server, stamina.set_testing(True):
        client = ApiClient(server.url, "precis-benchmark", timedelta(seconds=10), _now, parse_error)
        for recording in recordings:
            if recording.method not in ("GET", "POST", "PUT"):
                tally.unused[_name(recording)] += 1
                continue
            current.append(recording)
            try:
                _read(client, recording, tally)
            except MalformedAnswer as error:
                tally.unreadable.append(f"{recording.name}: {error}")
        client.close()
    return tally


def _read(client: ApiClient, recording: Recording, tally: ReplayCounts) -> None:
    bucket = "comment" if _name(recording) == "POST /comment" else "other"
    call = Call(recording.method, "/replayed", bucket)
    try:
        body = client.send(call, None)
    except (ApiError, PlatformError) as error:
        tally.errors[_class_of(error, call)] += 1
        return
    reader = _READERS.get(_name(recording))
    if reader is None:
        tally.unused[_name(recording)] += 1
    else:
        tally.read.update(reader(body))


def _class_of(error: ApiError | PlatformError, call: Call) -> str:
    if isinstance(error, ApiError):
        if PieFedLoginApi().is_rate_limit(error):
            return "NotNow (a limit)"
        if PieFedLoginApi().is_token_refused(error):
            return "NotNow or AccountError, after one log-in (the token)"
        error = write_error(error, call) if call.is_write else read_error(error)
    reason = f" {error.reason.name}" if isinstance(error, Refused) else ""
    return f"{type(error).__name__}{reason}"


def _compare(recordings: list[Recording]) -> list[str]:
    real: defaultdict[str, list[Any]] = defaultdict(list)
    for recording in recordings:
        if recording.status == 200 and isinstance(recording.body, dict):
            real[_name(recording)].append(recording.body)
    everything = JsonShape.of(body for bodies in real.values() for body in bodies)
    optional, known = optional_leaves(everything), {leaf_name(path) for path in everything.types}
    found: list[str] = []
    for call, answers in _sandbox_answers().items():
        differing = differences(JsonShape.of(real[call]), JsonShape.of(answers), optional, known)
        print(f"  {call}: {len(real[call])} recorded, {len(differing)} differences")
        found += [f"{call}: {line}" for line in differing]
    return found


def _sandbox_answers() -> dict[str, list[Any]]:
    answers: defaultdict[str, list[Any]] = defaultdict(list)
    with (
        PieFedSandbox(limits=None) as sandbox,
        httpx2.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        state = sandbox.state
        author = state.add_person("alice")
        state.add_person("precis", password="right", bot_account=True)
        news = state.add_community("news", description="All the news.")
        news.moderators.append(author)
        post = state.add_post(news, author, "First", "https://news.example/1")
        state.add_post(news, author, "No link", body="Words.")
        state.add_comment(post, author, "Hello")

        def call(method: str, path: str, body: Any = None, **query: Any) -> Any:
            response = client.request(method, f"{API}{path}", params=query or None, json=body)
            response.raise_for_status()
            answers[f"{method} {path}"].append(response.json())
            return response.json()

        token = call("POST", "/user/login", {"username": "precis", "password": "right"})["jwt"]
        client.headers["Authorization"] = f"Bearer {token}"
        made = call("POST", "/comment", {"post_id": 1, "body": "A summary."})
        own = made["comment_view"]["comment"]["id"]
        for path in ("/user/me", "/site", "/site/version"):
            call("GET", path)
        call("GET", "/post/list", type_="All", sort="New", limit=1)
        call("GET", "/comment", id=own)
        call("GET", "/user", username="alice")
        _go_round_mail(call, state, author, own)
        call("GET", "/post", id=1)
        call("GET", "/community", name="news")
        call("POST", "/community/follow", {"community_id": 1, "follow": True})
        call("GET", "/comment/list", post_id=1)
        call("PUT", "/comment", {"comment_id": own, "body": "A better summary."})
        call("POST", "/comment/like", {"comment_id": own, "score": 0})
        call("PUT", "/user/save_user_settings", {"bot": True, "bio": "I am a bot."})
        call("POST", "/comment/delete", {"comment_id": own, "deleted": True})
    return dict(answers)


def _go_round_mail(call: Any, state: ServerState, author: Person, own: int) -> None:
    bot = state.people[2]
    post = state.posts[1]
    below = next(comment for comment in state.comments() if comment.id == own)
    state.add_comment(post, author, "Thank you", below)
    state.add_comment(post, author, f"@precis@{state.host} please")
    state.add_post(post.community, author, "Look", body=f"What says @precis@{state.host}?")
    state.add_private_message(author, bot, "show")
    call("GET", "/user/unread_count")
    call("GET", "/user/mentions", unread_only="true")
    call("GET", "/user/replies", unread_only="true")
    told = call("GET", "/user/notifications", status="Unread")["items"]
    call("PUT", "/user/notification_state", {"notif_id": told[0]["notif_id"], "read_state": True})
    call("POST", "/private_message", {"recipient_id": author.id, "content": "This holds."})
    call("GET", "/private_message/conversation", person_id=author.id)
    (letter,) = call("GET", "/private_message/list", unread_only="true", limit=5)["private_messages"]
    number = letter["private_message"]["id"]
    call("POST", "/private_message/mark_as_read", {"private_message_id": number, "read": True})


def _now() -> datetime:
    return datetime.now(UTC)
