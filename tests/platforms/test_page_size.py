"""Lists are read with smaller pages where a page is too large."""

from __future__ import annotations

import pytest

from bot.platforms.api_call import Call
from bot.platforms.page_size import (
    EntryTooLarge,
    PageSize,
    ResponseTooLarge,
    after_this_page,
    limit_of,
    read_pages,
    with_smaller_page,
)

NUMBERED = Call("GET", "/list", query={"limit": 50, "page": 1})
WITH_TOKENS = Call("GET", "/list", query={"limit": 50})


class Server:
    """Lists the numbers up to 120. A response with more than `most` in sum is too large."""

    def __init__(self, most: int, huge: int | None = None) -> None:
        self.most = most
        self.huge = huge
        self.limits: list[int] = []

    def read(self, call: Call) -> tuple[int, ...]:
        limit = limit_of(call)
        self.limits.append(limit)
        first = (
            (int(call.query["page"]) - 1) * limit if "page" in call.query else int(call.query.get("at", 0))
        )
        entries = tuple(range(first, min(first + limit, 120)))
        if self.huge in entries or len(entries) > self.most:
            raise ResponseTooLarge("the response is too large")
        return entries


def next_call(call: Call, entries: tuple[int, ...]) -> Call | None:
    if len(entries) < limit_of(call):
        return None
    return after_this_page(call) or Call("GET", "/list", query={**call.query, "at": entries[-1] + 1})


@pytest.mark.parametrize("call", [NUMBERED, WITH_TOKENS], ids=["numbers", "tokens"])
@pytest.mark.parametrize("most", [1, 7, 24, 25, 49, 50])
def test_every_entry_is_listed_once_and_in_order(call: Call, most: int) -> None:
    server = Server(most)
    pages = list(read_pages(server.read, call, next_call, 1_000))
    assert [entry for page in pages for entry in page] == list(range(120))
    assert server.limits == sorted(server.limits, reverse=True)


@pytest.mark.parametrize("huge", [0, 1, 24, 25, 50, 119])
def test_an_entry_that_is_too_large_is_skipped_with_one_line(
    huge: int, caplog: pytest.LogCaptureFixture
) -> None:
    pages = read_pages(Server(50, huge).read, NUMBERED, next_call, 1_000, skip=True)
    assert [entry for page in pages for entry in page] == [n for n in range(120) if n != huge]
    assert len(caplog.records) == 1


def test_an_entry_that_is_too_large_is_an_error_where_the_list_must_be_complete() -> None:
    with pytest.raises(EntryTooLarge) as caught:
        list(read_pages(Server(50, 60).read, NUMBERED, next_call, 1_000))
    assert caught.value.call.query == {"limit": 1, "page": 61}


def test_a_list_with_tokens_ends_before_an_entry_that_is_too_large() -> None:
    pages = read_pages(Server(50, 60).read, WITH_TOKENS, next_call, 1_000, skip=True)
    assert [entry for page in pages for entry in page] == list(range(60))


def test_smaller_pages_are_read_up_to_the_same_number_of_entries() -> None:
    pages = read_pages(Server(5).read, NUMBERED, next_call, 100)
    assert sum(map(len, pages)) == 100


@pytest.mark.parametrize("size", [50, 100, 500])
def test_a_smaller_page_begins_where_the_page_begins(size: int) -> None:
    call: Call | None = Call("GET", "/list", query={"limit": size, "page": 4})
    while call is not None:
        limit = limit_of(call)
        assert (int(call.query["page"]) - 1) * limit == 3 * size
        call = with_smaller_page(call)
        assert call is None or limit_of(call) <= limit // 2


def test_a_list_starts_with_pages_of_the_usual_size() -> None:
    server, size = Server(25), PageSize()
    assert limit_of(size.read_page(server.read, NUMBERED, first=True)[0]) == 25
    assert limit_of(size.read_page(server.read, NUMBERED, first=False)[0]) == 25
    assert server.limits == [50, 25, 25]
    server.most = 50
    assert limit_of(size.read_page(server.read, NUMBERED, first=True)[0]) == 50
