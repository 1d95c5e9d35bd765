"""What Lemmy answers while its database is down, and while it starts.

Measured on 0.19 (two commits after 0.19.20) and on 1.0 (24 commits after 1.0.0-beta.1): the protected calls,
the token check and the login; on 0.19 also the deletion, reading and listing of comments. The answers to the
other calls of 0.19 were not measured: they are assumed to be like those about comments.
"""

from __future__ import annotations

from bot.sandbox.loopback_server import Request, Response

NO_CONNECTION = (
    "Error occurred while creating a new object: "
    "error connecting to server: Connection refused (os error 111)"
)
_FRAME = "  12: lemmy_server::start_lemmy_server::{{{{closure}}}}\n             at ./src/lib.rs:{line}:5\n"
_BACKTRACE_BYTES = 16 * 1024

STARTING = Response.from_json({"error": "Lemmy is currently starting"}, 503)
"""What both versions answer to every request while they start or migrate their database."""

_ROWS_V3 = {
    "GET /comment": "couldnt_find_comment",
    "PUT /comment": "couldnt_find_comment",
    "POST /comment/delete": "couldnt_find_comment",
    "GET /comment/list": "couldnt_get_comments",
    "POST /comment": "couldnt_find_post",
    "GET /post": "couldnt_find_post",
    "GET /post/list": "couldnt_get_posts",
    "GET /community": "couldnt_find_community",
    "GET /user": "couldnt_find_person",
    "GET /user/validate_auth": "not_logged_in",
}
_PUBLIC_CALLS = frozenset({"GET /site", "GET /search", "GET /community/list", "POST /user/login"})
_PUBLIC_CALLS_V4 = frozenset(
    {
        "GET /site",
        "GET /search",
        "GET /post",
        "GET /post/list",
        "GET /comment",
        "GET /comment/list",
        "GET /community",
        "GET /community/list",
        "GET /person",
        "POST /account/auth/login",
    }
)


def response_without_database(request: Request, prefix: str) -> Response:
    """`prefix` is that of the API version, for example "/api/v4"."""
    call = f"{request.method} {request.path.removeprefix(prefix)}"
    return _response_v4(call) if prefix == "/api/v4" else _response_v3(call)


def nodeinfo_without_database() -> Response:
    return Response(400, b"not_found", {"Content-Type": "text/plain"})


def _response_v3(call: str) -> Response:
    if call in _ROWS_V3:
        return Response.from_json({"error": _ROWS_V3[call]}, 400)
    if call in _PUBLIC_CALLS:
        return Response.from_json({"error": "unknown", "message": NO_CONNECTION}, 400)
    return Response.from_json({"error": "incorrect_login"}, 401)


def _response_v4(call: str) -> Response:
    if call == "GET /account/validate_auth":
        return Response.from_json({"error": "not_logged_in", "cause": NO_CONNECTION}, 400)
    if call in _PUBLIC_CALLS_V4:
        text = f"{NO_CONNECTION}\n\nStack backtrace:\n{_backtrace()}"
        return Response.from_json({"error": "unknown", "message": text, "cause": text}, 400)
    return Response.from_json({"error": "incorrect_login", "cause": "IncorrectLogin"}, 401)


def _backtrace() -> str:
    frames = (_FRAME.format(line=line) for line in range(1, _BACKTRACE_BYTES))
    text = ""
    while len(text) < _BACKTRACE_BYTES:
        text += next(frames)
    return text
