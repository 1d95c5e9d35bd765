"""Damaged API responses of Lemmy, PieFed and Reddit: an adapter returns a value or raises `PlatformError`.

The real adapters call the sandboxes over loopback, and a proxy in between changes the responses.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import prawcore.sessions
import stamina
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.errors import PlatformError
from bot.core.models import Source
from bot.platforms.base import Platform
from bot.platforms.lemmy import Lemmy
from bot.platforms.piefed import PieFed
from bot.platforms.reddit import Reddit
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.fuzz.target import Target

Mutation = tuple[str, int, Any]
_LEAVES = (None, True, 0, -1, 1 << 63, 1.5, "", "x", "\x1b[2J\u202e\n", "a" * 5000, [], {}, [[]], {"a": {}})
_DATES = ("2026-03-01T12:00:00Z", "2026-13-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "infinity")
_TEXTS = ("http://[", "https://x.example/\0", "javascript:1", "//", "@a@b", "../../", "ä" * 300)
_mutations = st.lists(
    st.tuples(
        st.sampled_from(["replace", "replace", "delete", "double", "rename", "text", "status"]),
        st.integers(0, 5000),
        st.sampled_from((*_LEAVES, *_DATES, *_TEXTS)),
    ),
    min_size=1,
    max_size=5,
)
INPUTS_PER_SERVER = 200
CALLS = (
    *("connect", "poll", "fetch_post", "own_comments", "find_deleted_posts", "inspect"),
    *("reply", "edit", "delete", "scores", "distinguish", "fetch_inbox", "own_replies_to_comment"),
    *("reply_to_comment", "send_message", "find_sent_messages", "moderators", "settings_page"),
    *("create_settings_page", "accept_invitation"),
)
VALUES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["lemmy", "lemmy-1", "piefed", "reddit"]),
        "calls": st.lists(st.sampled_from(CALLS), min_size=1, max_size=4),
        "mutations": _mutations,
        "first": st.integers(0, 6),
    }
)


class NoTokenStore:
    def load(self, account: str) -> str | None:
        return None

    def save(self, account: str, token: str | None) -> None:
        return


@dataclass
class MutatingProxy:
    """Between an adapter and a sandbox; changes all responses after the first `unchanged` ones."""

    handler: Callable[[Request], Response | Disconnect]
    mutations: list[Mutation] = field(default_factory=list)
    unchanged: int = 0

    def __call__(self, request: Request) -> Response | Disconnect:
        response = self.handler(request)
        self.unchanged -= 1
        if self.unchanged >= 0 or isinstance(response, Disconnect) or not isinstance(response.body, bytes):
            return response
        return mutate_response(response, self.mutations)


def mutate_response(response: Response, mutations: list[Mutation]) -> Response:
    for action, at, value in mutations:
        if action == "status":
            response = replace(response, status=(200, 201, 302, 400, 401, 403, 404, 429, 500, 503)[at % 10])
        elif action == "text":
            body = bytes(response.body)  # type: ignore[arg-type]
            cut = at % (len(body) + 1)
            response = replace(
                response, body=body[:cut] + (b"" if at % 2 else b"\xff<html>") + body[cut + 1 :]
            )
        else:
            response = replace(response, body=_json(bytes(response.body), action, at, value))  # type: ignore[arg-type]
    return response


def _json(body: bytes, action: str, at: int, value: Any) -> bytes:
    try:
        tree = json.loads(body)
    except ValueError:
        return body
    locations = list(_locations(tree))
    if not locations:
        return json.dumps(value).encode()
    container, key = locations[at % len(locations)]
    match action:
        case "replace":
            container[key] = value
        case "delete":
            del container[key]
        case "double" if isinstance(container, list):
            container.append(container[key])
        case _ if isinstance(container, dict):
            container[f"{key}_"] = container.pop(key)
    return json.dumps(tree).encode()


def _locations(tree: Any) -> Iterator[tuple[Any, Any]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(pairs):
        yield tree, key
        yield from _locations(value)


@dataclass
class FuzzEnvironment:
    """A server with a few posts behind a proxy, and a function that makes an adapter for it."""

    proxy: MutatingProxy
    server: LoopbackServer
    make_adapter: Callable[[], Platform]
    community: str
    person: str
    post_id: str
    comment_id: str
    own_comment_id: str
    inputs: int = 0


_environments: dict[str, FuzzEnvironment] = {}


def environment_for(kind: str) -> FuzzEnvironment:
    """The server of this kind; a new one after `INPUTS_PER_SERVER`, because a server stores all writes."""
    environment = _environments.get(kind)
    if environment is None or environment.inputs >= INPUTS_PER_SERVER:
        if environment is not None:
            environment.server.stop()
        environment = _environments[kind] = _reddit() if kind == "reddit" else _fediverse(kind)
    environment.inputs += 1
    return environment


def _fediverse(kind: str) -> FuzzEnvironment:
    options: dict[str, Any] = {"version": "1.0.0"} if kind == "lemmy-1" else {}
    server: Any = PieFedSandbox(limits=None) if kind == "piefed" else LemmySandbox(limits=None, **options)
    state = server.state
    bot = state.add_person("precis", password="right", bot_account=True)
    community, alice = state.add_community("news"), state.add_person("alice")
    posts = [state.add_post(community, alice, f"Post {n}", f"https://paper.example/{n}") for n in range(3)]
    mention = state.add_comment(posts[0], alice, f"@precis@{state.host} please")
    own = state.add_comment(posts[1], bot, "A summary.")
    bot.published -= timedelta(days=30)  # PieFed allows no private messages on the first day
    state.add_private_message(alice, bot, "Hello")
    proxy = MutatingProxy(server.handle)
    proxy_server = LoopbackServer(proxy).start()
    adapter_class = PieFed if kind == "piefed" else Lemmy

    def make_adapter() -> Platform:
        return adapter_class(
            account="home", base_url=proxy_server.url, username="precis", password="right",
            token_store=NoTokenStore(), user_agent="precis-test/1", timeout=timedelta(seconds=5),
        )  # fmt: skip

    names = f"news@{state.host}", f"alice@{state.host}"
    ids = str(posts[0].id), str(mention.id), str(own.id)
    return FuzzEnvironment(proxy, proxy_server, make_adapter, *names, *ids)


def _reddit() -> FuzzEnvironment:
    prawcore.sessions.FiniteRetryStrategy.sleep = lambda self: None  # type: ignore[method-assign]
    server = RedditSandbox(calls_per_window=1_000_000_000)
    bot = server.state.add_redditor("precis", password="right")
    subreddit, rosa = server.state.add_subreddit("news"), server.state.add_redditor("rosa")
    post = server.state.add_submission(subreddit, rosa, "Post", "https://paper.example/1")
    mention = server.state.add_comment(post, rosa, "u/precis please")
    own = server.state.add_comment(post, bot, "A summary.")
    subreddit.moderators.append(bot)
    server.state.add_private_message(rosa, "Hello", "Hello", to=bot)
    proxy = MutatingProxy(server.handle)
    proxy_server = LoopbackServer(proxy).start()

    def make_adapter() -> Platform:
        return Reddit(
            account="home", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, operator="owner",
            username="precis", password="right", subreddits=("news",), token_store=NoTokenStore(),
            user_agent="precis-test/1", timeout=timedelta(seconds=5), base_url=proxy_server.url,
            calls_per_minute=10**9,
        )  # fmt: skip

    return FuzzEnvironment(proxy, proxy_server, make_adapter, "news", "rosa", post.id, mention.id, own.id)


def check(drawn: dict[str, Any]) -> None:
    environment = environment_for(drawn["kind"])
    environment.proxy.mutations, environment.proxy.unchanged = drawn["mutations"], drawn["first"]
    platform = environment.make_adapter()
    source, post_id = Source("home", environment.community), environment.post_id
    since = datetime.now(UTC) - timedelta(days=1)
    calls: dict[str, Callable[[], object]] = {
        "connect": platform.connect,
        "poll": lambda: platform.poll(source, None, since),
        "fetch_post": lambda: platform.fetch_post(post_id),
        "own_comments": lambda: platform.own_comments(post_id),
        "find_deleted_posts": lambda: platform.find_deleted_posts((post_id, "999")),
        "inspect": lambda: platform.inspect((source,)),
        "reply": lambda: platform.reply(post_id, "Text.", "en"),
        "edit": lambda: platform.edit(environment.own_comment_id, "Text."),
        "delete": lambda: platform.delete(environment.own_comment_id),
        "scores": lambda: platform.scores((environment.own_comment_id, "999")),
        "distinguish": lambda: platform.distinguish(environment.own_comment_id, sticky=True),
    }
    messaging = platform.messaging()
    assert messaging is not None
    calls |= {
        "fetch_inbox": lambda: [messaging.mark_read(message) for message in messaging.fetch_inbox().messages],
        "own_replies_to_comment": lambda: messaging.own_replies_to_comment(post_id, environment.comment_id),
        "reply_to_comment": lambda: messaging.reply_to_comment(
            post_id, environment.comment_id, "Text.", "en"
        ),
        "send_message": lambda: messaging.send_message(environment.person, "Subject", "Text."),
        "find_sent_messages": lambda: messaging.find_sent_messages(environment.person, "Text.", since),
        "moderators": lambda: messaging.moderators(environment.community),
        "settings_page": lambda: messaging.settings_page(environment.community),
        "create_settings_page": lambda: messaging.create_settings_page(
            environment.community, "length: short"
        ),
        "accept_invitation": lambda: messaging.accept_invitation(environment.community),
    }
    try:
        with stamina.set_testing(True, attempts=1):
            for call in ("connect", *drawn["calls"]):
                with contextlib.suppress(PlatformError):
                    calls[call]()
    finally:
        platform.close()


TARGET = Target("responses", VALUES, check, 20)
