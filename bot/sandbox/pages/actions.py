"""The forms of the pages: from what a browser sends to a change of the server's state."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from bot.sandbox.loopback_server import Request
from bot.sandbox.pages.backend import ActionError, CommentAction, PageBackend, PostAction

MAX_TITLE, MAX_TEXT = 200, 40_000
"""Characters."""
_PERSON = re.compile(r"[\w.-]+", re.ASCII)
"""What a cookie can hold without quotation marks."""

Form = dict[str, str]
_Action = TypeVar("_Action", PostAction, CommentAction)


def perform(request: Request, backend: PageBackend, person: str | None) -> tuple[str, str | None]:
    """Do what a form asks for.

    Returns the path of the page to show next, and the person who was chosen, "" for nobody, or None if the
    form chooses nobody. Raises `ActionError` if the form has a mistake or the server refuses the action.
    """
    form = _read_form(request)
    if request.path == "/pages/person":
        return _safe_path(form.get("back", "/")), _choose(form, backend)
    action = _ACTIONS.get(request.path)
    if action is None:
        raise ActionError("There is no such form.", 404)
    if person is None:
        raise ActionError("Choose first who you are.")
    return action(form, backend, person), None


def _read_form(request: Request) -> Form:
    try:
        return {name: value.replace("\r\n", "\n") for name, value in request.form().items()}
    except ValueError as error:
        raise ActionError("The form is not valid UTF-8.", 400) from error


def _choose(form: Form, backend: PageBackend) -> str:
    name = form.get("person", "")
    if name and (not _PERSON.fullmatch(name) or name not in [each.name for each in backend.people()]):
        raise ActionError("Nobody of this name can be chosen.")
    return name


def _add_post(form: Form, backend: PageBackend, person: str) -> str:
    title, url = _text(form, "title", MAX_TITLE, "a title").strip(), form.get("url", "").strip()
    body = _text(form, "body", MAX_TEXT) if form.get("body") else ""
    if url and not _is_web_address(url):
        raise ActionError("A link begins with http:// or https://.", 400)
    return backend.add_post(person, form.get("community", ""), title, url or None, body).path


def _add_comment(form: Form, backend: PageBackend, person: str) -> str:
    post_id, text = form.get("post", ""), _text(form, "text", MAX_TEXT)
    comment_id = backend.add_comment(person, post_id, form.get("parent") or None, text)
    return f"{backend.post(post_id).path}#comment-{comment_id}"


def _add_message(form: Form, backend: PageBackend, person: str) -> str:
    backend.add_message(person, _text(form, "text", MAX_TEXT))
    return "/messages"


def _change_post(form: Form, backend: PageBackend, person: str) -> str:
    post_id = form.get("post", "")
    backend.change_post(person, post_id, _one_of(PostAction, form.get("action", "")))
    return backend.post(post_id).path


def _change_comment(form: Form, backend: PageBackend, person: str) -> str:
    comment_id = form.get("comment", "")
    backend.change_comment(person, comment_id, _one_of(CommentAction, form.get("action", "")))
    return f"{backend.post_of_comment(comment_id).path}#comment-{comment_id}"


def _save_settings(form: Form, backend: PageBackend, person: str) -> str:
    text = _text(form, "text", MAX_TEXT) if form.get("text", "").strip() else ""
    backend.save_settings(person, form.get("community", ""), text)
    return f"{backend.community(form['community']).path}#settings"


def _invite_bot(form: Form, backend: PageBackend, person: str) -> str:
    backend.invite_bot(person, form.get("community", ""))
    return backend.community(form["community"]).path


_ACTIONS: dict[str, Callable[[Form, PageBackend, str], str]] = {
    "/pages/post": _add_post,
    "/pages/comment": _add_comment,
    "/pages/message": _add_message,
    "/pages/change-post": _change_post,
    "/pages/change-comment": _change_comment,
    "/pages/settings": _save_settings,
    "/pages/invite": _invite_bot,
}


def _text(form: Form, name: str, most: int, what: str = "a text") -> str:
    text = form.get(name, "").replace("\0", "")
    if not text.strip():
        raise ActionError(f"Write {what}.", 400)
    if len(text) > most:
        raise ActionError(f"This is longer than {most} characters.", 400)
    return text


def _one_of(kind: type[_Action], text: str) -> _Action:
    try:
        return kind(text)
    except ValueError as error:
        raise ActionError("There is no such action.", 400) from error


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def _safe_path(path: str) -> str:
    """The path of a page here. `//host` and `/\\host` would be other sites for a browser."""
    return path if re.fullmatch(r"/(?![/\\])[\w/.~%@:-]*", path, re.ASCII) else "/"
