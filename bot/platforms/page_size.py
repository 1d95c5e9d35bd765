"""Read a list with smaller pages where a page is too large.

A page contains texts of strangers, and a list of long ones must not hide the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec.structs import replace

from bot.core.errors import Unreachable
from bot.platforms.api_call import Call

_log = logging.getLogger(__name__)
_Response = TypeVar("_Response")


class ResponseTooLarge(Unreachable):
    """The server sends more than a response may have, or more than arrives in time."""


class EntryTooLarge(ResponseTooLarge):
    """The page of `call` has one entry, and is too large."""

    def __init__(self, call: Call, detail: str) -> None:
        super().__init__(detail)
        self.call = call


def limit_of(call: Call) -> int:
    """How many entries the page has at most."""
    return int(call.query["limit"])


def with_smaller_page(call: Call) -> Call | None:
    """The call for the first part of the same page: at most half of its entries. None if it has only one.

    The size of the part divides the size of the page, so the part has a page number of its own.
    """
    limit = limit_of(call)
    if limit <= 1:
        return None
    smaller = max(size for size in range(1, limit // 2 + 1) if limit % size == 0)
    query = {**call.query, "limit": smaller}
    if "page" in query:
        query["page"] = (int(query["page"]) - 1) * (limit // smaller) + 1
    return replace(call, query=query)


def after_this_page(call: Call) -> Call | None:
    """The call for the next page, of the same size; None if the list has no page numbers."""
    if "page" not in call.query:
        return None
    return replace(call, query={**call.query, "page": int(call.query["page"]) + 1})


def read_page(read: Callable[[Call], _Response], call: Call) -> tuple[Call, _Response]:
    """A page, or as much from its beginning as can be read: the call that was answered, and the response.

    Raises what `read` raises, and EntryTooLarge if one entry alone is too large.
    """
    while True:
        try:
            return call, read(call)
        except ResponseTooLarge as error:
            smaller = with_smaller_page(call)
            if smaller is None:
                raise EntryTooLarge(call, str(error)) from error
            call = smaller


class PageSize:
    """The size of pages in the list that is being read: after a page that is too large, all are smaller."""

    def __init__(self) -> None:
        self._limit: int | None = None

    def read_page(
        self, read: Callable[[Call], _Response], call: Call, *, first: bool
    ) -> tuple[Call, _Response]:
        """As `read_page`. The first page of a list has the size of the call again."""
        if self._limit is not None and not first:
            call = replace(call, query={**call.query, "limit": self._limit})
        call, response = read_page(read, call)
        self._limit = limit_of(call)
        return call, response


def read_pages(
    read: Callable[[Call], _Response],
    call: Call,
    next_call: Callable[[Call, _Response], Call | None],
    max_entries: int,
    *,
    skip: bool = False,
) -> Iterator[_Response]:
    """The pages of a list up to `max_entries`. After a page that is too large, all are smaller.

    `next_call` returns the call for the page that follows a response. With `skip`, an entry that alone is too
    large is left out, with a line in the log; without page numbers, the list ends there.
    """
    current: Call | None = call
    entries = 0
    while current is not None and entries < max_entries:
        try:
            current, response = read_page(read, current)
        except EntryTooLarge as error:
            if not skip:
                raise
            _log.warning("skipped an entry that is too large: %s", error)
            entries += 1
            current = after_this_page(error.call)
            continue
        entries += limit_of(current)
        yield response
        current = next_call(current, response)
