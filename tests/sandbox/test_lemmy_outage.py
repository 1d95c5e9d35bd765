"""The sandbox's Lemmy answers as real servers did whose database was down, or that were starting."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from bot.operations.tls import system_tls_context
from bot.sandbox.lemmy import LemmySandbox
from tests.platforms.clock import ManualClock

V3, V4 = "0.19.20", "1.0.0-beta.1"
NO_CONNECTION = "Error occurred while creating a new object"
COMMENT = {"comment_id": 1, "deleted": True}
LOGIN = {"username_or_email": "precis", "password": "right"}


def answer(
    version: str, method: str, path: str, body: Any = None, *, starting: bool = False
) -> tuple[int, Any]:
    """The answer to a logged-in account for which everything that is asked for exists."""
    clock = ManualClock()
    with LemmySandbox(version=version, clock=clock, limits=None) as server:
        state = server.state
        bot = state.add_person("precis", password="right")
        state.add_comment(state.add_post(state.add_community("news"), bot, "A title"), bot, "A summary.")
        token = server.create_token(bot)
        outage = server.startup if starting else server.outage
        outage.begin(timedelta(seconds=15))
        with httpx2.Client(base_url=server.url, trust_env=False, verify=system_tls_context()) as http:
            headers = {"Authorization": f"Bearer {token}"}
            response = http.request(method, f"/api/{path}", json=body, headers=headers)
            clock.advance(seconds=15)
            assert http.request("GET", f"/api/{path[:2]}/site", headers=headers).status_code == 200
        return response.status_code, response.json()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "v3/user/unread_count", None, 401, "incorrect_login"),
        ("GET", "v3/user/validate_auth", None, 400, "not_logged_in"),
        ("POST", "v3/comment/delete", COMMENT, 400, "couldnt_find_comment"),
        ("GET", "v3/comment?id=1", None, 400, "couldnt_find_comment"),
        ("GET", "v3/comment/list?post_id=1", None, 400, "couldnt_get_comments"),
    ],
)
def test_lemmy_0_19_without_its_database(method: str, path: str, body: Any, status: int, code: str) -> None:
    assert answer(V3, method, path, body) == (status, {"error": code})


def test_a_log_in_on_0_19_names_the_connection() -> None:
    status, body = answer(V3, "POST", "v3/user/login", LOGIN)
    assert (status, body["error"]) == (400, "unknown")
    assert body["message"].startswith(NO_CONNECTION)


@pytest.mark.parametrize("path", ["v4/account", "v4/account/unread_counts"])
def test_a_protected_call_on_1_0_names_the_login_as_the_cause(path: str) -> None:
    assert answer(V4, "GET", path) == (401, {"error": "incorrect_login", "cause": "IncorrectLogin"})


def test_the_token_check_on_1_0_names_the_connection_as_the_cause() -> None:
    status, body = answer(V4, "GET", "v4/account/validate_auth")
    assert (status, body["error"]) == (400, "not_logged_in")
    assert body["cause"].startswith(NO_CONNECTION)


def test_a_log_in_on_1_0_has_a_backtrace_of_16_kb() -> None:
    status, body = answer(V4, "POST", "v4/account/auth/login", LOGIN)
    assert (status, body["error"]) == (400, "unknown")
    assert body["message"].startswith(NO_CONNECTION)
    assert 16_000 < len(body["message"]) < 18_000


@pytest.mark.parametrize(("version", "path"), [(V3, "v3/site"), (V4, "v4/account")])
def test_a_server_that_starts_answers_503_to_everything(version: str, path: str) -> None:
    assert answer(version, "GET", path, starting=True) == (503, {"error": "Lemmy is currently starting"})
