"""Requests to the pages: which page is shown, and who has been chosen to act."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.cookies import CookieError, SimpleCookie
from importlib.resources import files
from typing import Any

from bot.sandbox.loopback_server import Request, Response
from bot.sandbox.pages.actions import perform
from bot.sandbox.pages.backend import ActionError, PageBackend, PersonView
from bot.sandbox.pages.request_guard import SECURITY_HEADERS, refusal
from bot.sandbox.pages.templating import make_environment

_HTML = "text/html; charset=utf-8"
_STATIC = {"pages.css": "text/css; charset=utf-8", "live.js": "text/javascript; charset=utf-8"}
_MAX_POSTS = 100
"""On one page."""


class SandboxPages:
    """Answers the requests that `is_page` accepts; all others are for the API of the server."""

    def __init__(self, backend: PageBackend, lock: AbstractContextManager[object]) -> None:
        self._backend = backend
        self._lock = lock
        self._environment = make_environment(backend.words)
        prefix, post = (
            re.escape(text) for text in (backend.words.community_prefix, backend.words.post_prefix)
        )
        routes: tuple[tuple[str, Callable[..., Response]], ...] = (
            (r"/", self._home),
            (rf"{prefix}([^/]+)/?", self._community),
            (rf"{post}([^/]+)/?", self._post),
            (r"/comments/([^/]+)/[^/]+/([^/]+)/?", self._comment_of_post),
            (r"/r/[^/]+/comments/([^/]+)(?:/[^/]*)?/?", self._post),
            (r"/r/[^/]+/comments/([^/]+)/[^/]+/([^/]+)/?", self._comment_of_post),
            (r"/comment/([^/]+)", self._comment),
            (r"/messages", self._messages),
            (r"/pages/([\w.]+)", self._file),
        )
        self._routes = tuple((re.compile(pattern), route) for pattern, route in routes)

    def is_page(self, request: Request) -> bool:
        """Whether a browser asks for a page. The API of Reddit has the same paths, with a token."""
        if request.headers.get("Authorization") is not None:
            return False
        if request.method == "POST":
            return request.path.startswith("/pages/")
        return request.method in ("GET", "HEAD") and self._find(request.path) is not None

    def respond(self, request: Request) -> Response:
        refused = refusal(request)
        if refused is not None:
            return _plain(*refused)
        with self._lock:
            try:
                return self._respond_or_raise(request)
            except ActionError as error:
                return self._render(request, "error.html", status=error.status, message=str(error))

    def _respond_or_raise(self, request: Request) -> Response:
        if request.method == "POST":
            person = self._person(request)
            location, chosen = perform(request, self._backend, None if person is None else person.name)
            headers = {"Location": location}
            if chosen is not None:
                headers["Set-Cookie"] = f"{_cookie_name(request)}={chosen}; Path=/; HttpOnly; SameSite=Strict"
            return Response(303, b"", {**SECURITY_HEADERS, **headers})
        found = self._find(request.path)
        assert found is not None  # `is_page`
        route, parts = found
        return route(request, *parts)

    def _find(self, path: str) -> tuple[Callable[..., Response], tuple[str, ...]] | None:
        for pattern, route in self._routes:
            if match := pattern.fullmatch(path):
                return route, match.groups()
        return None

    def _home(self, request: Request) -> Response:
        posts = self._backend.posts(_MAX_POSTS)
        return self._render(request, "home.html", communities=self._backend.communities(), posts=posts)

    def _community(self, request: Request, name: str) -> Response:
        community = self._backend.community(name)
        posts = self._backend.posts(_MAX_POSTS, name)
        return self._render(request, "community.html", community=community, posts=posts)

    def _post(self, request: Request, post_id: str) -> Response:
        post, comments = self._backend.post(post_id), self._backend.comments(post_id)
        return self._render(request, "post.html", post=post, comments=comments)

    def _comment(self, request: Request, comment_id: str) -> Response:
        path = self._backend.post_of_comment(comment_id).path
        return Response(303, b"", {**SECURITY_HEADERS, "Location": f"{path}#comment-{comment_id}"})

    def _comment_of_post(self, request: Request, _post_id: str, comment_id: str) -> Response:
        return self._comment(request, comment_id)

    def _messages(self, request: Request) -> Response:
        person = self._person(request)
        messages = [] if person is None else self._backend.messages(person.name)
        return self._render(request, "messages.html", messages=messages)

    def _file(self, request: Request, name: str) -> Response:
        if name not in _STATIC:
            raise ActionError("There is no such page.", 404)
        body = files("bot.sandbox.pages").joinpath("static", name).read_bytes()
        return Response(200, body, {**SECURITY_HEADERS, "Content-Type": _STATIC[name]})

    def _person(self, request: Request) -> PersonView | None:
        """Who has been chosen in this browser."""
        try:
            cookies = SimpleCookie(request.headers.get("Cookie", ""))
        except CookieError:
            return None
        cookie = cookies.get(_cookie_name(request))
        people = self._backend.people()
        return next((each for each in people if cookie is not None and each.name == cookie.value), None)

    def _render(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        html = self._environment.get_template(template).render(
            words=self._backend.words,
            bot=self._backend.bot,
            people=self._backend.people(),
            person=self._person(request),
            now=self._backend.now(),
            path=request.path,
            **values,
        )
        return Response(status, html.encode(errors="replace"), {**SECURITY_HEADERS, "Content-Type": _HTML})


def _cookie_name(request: Request) -> str:
    """A name of its own for each port, because browsers share cookies between the ports of a host."""
    return f"person{request.headers.get('Host', '').rpartition(':')[2]}"


def _plain(status: int, text: str) -> Response:
    return Response(
        status, f"{text}\n".encode(), {**SECURITY_HEADERS, "Content-Type": "text/plain; charset=utf-8"}
    )
