"""One answer of the sandbox's Lemmy for each call that it knows, to lay beside recorded ones."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import httpx2

from bot.sandbox.lemmy import LemmySandbox


def sandbox_answers() -> dict[str, list[Any]]:
    """Call -> bodies of its successful answers."""
    answers: defaultdict[str, list[Any]] = defaultdict(list)
    with LemmySandbox(limits=None) as sandbox:
        _furnish(sandbox)
        with httpx2.Client(base_url=sandbox.url, trust_env=False) as client:

            def call(method: str, path: str, body: Any = None, **query: Any) -> Any:
                outside = path.startswith(("/.well-known", "/nodeinfo"))
                response = client.request(
                    method, path if outside else f"/api/v3{path}", params=query or None, json=body
                )
                response.raise_for_status()
                answers[f"{method} {path}"].append(response.json())
                return response.json()

            login = {"username_or_email": "precis", "password": "right"}
            token = call("POST", "/user/login", login)["jwt"]
            client.headers["Authorization"] = f"Bearer {token}"
            _go_round(call)
    return dict(answers)


def _furnish(sandbox: LemmySandbox) -> None:
    world = sandbox.world
    author = world.add_person("alice", admin=True)
    world.add_person("precis", password="right", bot_account=True, bio="A bot.", display_name="Precis")
    community = world.add_community("news", description="All the news.")
    community.moderators.append(author)
    post = world.add_post(community, author, "First", "https://news.example/1")
    world.add_post(community, author, "Again", "https://news.example/1", body="Look.")
    world.add_post(community, author, "No link")
    world.add_comment(post, author, "Hello", world.add_comment(post, author, "Well"))


def _go_round(call: Any) -> None:
    for path in ("/.well-known/nodeinfo", "/nodeinfo/2.1", "/site", "/user/validate_auth"):
        call("GET", path)
    made = call("POST", "/comment", {"post_id": 1, "content": "A summary."})
    own = made["comment_view"]["comment"]
    call("GET", "/post/list", type_="All", sort="New")
    call("GET", "/post", id=1)
    call("GET", "/community", name="news")
    call("GET", "/community/list", type_="All")
    call("GET", "/comment/list", post_id=1, max_depth=1)
    call("GET", "/comment", id=own["id"])
    call("GET", "/user", person_id=own["creator_id"])
    call("GET", "/search", q="summary", type_="Comments")
    call("PUT", "/comment", {"comment_id": own["id"], "content": "A better summary."})
    call("POST", "/comment/delete", {"comment_id": own["id"], "deleted": True})
    call("PUT", "/user/save_user_settings", {"bot_account": True})
    for path in ("/user/mention", "/user/replies", "/user/unread_count", "/private_message/list"):
        call("GET", path)
