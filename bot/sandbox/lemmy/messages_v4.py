"""Notifications and private messages of API v4, as Lemmy 1.0.0-beta.1 answers the calls about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.sandbox.lemmy import messages_v3
from bot.sandbox.lemmy.api_errors import Refusal, body_of, number_in, number_of
from bot.sandbox.lemmy.read_calls_v3 import Visit, person_asked_for
from bot.sandbox.lemmy.server_state import Comment, Letter, Notice, Post
from bot.sandbox.lemmy.site_v4 import site
from bot.sandbox.lemmy.views_v3 import time

_KINDS = ("mention", "reply", "private_message", "subscribed", "mod_action", "all")


def unread_counts(visit: Visit) -> dict[str, Any]:
    unread = [notice for notice in messages_v3.seen_by(visit.me, visit) if not notice.read]
    return {"notification_count": len(unread)}


def notifications(visit: Visit) -> dict[str, Any]:
    """Newest first; private messages of the account's own are among those of that kind."""
    me = visit.me
    kind = visit.query.get("type_", "all")
    if kind not in _KINDS:
        raise Refusal("unknown", f"Query deserialize error: unknown variant `{kind}`")
    count = number_of(visit.query, "limit")
    if count is not None and not 1 <= count <= 50:
        raise Refusal("invalid_fetch_limit")
    found = messages_v3.seen_by(me, visit)
    if kind == "private_message" and visit.query.get("unread_only") != "true":
        found = [visit.world.notice_of(each) for each in visit.world.letters() if me in _ends(each)]
    elif visit.query.get("unread_only") == "true":
        found = [notice for notice in found if not notice.read]
    found = [notice for notice in found if kind in ("all", _kind(notice))]
    if (creator := number_of(visit.query, "creator_id")) is not None:
        found = [notice for notice in found if notice.about.creator.id == creator]
    shown = found[: count or 20]
    answer: dict[str, Any] = {"items": [_item(notice, visit) for notice in shown]}
    if len(found) > len(shown):
        answer["next_page"] = f"N{shown[-1].id}"
    return answer


def _ends(letter: Letter) -> tuple[object, object]:
    return letter.creator, letter.recipient


def _kind(notice: Notice) -> str:
    """A mention in a reply is a reply only."""
    if isinstance(notice.about, Letter):
        return "private_message"
    return "reply" if notice.replies else "mention"


def _item(notice: Notice, visit: Visit) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": notice.id,
        "recipient_id": notice.recipient.id,
        "read": notice.read,
        "published_at": time(notice.published),
        "kind": _kind(notice),
        "creator_id": 0,
    }
    match notice.about:
        case Comment() as comment:
            row |= {"comment_id": comment.id, "post_id": comment.post.id}
            data = {"type_": "comment", **visit.views.comment_view(comment)}
        case Post() as post:
            row["post_id"] = post.id
            data = {"type_": "post", **visit.views.post_view(post)}
        case Letter() as letter:
            row["private_message_id"] = letter.id
            data = {"type_": "private_message", **_letter_view(letter, visit)}
    return {"notification": row, "data": data}


def _letter_view(letter: Letter, visit: Visit) -> dict[str, Any]:
    row = messages_v3.letter_row(letter, visit.views)
    row |= {"published_at": time(letter.published), "deleted_by_recipient": False}
    return {"private_message": row, **messages_v3.company(letter, visit.views)}


def mark_read(visit: Visit) -> dict[str, Any]:
    """Of somebody else's notification, and of one that is not there, it says the same."""
    me, body = visit.me, body_of(visit.request)
    notice = visit.world.notice(number_in(body, "notification_id"))
    if notice is not None and notice.recipient is me:
        notice.read = bool(body.get("read"))
    return {"success": True}


def create_letter(visit: Visit, *, shown_from: datetime | None = None) -> dict[str, Any]:
    if visit.me.banned:
        raise Refusal("site_ban")
    letter = messages_v3.stored_letter(visit, "couldnt_create", shown_from)
    return {"private_message_view": _letter_view(letter, visit)}


def get_person(visit: Visit) -> dict[str, Any]:
    return {
        "person_view": visit.views.person_view(person_asked_for(visit)),
        "site": site(visit.world, visit.base),
        "moderates": [],
        "multi_communities_created": [],
    }
