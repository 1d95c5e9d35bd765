"""Responses of the sandbox's Lemmy to each call that it has, to compare with recorded ones."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import httpx2

from bot.sandbox.lemmy import LemmySandbox


def sandbox_responses(version: str) -> dict[str, list[Any]]:
    """Call -> bodies of its successful responses."""
    responses: defaultdict[str, list[Any]] = defaultdict(list)
    prefix, login_path, make_calls = _APIS[version[0]]
    with LemmySandbox(version=version, limits=None) as sandbox:
        _add_data(sandbox)
        with httpx2.Client(base_url=sandbox.url, trust_env=False) as client:

            def call(method: str, path: str, body: Any = None, **query: Any) -> Any:
                outside = path.startswith(("/.well-known", "/nodeinfo"))
                response = client.request(
                    method, path if outside else f"{prefix}{path}", params=query or None, json=body
                )
                response.raise_for_status()
                responses[f"{method} {path}"].append(response.json())
                return response.json()

            login = {"username_or_email": "precis", "password": "right"}
            token = call("POST", login_path, login)["jwt"]
            client.headers["Authorization"] = f"Bearer {token}"
            make_calls(call)
    return dict(responses)


def _add_data(sandbox: LemmySandbox) -> None:
    state = sandbox.state
    author = state.add_person("alice", admin=True)
    state.add_person("precis", password="right", bot_account=True, bio="A bot.", display_name="Precis")
    community = state.add_community("news", description="All the news.")
    community.moderators.append(author)
    post = state.add_post(community, author, "First", "https://news.example/1")
    state.add_post(community, author, "Again", "https://news.example/1", body="Look.")
    state.add_post(community, author, "No link")
    state.add_comment(post, author, "Hello", state.add_comment(post, author, "Well"))
    bot = next(person for person in state.people.values() if person.name == "precis")
    own = state.add_comment(post, bot, "A summary from before.")
    state.add_comment(post, author, "Thank you", own)
    state.add_comment(post, author, f"@precis@{state.host} please")
    state.add_private_message(author, bot, "show")


def _make_calls_v3(call: Any) -> None:
    for path in ("/.well-known/nodeinfo", "/nodeinfo/2.1", "/site", "/user/validate_auth"):
        call("GET", path)
    created = call("POST", "/comment", {"post_id": 1, "content": "A summary."})
    own = created["comment_view"]["comment"]
    call("GET", "/post/list", type_="All", sort="New")
    call("GET", "/post", id=1)
    call("GET", "/community", name="news")
    call("POST", "/community/follow", {"community_id": 1, "follow": True})
    call("GET", "/community/list", type_="All")
    call("GET", "/comment/list", post_id=1, max_depth=1)
    call("GET", "/comment", id=own["id"])
    call("GET", "/user", person_id=own["creator_id"])
    call("GET", "/search", q="summary", type_="Comments")
    call("PUT", "/comment", {"comment_id": own["id"], "content": "A better summary."})
    call("POST", "/comment/delete", {"comment_id": own["id"], "deleted": True})
    call("PUT", "/user/save_user_settings", {"bot_account": False})
    call("POST", "/comment/like", {"comment_id": own["id"], "score": 0})
    call("GET", "/user/unread_count")
    mention = call("GET", "/user/mention", unread_only="true")["mentions"][0]
    reply = call("GET", "/user/replies", unread_only="true")["replies"][0]
    (message,) = call("GET", "/private_message/list", unread_only="true")["private_messages"]
    sender = message["private_message"]["creator_id"]
    call("POST", "/private_message", {"recipient_id": sender, "content": "Done."})
    call("GET", "/private_message/list")
    read = {"read": True}
    call("POST", "/user/mention/mark_as_read", read | {"person_mention_id": mention["person_mention"]["id"]})
    call("POST", "/comment/mark_as_read", read | {"comment_reply_id": reply["comment_reply"]["id"]})
    message_id = message["private_message"]["id"]
    call("POST", "/private_message/mark_as_read", read | {"private_message_id": message_id})


def _make_calls_v4(call: Any) -> None:
    for path in ("/.well-known/nodeinfo", "/nodeinfo/2.1", "/site", "/account", "/account/validate_auth"):
        call("GET", path)
    created = call("POST", "/comment", {"post_id": 1, "content": "A summary."})
    own = created["comment_view"]["comment"]
    call("GET", "/post/list", type_="all", sort="new")
    call("GET", "/post/list", type_="all", sort="new", limit=2)
    call("GET", "/post", id=1)
    call("GET", "/community", name="news")
    call("POST", "/community/follow", {"community_id": 1, "follow": True})
    call("GET", "/post/list", type_="subscribed", sort="new")
    call("GET", "/comment/list", post_id=1, creator_id=own["creator_id"])
    call("GET", "/comment", id=own["id"])
    call("GET", "/search", search_term="summary", type_="comments")
    call("PUT", "/comment", {"comment_id": own["id"], "content": "A better summary."})
    call("DELETE", "/comment", {"comment_id": own["id"], "deleted": True})
    call("PUT", "/account/settings/save", {"bot_account": False})
    call("POST", "/comment/like", {"comment_id": own["id"]})
    call("GET", "/account/unread_counts")
    notifications = call("GET", "/account/notification/list", type_="all", unread_only="true")["items"]
    call("GET", "/account/notification/list", type_="private_message")
    call(
        "POST",
        "/account/notification/mark_as_read",
        {"notification_id": notifications[0]["notification"]["id"]},
    )
    person = call("GET", "/person", username="alice")["person_view"]["person"]
    call("POST", "/private_message", {"recipient_id": person["id"], "content": "Done."})


_APIS = {
    "0": ("/api/v3", "/user/login", _make_calls_v3),
    "1": ("/api/v4", "/account/auth/login", _make_calls_v4),
}
"""First digit of the version -> prefix of the API, path of the login, and the function that makes calls."""
