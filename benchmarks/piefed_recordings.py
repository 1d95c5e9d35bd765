"""Replays recorded responses of a real PieFed to the adapter's own client and parsers, and compares the
sandbox's responses with them; a part of `benchmarks.lemmy_recordings`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2

from benchmarks.recordings import ParseResponse, Recording, print_comparison, print_replay, replay
from bot.core.errors import PlatformError
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.pagination import UnreadablePost
from bot.platforms.piefed import message_schemas, schemas
from bot.platforms.piefed.login import API, PieFedLoginApi, parse_error, read_error, write_error
from bot.sandbox.lemmy.server_state import Person, ServerState
from bot.sandbox.piefed import PieFedSandbox

PIEFED = "PieFed"
_NOW = datetime(2026, 12, 1, tzinfo=UTC)


def piefed_report(recordings: list[Recording]) -> bool:
    """Print the report. Returns whether anything cannot be read or differs."""
    recordings = [replace(each, path=each.path.removeprefix(API)) for each in recordings]
    known = [each for each in recordings if each.method in ("GET", "POST", "PUT")]
    counts = replay(known, _PARSERS, parse_error, _make_call, _error_name)
    counts.unused.update(each.call for each in recordings if each not in known)
    print_replay(PIEFED, recordings, counts)
    return bool(print_comparison(recordings, _sandbox_responses()) or counts.unreadable)


def _me() -> schemas.Person:
    published = datetime(2026, 1, 1, tzinfo=UTC)
    return schemas.Person(id=3, user_name="bot", actor_id="https://piefed.example/u/bot", published=published)


_READER = schemas.Viewer("recorded", "https://piefed.example", _me(), {})


def _posts(body: Any) -> dict[str, int]:
    page = schemas.parse_posts(body, _READER, _NOW)
    bad = [post.reason for post in page.posts if isinstance(post, UnreadablePost)]
    if bad:
        raise MalformedResponse("; ".join(bad))
    return {"posts": len(page.posts)}


def _comment(body: Any) -> dict[str, int]:
    schemas.comment_of(parse(schemas.CommentResponse, body).comment_view.comment, _READER)
    return {"comments": 1}


def _post(body: Any) -> dict[str, int]:
    schemas.post_of(parse(schemas.PostResponse, body).post_view, _READER, _NOW)
    return {"posts": 1}


def _notifications(body: Any) -> dict[str, int]:
    items = [
        message_schemas.message_of(row, _READER)
        for row in parse(message_schemas.NotificationList, body).items
    ]
    messages = sum(not isinstance(item, str) for item in items)
    return {"messages": messages, "notifications without a message": len(items) - messages}


def _letters(body: Any) -> dict[str, int]:
    listed = parse(message_schemas.PrivateMessageList, body).private_messages
    return {"messages": len([message_schemas.private_message_of(row, _READER) for row in listed])}


_PARSERS: dict[str, ParseResponse] = {
    "POST /user/login": lambda body: {"logins": bool(PieFedLoginApi().parse_token(body))},
    "GET /user/me": lambda body: {"accounts": bool(parse(schemas.MeResponse, body))},
    "GET /site": lambda body: {"sites": bool(parse(schemas.SiteResponse, body))},
    "GET /post/list": _posts,
    "GET /post": _post,
    "GET /community": lambda body: {"communities": bool(parse(schemas.CommunityResponse, body))},
    "GET /comment/list": lambda body: {"comments": len(parse(schemas.CommentList, body).comments)},
    "POST /community/follow": lambda body: {"communities": bool(parse(schemas.CommunityResponse, body))},
    "POST /comment": _comment,
    "PUT /comment": _comment,
    "POST /comment/delete": _comment,
    "GET /comment": _comment,
    "GET /user": lambda body: {"people": bool(parse(message_schemas.PersonResponse, body))},
    "GET /user/unread_count": lambda body: {"unread counts": bool(parse(message_schemas.UnreadCounts, body))},
    "GET /user/notifications": _notifications,
    "GET /private_message/list": _letters,
    "GET /private_message/conversation": _letters,
    "POST /private_message": lambda body: {
        "own letters": bool(parse(message_schemas.PrivateMessageResponse, body))
    },
}


def _make_call(recording: Recording) -> Call:
    bucket = "comment" if recording.call == "POST /comment" else "other"
    return Call(recording.method, "/replayed", bucket)


def _error_name(error: ApiError, _recording: Recording, call: Call) -> str | PlatformError:
    if PieFedLoginApi().is_rate_limit(error):
        return "NotNow (a rate limit)"
    if PieFedLoginApi().is_token_refused(error):
        return "NotNow or AccountError, after one login (the token)"
    return write_error(error, call) if call.is_write else read_error(error)


def _sandbox_responses() -> dict[str, list[Any]]:
    responses: defaultdict[str, list[Any]] = defaultdict(list)
    with (
        PieFedSandbox(limits=None, host="piefed.example") as sandbox,
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
            responses[f"{method} {path}"].append(response.json())
            return response.json()

        token = call("POST", "/user/login", {"username": "precis", "password": "right"})["jwt"]
        client.headers["Authorization"] = f"Bearer {token}"
        created = call("POST", "/comment", {"post_id": 1, "body": "A summary."})
        own = created["comment_view"]["comment"]["id"]
        for path in ("/user/me", "/site", "/site/version"):
            call("GET", path)
        call("GET", "/post/list", type_="All", sort="New", limit=1)
        call("GET", "/comment", id=own)
        call("GET", "/user", username="alice")
        _make_message_calls(call, state, author, own)
        call("GET", "/post", id=1)
        call("GET", "/community", name="news")
        call("POST", "/community/follow", {"community_id": 1, "follow": True})
        call("GET", "/comment/list", post_id=1)
        call("PUT", "/comment", {"comment_id": own, "body": "A better summary."})
        call("POST", "/comment/like", {"comment_id": own, "score": 0})
        call("PUT", "/user/save_user_settings", {"bot": True, "bio": "I am a bot."})
        call("POST", "/comment/delete", {"comment_id": own, "deleted": True})
    return dict(responses)


def _make_message_calls(call: Any, state: ServerState, author: Person, own: int) -> None:
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
    notifications = call("GET", "/user/notifications", status="Unread")["items"]
    call("PUT", "/user/notification_state", {"notif_id": notifications[0]["notif_id"], "read_state": True})
    call("POST", "/private_message", {"recipient_id": author.id, "content": "Done."})
    call("GET", "/private_message/conversation", person_id=author.id)
    (message,) = call("GET", "/private_message/list", unread_only="true", limit=5)["private_messages"]
    number = message["private_message"]["id"]
    call("POST", "/private_message/mark_as_read", {"private_message_id": number, "read": True})
