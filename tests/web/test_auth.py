"""Authorization, and the headers of every response."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NoReturn

import httpx2
import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.operations.health import Health
from bot.web.context import PageContext
from bot.web.sessions import COOKIE, new_session
from tests.conftest import START, Clock
from tests.web.conftest import TOKEN, served, with_token

PATHS = (
    "/",
    "/posts",
    "/posts/1",
    "/settings",
    "/community",
    "/preview",
    "/login",
    "/nothing",
    "/static/precis.css",
)
HTML = {"accept": "text/html"}


def test_every_response_has_the_security_headers(full_context: PageContext) -> None:
    with served(full_context) as client:
        for path in (*PATHS, "/healthz", "/metrics"):
            answer = client.get(path)
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'; "), path
            assert "unsafe" not in policy
            assert "http" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-store"
            assert "server" not in answer.headers


def test_no_page_has_inline_scripts_or_styles_or_loads_from_other_sites(full_context: PageContext) -> None:
    with served(full_context) as client:
        for path in PATHS[:-1]:
            html = client.get(path).text
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html), path
            loaded = re.findall(r"<(?:script|link|img|source|iframe)[^>]*(?:src|href)=\"([^\"]+)", html)
            assert loaded
            assert all(address.startswith("/static/") for address in loaded), path


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8642", "127.0.0.1.evil.example", "[::1", ""])
def test_other_host_names_are_refused(context: PageContext, host: str) -> None:
    with served(context) as client:
        assert client.get("/", headers={"host": host}).status_code in {400, 421}
        assert client.get("/healthz", headers={"host": host}).status_code in {400, 421}


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "LOCALHOST:8642", "[::1]:8642"])
def test_local_host_names_are_accepted(context: PageContext, host: str) -> None:
    with served(context) as client:
        assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://["},
    ],
)
def test_forms_of_other_sites_are_refused(context: PageContext, headers: dict[str, str]) -> None:
    with served(context) as client:
        for path in ("/preview", "/login"):
            assert (
                client.post(path, headers=headers, data={"url": "https://paper.example/"}).status_code == 403
            )


def test_without_the_token_no_page_is_shown(full_context: PageContext) -> None:
    with served(with_token(full_context)) as client:
        for path in (
            "/",
            "/posts",
            "/posts/1",
            "/settings",
            "/community",
            "/preview",
            "/metrics",
            "/nothing",
        ):
            assert client.get(path).status_code == 401
            answer = client.get(path, headers=HTML)
            assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert client.get("/", headers={"authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/", headers={"cookie": f"{COOKIE}={TOKEN}"}).status_code == 401
        assert client.get("/loginx").status_code != 200


def test_the_token_works_in_a_header_and_in_the_form(full_context: PageContext) -> None:
    with served(with_token(full_context)) as client:
        assert client.get("/", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert client.get(
            "/", headers={"host": "status.example", "authorization": f"Bearer {TOKEN}"}
        ).is_success
        wrong = client.post("/login", data={"token": "guess"})
        assert (wrong.status_code, "set-cookie" in wrong.headers) == (403, False)
        right = client.post("/login", data={"token": TOKEN})
        assert (right.status_code, right.headers["location"]) == (303, "/")
        cookie = right.headers["set-cookie"]
        assert TOKEN not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert client.get("/", headers={"cookie": cookie.partition(";")[0]}).status_code == 200


def test_a_session_is_random_and_ends_with_its_token(full_context: PageContext) -> None:
    first, second = new_session(TOKEN), new_session(TOKEN)
    assert first != second
    nonce, _, signature = first.partition(".")
    with served(with_token(full_context)) as client:
        for cookie, status in (
            (first, 200),
            (second, 200),
            (new_session(TOKEN + "x"), 401),
            (f"{second.partition('.')[0]}.{signature}", 401),
            (f"{nonce}.", 401),
            (nonce, 401),
            ("", 401),
            ("é.é", 401),
        ):
            headers = {"cookie": f"{COOKIE}={cookie}".encode()}
            assert client.get("/", headers=headers).status_code == status, cookie


def health_with_a_stuck_job() -> Health:
    now = [0.0]
    health = Health(Clock(), lambda: now[0])
    health.register("poll main", timedelta(seconds=60), timedelta(seconds=120))
    health.started("poll main")
    now[0] = 3600.0
    return health


def test_healthz_shows_details_only_with_the_token(context: PageContext) -> None:
    with served(context) as client:
        assert client.get("/healthz").json() == {"status": "ok", "troubles": []}
    ill = replace(context, health=health_with_a_stuck_job())
    with served(ill) as client:
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json()["troubles"] == ["The job “poll main” has been running for 60 minutes."]
    with served(with_token(ill)) as client:
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()) == (503, {"status": "unhealthy"})


def test_healthz_fails_if_the_database_does_not_answer(context: PageContext) -> None:
    with served(context) as client:
        with context.database.write_transaction() as connection:
            connection.exec_driver_sql("DROP TABLE muted_communities")
        answer = client.get("/healthz")
        assert answer.status_code == 503
        (trouble,) = answer.json()["troubles"]
        assert "precis restore" in trouble


def test_pages_without_a_daemon_report_stale_polls(full_context: PageContext, context: PageContext) -> None:
    with served(replace(full_context, health=None)) as client:
        assert client.get("/healthz").status_code == 200
    later = Clock(START + timedelta(hours=2))
    with served(replace(full_context, health=None, clock=later)) as client:
        (trouble,) = client.get("/healthz").json()["troubles"]
        assert trouble == "No source has been polled for 2 hours. Is the daemon running?"
        assert "Is the daemon running?" in client.get("/").text
    with served(replace(context, health=None)) as client:
        assert client.get("/healthz").json()["troubles"][0].startswith("No source has been polled yet.")


def test_a_page_that_fails_does_not_affect_the_others(context: PageContext) -> None:
    def fail() -> NoReturn:
        raise RuntimeError("a bug")

    with served(replace(context, clock=fail)) as client:
        with capture_logs() as lines:
            answer = client.get("/")
        assert [(line["event"], line["path"]) for line in lines] == [("a page failed", "/")]
        assert answer.headers["content-security-policy"]
        assert (answer.status_code, answer.text) == (
            500,
            "This page failed (RuntimeError). See the log.\n",
        )
        assert client.get("/preview").status_code == 200


def test_a_body_that_is_too_large_is_refused_without_an_error_in_the_log(context: PageContext) -> None:
    with capture_logs() as logs, served(context) as client:
        answer = client.post("/preview", files={"file": ("a.html", b"x" * 11_000_000)})
        assert answer.status_code == 413
    assert logs == []


def test_static_files_have_no_path_traversal(context: PageContext) -> None:
    with served(context) as client:
        for path in ("/static/../site.py", "/static/%2e%2e/site.py", "/static//etc/passwd"):
            assert client.get(httpx2.URL(str(client.base_url) + path.lstrip("/"))).status_code == 404
