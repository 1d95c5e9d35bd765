"""The actions of the pages. Each is a POST that needs the token, and is recorded in the audit log.

They write the same rows as the commands and the messages of moderators, so they work beside a running daemon
and without one. The answer is a redirect to the page with a note that says what happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.store import Operator, SettingsSource
from bot.store.manual_actions import mute, request_deletion, requeue_post, unmute
from bot.store.pauses import pause_account, pause_community, resume_account, resume_community
from bot.store.post_search import find_post_by_row
from bot.web.communities import account_names, known_communities
from bot.web.context import PageContext
from bot.web.search_query import parse_row
from bot.web.sessions import form_token, may_act
from bot.web.templating import not_found, render

NOTES = {
    "retry": "The post is processed again, as soon as the daemon runs.",
    "no-retry": "The post cannot be processed again now.",
    "delete": "The daemon deletes the reply within a minute, or as soon as it runs.",
    "no-delete": "The post has no reply to delete, or its deletion is already due.",
    "pause": "Precis is paused here. Posts that are found now get no reply.",
    "no-pause": "Precis was paused here already.",
    "resume": "Precis replies here again.",
    "no-resume": "Precis was not paused here.",
    "mute": "Replies are off here until you turn them on again.",
    "no-mute": "Replies were off here already.",
    "unmute": "Replies are on again here.",
    "no-unmute": "Replies were not off here.",
    "pause-account": "The account is paused. It still answers messages.",
    "no-pause-account": "The account was paused already.",
    "resume-account": "The account replies again.",
    "no-resume-account": "The account was not paused.",
    "settings": "The settings are saved. They apply from now on.",
}
"""What happened, by the code in the address of the page. "no-…": nothing was changed."""

Form = Mapping[str, str]


class Permissions(Struct, frozen=True):
    """What the forms of a page need."""

    form_token: str
    has_token: bool
    """Whether the operator has set a token, without which there are no actions."""


def permissions(request: Request, context: PageContext) -> Permissions:
    return Permissions(form_token(request, context.token), context.token is not None)


def note_of(request: Request) -> str:
    """The note about the action that led to this page; "" if there was none."""
    return NOTES.get(request.query_params.get("done", ""), "")


def operator_of(request: Request) -> Operator:
    return Operator(SettingsSource.WEB_PAGE, request.client.host if request.client else "")


def refuse_action(request: Request, form: Form, context: PageContext) -> Response | None:
    """The page that says why a request may not change anything; None if it may."""
    if may_act(request, form, context.token):
        return None
    return render(request, "refused.html", 403, has_token=context.token is not None)


_OF_POSTS = {"retry": requeue_post, "delete": request_deletion}
_OF_COMMUNITIES = {"pause": pause_community, "resume": resume_community}
_OF_ACCOUNTS = {"pause-account": pause_account, "resume-account": resume_account}


class Actions:
    def __init__(self, context: PageContext) -> None:
        self._context = context

    async def act(self, request: Request) -> Response:
        """`/actions/NAME`: do it, and go back to the page of the post, the community or the accounts."""
        async with request.form(max_files=0, max_fields=10) as sent:
            form = {name: value for name, value in sent.items() if isinstance(value, str)}
        refusal = refuse_action(request, form, self._context)
        if refusal is not None:
            return refusal
        name = request.path_params["name"]
        done = await run_in_threadpool(self._do, name, form, operator_of(request))
        if done is None:
            return not_found(request)
        changed, page = done
        code = urlencode({"done": name if changed else f"no-{name}"})
        return RedirectResponse(f"{page}{'&' if '?' in page else '?'}{code}", 303)

    def _do(self, name: str, form: Form, operator: Operator) -> tuple[bool, str] | None:
        """Whether anything was changed, and the page to go back to; None for an unknown action or subject."""
        database, now = self._context.database, self._context.clock()
        if name in _OF_POSTS:
            row = parse_row(form.get("row", ""))
            if row is None or find_post_by_row(database, row) is None:
                return None
            return _OF_POSTS[name](database, row, now, operator), f"/posts/{row}"
        account, community = form.get("account", ""), form.get("community", "")
        if name in _OF_ACCOUNTS and account in account_names(self._context):
            return _OF_ACCOUNTS[name](database, account, operator, now), "/"
        known = known_communities(self._context)
        if community not in known:
            return None
        page = community_page(community)
        if name in _OF_COMMUNITIES:
            return _OF_COMMUNITIES[name](database, community, operator, now), page
        if name == "mute" and account in known[community]:
            return mute(database, account, community, now, operator), page
        if name == "unmute":
            lifted = unmute(database, community, now, operator)
            # A community that is not watched has no page after that.
            return bool(lifted), page if community in known_communities(self._context) else "/"
        return None


def community_page(name: str) -> str:
    """The address of the page of a community."""
    return f"/community?{urlencode({'name': name})}"
