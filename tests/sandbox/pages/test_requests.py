"""What the pages refuse, escape and leave to the API."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest

from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.sandbox.pages.conftest import PagesServer

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> [x](javascript:alert(1)) {{ 'q' * 9 }}"


def assert_harmless(html: str) -> None:
    assert html.count("<script") == 1  # live.js
    assert re.search(r"<img|<[^>]*\sonerror=|href=\"javascript:|q{9}", html) is None


def test_hostile_texts_are_escaped_everywhere(pages: PagesServer) -> None:
    body = {"selftext": HOSTILE} if pages.is_reddit else {"body": HOSTILE}
    post = pages.add_post(HOSTILE, "javascript:alert(1)", **body)
    pages.add_bot_comment(post, HOSTILE)
    pages.act_as("mona")
    pages.send("message", text=HOSTILE)
    pages.send("settings", community="news", text=f"</textarea>{HOSTILE}")
    for path in ("/", pages.community_path, pages.post_path(post), "/messages"):
        html = pages.get(path)
        assert "alert(1)" in html, path
        assert_harmless(html)
    assert pages.get(pages.community_path).count("</textarea>") == 2  # of the two forms


@pytest.mark.parametrize(
    ("url", "is_link"), [("http://[", True), ("HTTPS://paper.example/x", True), ("data:text/html,x", False)]
)
def test_any_link_of_a_post_can_be_shown(pages: PagesServer, url: str, is_link: bool) -> None:
    post = pages.add_post(url=url)
    assert (f'href="{url}"' in pages.get(pages.post_path(post))) == is_link


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::1"])
def test_other_host_names_are_refused(pages: PagesServer, host: str) -> None:
    response = pages.http.get("/", headers={"Host": host})
    assert (response.status_code, "<" in response.text) == (421, False)
    post = pages.http.post("/pages/post", headers={"Host": host, "Origin": f"http://{host}"}, data={"a": "b"})
    assert post.status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", None])
def test_forms_of_other_sites_are_refused(pages: PagesServer, origin: str | None) -> None:
    pages.act_as("alice")
    pages.http.headers.pop("Origin")
    headers = {} if origin is None else {"Origin": origin}
    fields = {"community": "news", "title": "x", "url": ""}
    assert pages.http.post("/pages/post", data=fields, headers=headers).status_code == 403
    assert pages.posts() == []


def test_localhost_is_a_name_of_this_machine(pages: PagesServer) -> None:
    port = pages.sandbox.url.rpartition(":")[2]
    assert pages.http.get("/", headers={"Host": f"localhost:{port}"}).status_code == 200


def test_nobody_acts_before_a_choice(pages: PagesServer) -> None:
    post = pages.add_post()
    assert pages.send("comment", post=str(post.id), text="x").status_code == 403
    assert "Choose above who you are." in pages.get("/")
    pages.act_as("alice")
    assert "Choose above" not in pages.get("/")
    pages.act_as("")
    assert "Choose above" in pages.get("/")


@pytest.mark.parametrize("name", ["precis", "nobody", "alice; Path=/x", "Ünal"])
def test_only_people_without_a_password_can_be_chosen(pages: PagesServer, name: str) -> None:
    response = pages.send("person", person=name, back="/")
    assert (response.status_code, "Set-Cookie" in response.headers) == (403, False)
    pages.http.cookies.clear()
    port = pages.sandbox.url.rpartition(":")[2]
    forged = pages.http.post("/pages/message", data={"text": "x"}, headers={"Cookie": f"person{port}=precis"})
    assert forged.status_code == 403


@pytest.mark.parametrize(
    ("back", "location"),
    [
        ("/messages", "/messages"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
    ],
)
def test_a_choice_leads_back_to_a_page_of_this_server(pages: PagesServer, back: str, location: str) -> None:
    response = pages.send("person", person="alice", back=back)
    assert response.headers["Location"] == location
    assert response.headers.get_list("Set-Cookie") == [response.headers["Set-Cookie"]]


def test_responses_have_security_headers(pages: PagesServer) -> None:
    for path, kind in (("/", "html"), ("/pages/pages.css", "css"), ("/pages/live.js", "javascript")):
        headers = pages.http.get(path).headers
        assert kind in headers["Content-Type"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["{community}x", "{post}99999999999999999999", "{post}²", "/comment/7", "/pages/app.py"],
)
def test_what_does_not_exist_is_a_404(pages: PagesServer, path: str) -> None:
    post = "/comments/" if pages.is_reddit else "/post/"
    response = pages.http.get(path.format(community=pages.community_path, post=post))
    assert response.status_code == 404


@pytest.mark.parametrize("form", ["change-post", "change-comment", "nosuch"])
def test_unknown_forms_and_actions_are_refused(pages: PagesServer, form: str) -> None:
    post = pages.add_post()
    comment = pages.add_bot_comment(post)
    pages.act_as("mona")
    response = pages.send(form, post=str(post.id), comment=str(comment.id), action="explode")
    assert response.status_code in (400, 404)


def test_a_form_that_is_not_utf8_is_refused(pages: PagesServer) -> None:
    pages.act_as("alice")
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert pages.http.post("/pages/message", content=b"text=\xff\xfe", headers=kind).status_code == 400


def test_a_link_to_a_comment_leads_to_its_place(pages: PagesServer) -> None:
    post = pages.add_post()
    comment = pages.add_bot_comment(post)
    path = f"/comments/{post.id}/_/{comment.id}/" if pages.is_reddit else f"/comment/{comment.id}"
    assert pages.http.get(path).headers["Location"] == f"{pages.post_path(post)}#comment-{comment.id}"


def test_pages_do_not_count_as_calls_of_the_api(pages: PagesServer) -> None:
    pages.get("/")
    pages.act_as("alice")
    assert pages.sandbox.requests == []


@pytest.mark.parametrize("pages", ["lemmy"], indirect=True)
def test_pages_work_while_the_database_is_down(pages: PagesServer) -> None:
    assert isinstance(pages.sandbox, LemmySandbox)
    pages.sandbox.startup.begin(timedelta(minutes=5))
    assert "Posts" in pages.get("/")


@pytest.mark.parametrize("pages", ["reddit"], indirect=True)
def test_reddit_answers_with_json_to_a_token(pages: PagesServer) -> None:
    post = pages.add_post()
    login = {"grant_type": "password", "username": "precis", "password": "right"}
    auth = httpx2.BasicAuth(CLIENT_ID, CLIENT_SECRET)
    token = pages.http.post("/api/v1/access_token", data=login, auth=auth).json()["access_token"]
    headers = {"Authorization": f"bearer {token}"}
    answer = pages.http.get(f"/comments/{post.id}", headers=headers).json()
    assert answer[0]["data"]["children"][0]["data"]["title"] == "A title"
