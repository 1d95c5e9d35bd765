"""Answers of Lemmy, PieFed and Reddit with parts lost, swapped and poisoned: a value or a PlatformError.

The real adapters speak to the sandboxes over loopback; a front in between changes what comes back.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import prawcore.sessions
import stamina
from hypothesis import strategies as st

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
INPUTS_A_SERVER = 200
CALLS = (
    *("connect", "poll", "reread", "own_replies", "vanished", "inspect", "reply", "edit", "delete"),
    *("scores", "distinguish", "inbox", "own_below", "reply_below", "write_to", "own_letters"),
    *("moderators", "rules_page", "begin_rules_page", "accept_invitation"),
)
VALUES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["lemmy", "lemmy-1", "piefed", "reddit"]),
        "calls": st.lists(st.sampled_from(CALLS), min_size=1, max_size=4),
        "mutations": _mutations,
        "from": st.integers(0, 6),
    }
)


class NoTokenStore:
    def load(self, account: str) -> str | None:
        return None

    def save(self, account: str, token: str | None) -> None:
        return


@dataclass
class MutatingProxy:
    """Between an adapter and a sandbox; changes all answers from the n-th of a life on."""

    inner: Callable[[Request], Response | Disconnect]
    mutations: list[Mutation] = field(default_factory=list)
    spared: int = 0

    def __call__(self, request: Request) -> Response | Disconnect:
        answer = self.inner(request)
        self.spared -= 1
        if self.spared >= 0 or isinstance(answer, Disconnect) or not isinstance(answer.body, bytes):
            return answer
        return mutate_response(answer, self.mutations)


def mutate_response(answer: Response, mutations: list[Mutation]) -> Response:
    for act, at, value in mutations:
        if act == "status":
            answer = replace(answer, status=(200, 201, 302, 400, 401, 403, 404, 429, 500, 503)[at % 10])
        elif act == "text":
            body = bytes(answer.body)  # type: ignore[arg-type]
            cut = at % (len(body) + 1)
            answer = replace(answer, body=body[:cut] + (b"" if at % 2 else b"\xff<html>") + body[cut + 1 :])
        else:
            answer = replace(answer, body=_json(bytes(answer.body), act, at, value))  # type: ignore[arg-type]
    return answer


def _json(body: bytes, act: str, at: int, value: Any) -> bytes:
    try:
        tree = json.loads(body)
    except ValueError:
        return body
    places = list(_places(tree))
    if not places:
        return json.dumps(value).encode()
    holder, key = places[at % len(places)]
    match act:
        case "replace":
            holder[key] = value
        case "delete":
            del holder[key]
        case "double" if isinstance(holder, list):
            holder.append(holder[key])
        case _ if isinstance(holder, dict):
            holder[f"{key}_"] = holder.pop(key)
    return json.dumps(tree).encode()


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in list(pairs):
        yield tree, key
        yield from _places(value)


@dataclass
class FuzzEnvironment:
    """A server with a few posts, its front, and what makes a fresh adapter that speaks to it."""

    front: MutatingProxy
    server: LoopbackServer
    adapter: Callable[[], Platform]
    community: str
    person: str
    post_id: str
    comment_id: str
    own_id: str
    inputs: int = 0


_stages: dict[str, FuzzEnvironment] = {}


def environment_for(kind: str) -> FuzzEnvironment:
    """The server of this kind; a new one after `INPUTS_A_SERVER`, for a server keeps all that was written."""
    made = _stages.get(kind)
    if made is None or made.inputs >= INPUTS_A_SERVER:
        if made is not None:
            made.server.stop()
        made = _stages[kind] = _reddit() if kind == "reddit" else _federated(kind)
    made.inputs += 1
    return made


def _federated(kind: str) -> FuzzEnvironment:
    options: dict[str, Any] = {"version": "1.0.0"} if kind == "lemmy-1" else {}
    server: Any = PieFedSandbox(limits=None) if kind == "piefed" else LemmySandbox(limits=None, **options)
    world = server.world
    bot = world.add_person("precis", password="right", bot_account=True)
    place, alice = world.add_community("news"), world.add_person("alice")
    posts = [world.add_post(place, alice, f"Post {n}", f"https://paper.example/{n}") for n in range(3)]
    asked = world.add_comment(posts[0], alice, f"@precis@{world.host} please")
    own = world.add_comment(posts[1], bot, "A summary.")
    bot.published -= timedelta(days=30)  # PieFed lets nobody write letters on the first day
    world.add_letter(alice, bot, "Hello")
    front = MutatingProxy(server.respond)
    outer = LoopbackServer(front).start()
    made = PieFed if kind == "piefed" else Lemmy

    def adapter() -> Platform:
        return made(
            account="home", base_url=outer.url, username="precis", password="right", token_store=NoTokenStore(),
            user_agent="precis-test/1", timeout=timedelta(seconds=5),
        )  # fmt: skip

    here = f"news@{world.host}", f"alice@{world.host}"
    return FuzzEnvironment(front, outer, adapter, *here, str(posts[0].id), str(asked.id), str(own.id))


def _reddit() -> FuzzEnvironment:
    prawcore.sessions.FiniteRetryStrategy.sleep = lambda self: None  # type: ignore[method-assign]
    server = RedditSandbox(calls_per_window=1_000_000_000)
    bot = server.state.add_redditor("precis", password="right")
    place, rosa = server.state.add_subreddit("news"), server.state.add_redditor("rosa")
    post = server.state.add_submission(place, rosa, "Post", "https://paper.example/1")
    asked = server.state.add_comment(post, rosa, "u/precis please")
    own = server.state.add_comment(post, bot, "A summary.")
    place.moderators.append(bot)
    server.state.add_private_message(rosa, "Hello", "Hello", to=bot)
    front = MutatingProxy(server.handle)
    outer = LoopbackServer(front).start()

    def adapter() -> Platform:
        return Reddit(
            account="home", client_id=CLIENT_ID, client_secret=CLIENT_SECRET, operator="owner",
            username="precis", password="right", subreddits=("news",), token_store=NoTokenStore(),
            user_agent="precis-test/1", timeout=timedelta(seconds=5), base_url=outer.url,
            calls_per_minute=10**9,
        )  # fmt: skip

    return FuzzEnvironment(front, outer, adapter, "news", "rosa", post.id, asked.id, own.id)


def check(drawn: dict[str, Any]) -> None:
    on = environment_for(drawn["kind"])
    on.front.mutations, on.front.spared = drawn["mutations"], drawn["from"]
    platform = on.adapter()
    source, post_id = Source("home", on.community), on.post_id
    since = datetime.now(UTC) - timedelta(days=1)
    acts: dict[str, Callable[[], object]] = {
        "connect": platform.connect,
        "poll": lambda: platform.poll(source, None, since),
        "reread": lambda: platform.fetch_post(post_id),
        "own_replies": lambda: platform.own_comments(post_id),
        "vanished": lambda: platform.find_deleted_posts((post_id, "999")),
        "inspect": lambda: platform.inspect((source,)),
        "reply": lambda: platform.reply(post_id, "Text.", "en"),
        "edit": lambda: platform.edit(on.own_id, "Text."),
        "delete": lambda: platform.delete(on.own_id),
        "scores": lambda: platform.scores((on.own_id, "999")),
        "distinguish": lambda: platform.distinguish(on.own_id, sticky=True),
    }
    mail = platform.messaging()
    assert mail is not None
    acts |= {
        "inbox": lambda: [mail.mark_read(message) for message in mail.fetch_inbox().messages],
        "own_below": lambda: mail.own_replies_to_comment(post_id, on.comment_id),
        "reply_below": lambda: mail.reply_to_comment(post_id, on.comment_id, "Text.", "en"),
        "write_to": lambda: mail.send_message(on.person, "Subject", "Text."),
        "own_letters": lambda: mail.find_sent_messages(on.person, "Text.", since),
        "moderators": lambda: mail.moderators(on.community),
        "rules_page": lambda: mail.settings_page(on.community),
        "begin_rules_page": lambda: mail.create_settings_page(on.community, "length: short"),
        "accept_invitation": lambda: mail.accept_invitation(on.community),
    }
    try:
        with stamina.set_testing(True, attempts=1):
            for call in ("connect", *drawn["calls"]):
                with contextlib.suppress(PlatformError):
                    acts[call]()
    finally:
        platform.close()


TARGET = Target("answers", VALUES, check, 20)
