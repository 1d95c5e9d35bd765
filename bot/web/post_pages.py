"""The pages of posts: the list with search, one post, and why a link got no reply."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from bot.core.skip_reasons import SkipReason
from bot.store import State
from bot.store.manual_actions import DELETABLE, RETRYABLE, why_not_retryable
from bot.store.post_lookup import find_posts, find_posts_of_link
from bot.store.post_reports import PostReport
from bot.store.post_search import count_posts, find_post_by_row, search_posts
from bot.store.statistics import community_statistics
from bot.web.actions import note_of, permissions
from bot.web.context import PageContext
from bot.web.search_query import MAX_LENGTH, parse_row, parse_search_query
from bot.web.templating import not_found, render
from bot.web.time_tags import ago_tag

PER_PAGE = 50
MAX_ADDRESS_LENGTH = 2_000
"""Characters of a link that somebody asks about."""


class PostPages:
    def __init__(self, context: PageContext) -> None:
        self._context = context

    def posts(self, request: Request) -> Response:
        """`/posts`: all posts, with search."""
        query = {name: value[:MAX_LENGTH] for name, value in request.query_params.items()}
        now = self._context.clock()
        post_filter, problem = parse_search_query(query, now)
        before = parse_row(query.get("before", ""))
        found = search_posts(self._context.database, post_filter, PER_PAGE + 1, before)
        more = found[PER_PAGE - 1].row if len(found) > PER_PAGE else None
        return render(
            request,
            "posts.html",
            query=query,
            problem=problem,
            found=found[:PER_PAGE],
            total=count_posts(self._context.database, post_filter),
            more=more,
            is_newest=before is None,
            states=list(State),
            reasons=sorted(SkipReason, key=lambda reason: reason.sentence),
            communities=community_statistics(self._context.database, now),
            now=now,
            ago=lambda moment: ago_tag(moment, now),
        )

    def post(self, request: Request) -> Response:
        """`/posts/ROW`: one post, with the timeline of its stages, and what can be done."""
        row = parse_row(request.path_params["row"])
        found = None if row is None else find_post_by_row(self._context.database, row)
        if found is None:
            return not_found(request)
        now = self._context.clock()
        note = note_of(request)
        if request.query_params.get("done") == "no-retry":
            note = f"{note} {why_not_retryable(found)}"
        return render(
            request,
            "post.html",
            now=now,
            post=found,
            sentence=found.sentence(now),
            note=note,
            can=permissions(request, self._context),
            is_retryable=found.state in RETRYABLE,
            is_deletable=found.state in DELETABLE and found.delete_at is None,
        )

    def why(self, request: Request) -> Response:
        """`/why?link=LINK`: what happened to the posts with this address. A GET, as it changes nothing."""
        link = request.query_params.get("link", "").strip()[:MAX_ADDRESS_LENGTH]
        now = self._context.clock()
        return render(
            request,
            "why.html",
            now=now,
            link=link,
            found=self._find(link) if link else [],
            is_address=link.startswith(("https://", "http://")),
            ago=lambda moment: ago_tag(moment, now),
        )

    def _find(self, link: str) -> list[PostReport]:
        database = self._context.database
        return find_posts(database, link) or find_posts_of_link(database, link)
