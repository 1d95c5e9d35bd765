"""Every route with hostile values for each of its parameters: no page answers 500."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from itertools import product
from urllib.parse import quote, urlencode

import pytest
from msgspec.structs import replace
from starlette.routing import Route

from bot.web.asgi import create_app
from bot.web.context import PageContext
from tests.conftest import a_post
from tests.web.conftest import served
from tests.web.test_status_pages import discover

HOSTILE = {
    "empty": b"",
    "digits": b"9" * 5_000,
    "other digits": "\u0661\u00b2\u2460".encode(),
    "negative": b"-1",
    "a number beyond the database's": b"18446744073709551616",
    "many words": b"a " * 3_000,
    "one long word": b"a" * 8_000,
    "nul": b"a\0b",
    "no UTF-8": b"\xff\xed\xa0\x80",
    "wildcards": b"%_\\'\";--" * 50,
    "a template": b"{{ 7*7 }}${7*7}",
    "a duration": b"99999999999999999999d",
    "a path": b"..%2f..%2fetc",
}
MAX_QUERY = 60_000
"""Characters; the server refuses longer requests before a page sees them."""
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*?\bname="([^"]+)"')
EXTRA_FIELDS = {
    "/posts": {"before", "account"},
    "/preview": {"community", "url", "page", "shown", "sent"},
    "/moderators": {"sent", "preview", "link"},
}
"""Parameters that a page reads and does not always show."""


def test_a_parameter_of_a_form_is_found() -> None:
    assert FIELD.findall('<input id="a" name="words"><select class="x" name="state">') == ["words", "state"]


def test_no_parameter_makes_a_page_fail(context: PageContext) -> None:
    discover(context, a_post(1), a_post(2))
    web = context.config.web.model_copy(update={"settings_form": True, "settings_form_preview": True})
    context = replace(context, config=context.config.model_copy(update={"web": web}))
    routes = [route for route in create_app(context).routes if isinstance(route, Route)]
    assert {route.path for route in routes} > {
        "/posts",
        "/posts/{row}",
        "/preview",
        "/moderators",
        "/login",
        "/healthz",
    }
    with served(context) as client, closing(HTTPConnection(client.base_url.netloc.decode())) as connection:
        for route in routes:
            fields = FIELD.findall(client.get(route.path).text)
            names = sorted({*fields, *EXTRA_FIELDS.get(route.path, ())})
            for (name, value), method in product(HOSTILE.items(), (route.methods or set()) - {"HEAD"}):
                for path, query in requests(route.path, names, value):
                    assert status(connection, method, path, query) < 500, (
                        method,
                        path[:99],
                        query[:99],
                        name,
                    )


def requests(path: str, names: list[str], value: bytes) -> Iterator[tuple[str, str]]:
    """(path, parameters): the value in the path, in all parameters together, and of a few in each alone."""
    if "{" in path:
        yield re.sub(r"\{[^}]*\}", quote(value), path), ""
        return
    yield path, urlencode(dict.fromkeys(names, value))
    for name in names if len(names) < 10 else ():
        yield path, urlencode({name: value})


def status(connection: HTTPConnection, method: str, path: str, query: str) -> int:
    if method == "GET":
        connection.request(method, f"{path}?{query[:MAX_QUERY]}")
    else:
        connection.request(method, path, query, {"content-type": "application/x-www-form-urlencoded"})
    with connection.getresponse() as response:
        response.read()
        return response.status


@pytest.mark.parametrize("title", ["half of \ud83d a pair", "\0", "\udfff"], ids=["half", "nul", "low"])
def test_a_post_of_an_older_release_with_an_invalid_title_is_shown(context: PageContext, title: str) -> None:
    discover(context, replace(a_post(1), title=title))
    with served(context) as client:
        for path in ("/", "/posts", "/posts/1", "/posts?words=half"):
            assert client.get(path).status_code == 200
