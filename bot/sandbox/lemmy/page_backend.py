"""The pages of the sandbox's Lemmy and PieFed: both keep their data in the same `ServerState`."""

from __future__ import annotations

from datetime import datetime

from bot.core.models import Dialect
from bot.sandbox.lemmy.page_views import view_comment, view_community, view_post, with_answers
from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post, ServerState
from bot.sandbox.pages.backend import (
    ActionError,
    CommentAction,
    CommentView,
    CommunityView,
    MessageView,
    PageWords,
    PersonView,
    PostAction,
    PostView,
    check_author,
    check_moderator,
)


class FediversePageBackend:
    """See `PageBackend`."""

    def __init__(self, state: ServerState, dialect: Dialect) -> None:
        self._state = state
        self.words = PageWords(
            software="PieFed" if dialect is Dialect.PIEFED else "Lemmy",
            dialect=dialect,
            community_prefix="/c/",
            post_prefix="/post/",
            community="community",
            settings="sidebar",
        )

    @property
    def bot(self) -> str | None:
        found = self._bot()
        return None if found is None else found.name

    def now(self) -> datetime:
        return self._state.clock()

    def people(self) -> list[PersonView]:
        communities = self._state.communities.values()
        return [
            PersonView(each.name, tuple(one.name for one in communities if each in one.moderators))
            for each in self._state.people.values()
            if _can_be_chosen(each)
        ]

    def communities(self) -> list[CommunityView]:
        return [view_community(each, self._state) for each in self._state.communities.values()]

    def community(self, name: str) -> CommunityView:
        return view_community(self._find_community(name), self._state)

    def posts(self, limit: int, community: str | None = None) -> list[PostView]:
        wanted = None if community is None else self._find_community(community)
        found = [each for each in self._state.posts.values() if wanted in (None, each.community)]
        found.sort(key=lambda post: (post.published, post.id), reverse=True)
        return [view_post(each, self._state) for each in found[:limit]]

    def post(self, post_id: str) -> PostView:
        return view_post(self._find_post(post_id), self._state)

    def comments(self, post_id: str) -> list[CommentView]:
        found = self._state.comments(self._find_post(post_id))
        return [view_comment(each, depth) for each, depth in with_answers(found, "0", 0)]

    def post_of_comment(self, comment_id: str) -> PostView:
        return view_post(self._find_comment(comment_id).post, self._state)

    def messages(self, person: str) -> list[MessageView]:
        pair = {self._find_person(person), self._bot()}
        return [
            MessageView(
                id=str(each.id),
                author=each.creator.name,
                to=each.recipient.name,
                is_bot=each.creator.bot_account,
                subject="",
                body=each.content,
                published=each.published,
            )
            for each in self._state.private_messages()
            if {each.creator, each.recipient} == pair and not each.deleted
        ]

    def add_post(self, person: str, community: str, title: str, url: str | None, body: str) -> PostView:
        author, place = self._find_person(person), self._find_community(community)
        _check_not_banned(author, place)
        return view_post(self._state.add_post(place, author, title, url, body=body or None), self._state)

    def add_comment(self, person: str, post_id: str, parent_id: str | None, text: str) -> str:
        author, post = self._find_person(person), self._find_post(post_id)
        parent = None if parent_id is None else self._find_comment(parent_id)
        _check_not_banned(author, post.community)
        if post.deleted or post.removed or (parent is not None and parent.post is not post):
            raise ActionError("There is nothing to reply to any more.")
        if post.locked and author not in post.community.moderators:
            raise ActionError("The post is locked. Only moderators can reply.")
        return str(self._state.add_comment(post, author, text, parent).id)

    def add_message(self, person: str, text: str) -> None:
        author, bot = self._find_person(person), self._bot()
        if bot is None:
            raise ActionError("This server has no bot.", 404)
        self._state.add_private_message(author, bot, text)

    def change_post(self, person: str, post_id: str, action: PostAction) -> None:
        who, post = self._find_person(person), self._find_post(post_id)
        if action is PostAction.DELETE:
            check_author(who, post.creator)
            post.deleted = True
            return
        _check_moderator(who, post.community)
        if action in (PostAction.LOCK, PostAction.UNLOCK):
            post.locked = action is PostAction.LOCK
        else:
            post.removed = action is PostAction.REMOVE

    def change_comment(self, person: str, comment_id: str, action: CommentAction) -> None:
        who, comment = self._find_person(person), self._find_comment(comment_id)
        if action is CommentAction.DELETE:
            check_author(who, comment.creator)
            comment.deleted = True
        else:
            _check_moderator(who, comment.post.community)
            comment.removed = action is CommentAction.REMOVE

    def save_settings(self, person: str, community: str, text: str) -> None:
        place = self._find_community(community)
        _check_moderator(self._find_person(person), place)
        place.description = text or None

    def invite_bot(self, person: str, community: str) -> None:
        raise ActionError(f"{self.words.software} has no invitations of moderators.", 404)

    def _bot(self) -> Person | None:
        people = self._state.people.values()
        return next((each for each in people if each.bot_account and each.password is not None), None)

    def _find_person(self, name: str) -> Person:
        found = self._state.person(name)
        if found is None or not _can_be_chosen(found):
            raise ActionError("Nobody of this name can be chosen.")
        return found

    def _find_community(self, name: str) -> Community:
        found = self._state.community(name)
        if found is None:
            raise ActionError("There is no such community.", 404)
        return found

    def _find_post(self, post_id: str) -> Post:
        found = self._state.posts.get(_number(post_id))
        if found is None:
            raise ActionError("There is no such post.", 404)
        return found

    def _find_comment(self, comment_id: str) -> Comment:
        wanted = _number(comment_id)
        found = next((each for each in self._state.comments() if each.id == wanted), None)
        if found is None:
            raise ActionError("There is no such comment.", 404)
        return found


def _number(text: str) -> int:
    """The id; 0, which nothing has, for a text that is not one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _can_be_chosen(person: Person) -> bool:
    return person.password is None and not person.bot_account and not person.deleted


def _check_not_banned(person: Person, community: Community) -> None:
    if person.banned or person.id in community.banned:
        raise ActionError(f"{person.name} is banned here.")


def _check_moderator(person: Person, community: Community) -> None:
    check_moderator(person, community.moderators, community.name)
