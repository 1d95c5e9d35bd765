"""The pages of the sandbox's Reddit."""

from __future__ import annotations

from datetime import datetime

from bot.core.models import Dialect
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
from bot.sandbox.reddit.page_views import (
    DELETED,
    SETTINGS_PAGE,
    view_comment,
    view_community,
    view_message,
    view_post,
    with_answers,
)
from bot.sandbox.reddit.server_state import (
    Comment,
    PrivateMessage,
    Redditor,
    ServerState,
    Submission,
    Subreddit,
)

_REMOVED = "moderator"
"""The value of `Submission.removed_by` if a moderator removed the post."""


class RedditPageBackend:
    """See `PageBackend`. An account with a password belongs to a bot."""

    words = PageWords("Reddit", Dialect.REDDIT, "/r/", "/comments/", "subreddit", "wiki page")

    def __init__(self, state: ServerState) -> None:
        self._state = state

    @property
    def bot(self) -> str | None:
        found = self._bot()
        return None if found is None else found.name

    def now(self) -> datetime:
        return self._state.clock()

    def people(self) -> list[PersonView]:
        subreddits = self._state.subreddits.values()
        return [
            PersonView(each.name, tuple(one.name for one in subreddits if each in one.moderators))
            for each in self._state.redditors.values()
            if _can_be_chosen(each)
        ]

    def communities(self) -> list[CommunityView]:
        return [self._view_community(each) for each in self._state.subreddits.values()]

    def community(self, name: str) -> CommunityView:
        return self._view_community(self._find_subreddit(name))

    def posts(self, limit: int, community: str | None = None) -> list[PostView]:
        wanted = None if community is None else self._find_subreddit(community)
        found = [each for each in self._state.submissions.values() if wanted in (None, each.subreddit)]
        found.sort(key=lambda each: (each.published, each.id), reverse=True)
        return [self._view_post(each) for each in found[:limit]]

    def post(self, post_id: str) -> PostView:
        return self._view_post(self._find_submission(post_id))

    def comments(self, post_id: str) -> list[CommentView]:
        submission = self._find_submission(post_id)
        found = [each for each in self._state.comments() if each.submission is submission]
        found.sort(key=lambda each: not each.stickied)
        return [view_comment(each, depth) for each, depth in with_answers(found, None, 0)]

    def post_of_comment(self, comment_id: str) -> PostView:
        return self._view_post(self._find_comment(comment_id).submission)

    def messages(self, person: str) -> list[MessageView]:
        """Those with the bot, and the modmail of the subreddits that the person moderates."""
        me = self._find_redditor(person)
        return [
            view_message(each, self._bot())
            for each in self._state.private_messages()
            if self._is_shown_to(me, each)
        ]

    def _is_shown_to(self, person: Redditor, message: PrivateMessage) -> bool:
        if message.to_subreddit is not None:
            return person in message.to_subreddit.moderators
        return {message.author, message.to} == {person, self._bot()}

    def add_post(self, person: str, community: str, title: str, url: str | None, body: str) -> PostView:
        author, place = self._find_redditor(person), self._find_subreddit(community)
        if author in place.banned or not place.admits(author):
            raise ActionError(f"{author.name} is banned here.")
        return self._view_post(self._state.add_submission(place, author, title, url, selftext=body))

    def add_comment(self, person: str, post_id: str, parent_id: str | None, text: str) -> str:
        author, submission = self._find_redditor(person), self._find_submission(post_id)
        parent = None if parent_id is None else self._find_comment(parent_id)
        if author in submission.subreddit.banned:
            raise ActionError(f"{author.name} is banned here.")
        if submission.removed_by == DELETED or (parent is not None and parent.submission is not submission):
            raise ActionError("There is nothing to reply to any more.")
        if submission.locked and author not in submission.subreddit.moderators:
            raise ActionError("The post is locked. Only moderators can reply.")
        return self._state.add_comment(submission, author, text, parent).id

    def add_message(self, person: str, text: str) -> None:
        author, bot = self._find_redditor(person), self._bot()
        if bot is None:
            raise ActionError("This server has no bot.", 404)
        self._state.add_private_message(author, "A message", text, to=bot)

    def change_post(self, person: str, post_id: str, action: PostAction) -> None:
        who, submission = self._find_redditor(person), self._find_submission(post_id)
        if action is PostAction.DELETE:
            check_author(who, submission.author)
            submission.removed_by = DELETED
            return
        _check_moderator(who, submission.subreddit)
        if action in (PostAction.LOCK, PostAction.UNLOCK):
            submission.locked = action is PostAction.LOCK
        elif submission.removed_by != DELETED:
            submission.removed_by = _REMOVED if action is PostAction.REMOVE else None

    def change_comment(self, person: str, comment_id: str, action: CommentAction) -> None:
        who, comment = self._find_redditor(person), self._find_comment(comment_id)
        if action is CommentAction.DELETE:
            check_author(who, comment.author)
            comment.deleted = True
        else:
            _check_moderator(who, comment.submission.subreddit)
            comment.removed = action is CommentAction.REMOVE

    def save_settings(self, person: str, community: str, text: str) -> None:
        """Save a revision of the wiki page; a new page can be edited by moderators only."""
        who, place = self._find_redditor(person), self._find_subreddit(community)
        _check_moderator(who, place)
        is_new = (place.name.lower(), SETTINGS_PAGE) not in self._state.wiki
        page = self._state.add_wiki_revision(place, SETTINGS_PAGE, text, who)
        if is_new:
            page.permlevel = 1 if self._bot() not in place.moderators else 2

    def invite_bot(self, person: str, community: str) -> None:
        who, place, bot = self._find_redditor(person), self._find_subreddit(community), self._bot()
        _check_moderator(who, place)
        if bot is None or not self._can_invite(place):
            raise ActionError("The bot moderates already, or is invited.")
        place.invited_moderators.append(bot)
        subject = f"invitation to moderate /r/{place.name}"
        self._state.add_private_message(who, subject, "gadzooks!", to=bot, from_subreddit=place)

    def _can_invite(self, subreddit: Subreddit) -> bool:
        bot = self._bot()
        return bot is not None and bot not in (*subreddit.moderators, *subreddit.invited_moderators)

    def _bot(self) -> Redditor | None:
        return next((each for each in self._state.redditors.values() if each.password is not None), None)

    def _find_redditor(self, name: str) -> Redditor:
        found = self._state.redditors.get(name.lower())
        if found is None or not _can_be_chosen(found):
            raise ActionError("Nobody of this name can be chosen.")
        return found

    def _find_subreddit(self, name: str) -> Subreddit:
        found = self._state.subreddits.get(name.lower())
        if found is None:
            raise ActionError("There is no such subreddit.", 404)
        return found

    def _find_submission(self, post_id: str) -> Submission:
        found = self._state.submissions.get(post_id)
        if found is None:
            raise ActionError("There is no such post.", 404)
        return found

    def _find_comment(self, comment_id: str) -> Comment:
        found = self._state.comment(comment_id)
        if found is None or found not in self._state.comments():
            raise ActionError("There is no such comment.", 404)
        return found

    def _view_community(self, item: Subreddit) -> CommunityView:
        return view_community(item, self._state, can_invite=self._can_invite(item))

    def _view_post(self, item: Submission) -> PostView:
        return view_post(item, self._state, self._view_community(item.subreddit))


def _can_be_chosen(redditor: Redditor) -> bool:
    return redditor.password is None and not redditor.deleted


def _check_moderator(person: Redditor, subreddit: Subreddit) -> None:
    check_moderator(person, subreddit.moderators, subreddit.name)
