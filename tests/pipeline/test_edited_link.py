"""A post that was edited to link elsewhere after its reply: the reply follows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NoReturn

import pytest
from msgspec.structs import force_setattr, replace

from bot.core.database_location import DatabaseLocation
from bot.core.errors import FetchError, Refused, Unreachable
from bot.core.messages import Message, MessageKind
from bot.core.models import Page, Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.core.time_limit import TimeLimit
from bot.outbox.deletion_follower import DeletionFollower
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms import adapter_factory
from bot.rules import CommunityRules
from bot.sandbox.server_software import ServerSoftware
from bot.store import (
    Accounts,
    Database,
    DeletionChecks,
    MutedCommunities,
    OutgoingReplies,
    PostQueue,
    ReceivedMessages,
    SentReplies,
)
from bot.store.post_lookup import all_posts
from tests.conftest import Clock
from tests.pipeline.community import OTHER, CommunityScenario


class Replied(CommunityScenario):
    """A community whose first post has a reply."""

    def __init__(self, location: DatabaseLocation, clock: Clock) -> None:
        super().__init__(location, clock)
        self.post()
        self.run()
        assert "bridge" in self.markdown

    def edit_link(self, url: str | None, **changes: Any) -> None:
        self.lemmy.posts["1"] = replace(self.lemmy.posts["1"], url=url, **changes)

    def request(self, comment: str, *, link_in_request: bool) -> None:
        """Let somebody request a summary of the article below the post."""
        received, now = ReceivedMessages(self.database), self.clock()
        received.add(Message("home", "m", MessageKind.MENTION, "bob@lemmy.example", "Please", now), now)
        post = self.lemmy.posts["1"]
        received.request_summary(1, post, comment, "here", now, link_in_request=link_in_request)
        self.run()
        assert "bridge" in self.texts[f"c1.{comment}"]

    @property
    def texts(self) -> dict[str, str]:
        return self.lemmy.comments


@pytest.fixture
def replied(database_location: DatabaseLocation, clock: Clock) -> Replied:
    return Replied(database_location, clock)


def test_with_edit_on_change_the_reply_is_edited(replied: Replied) -> None:
    replied.set_rules(edit_on_change=True)
    replied.edit_link(OTHER)
    replied.run_for(70)
    assert list(replied.texts) == ["c1"]
    assert "Ferry" in replied.texts["c1"]
    assert replied.report().state == "sent"
    assert replied.report().url == OTHER


def test_otherwise_the_reply_is_deleted_and_a_new_one_is_written(replied: Replied) -> None:
    replied.edit_link(OTHER)
    replied.run_for(200)
    assert list(replied.texts) == ["c1/2"]
    assert "Ferry" in replied.texts["c1/2"]
    assert replied.report().comment_id == "c1/2"
    replied.restart()
    replied.run_for(200)
    assert list(replied.texts) == ["c1/2"]


def test_each_edit_of_the_link_is_followed(replied: Replied, clock: Clock) -> None:
    replied.edit_link(OTHER)
    replied.run_for(90)
    replied.pages["https://paper.example/third"] = replied.pages[OTHER]
    replied.edit_link("https://paper.example/third")
    replied.run_for(120)
    assert list(replied.texts) == ["c1/3"]


@pytest.mark.parametrize("edit_on_change", [True, False])
def test_the_reply_is_deleted_if_the_new_link_gets_none(replied: Replied, edit_on_change: bool) -> None:
    replied.set_rules(edit_on_change=edit_on_change)
    replied.edit_link("https://paper.example/photo.jpg")
    replied.run_for(90)
    assert replied.texts == {}
    expected = ("deleted", None) if edit_on_change else ("skipped", SkipReason.MEDIA_LINK)
    assert (replied.report().state, replied.report().reason) == expected


@pytest.mark.parametrize("edit_on_change", [True, False])
def test_the_reply_is_deleted_if_the_link_is_removed(replied: Replied, edit_on_change: bool) -> None:
    replied.set_rules(edit_on_change=edit_on_change)
    replied.edit_link(None)
    replied.run_for(90)
    assert replied.texts == {}
    assert (replied.report().state, replied.report().reason) == ("skipped", SkipReason.NO_LINK)


def test_a_requested_reply_is_edited_with_the_link_of_its_post(replied: Replied) -> None:
    """The rules for requests apply: `only_on_request` does not matter."""
    replied.request(comment="50", link_in_request=False)
    replied.set_rules(edit_on_change=True, only_on_request=True)
    replied.edit_link(OTHER)
    replied.run_for(70)
    assert "Ferry" in replied.texts["c1.50"]
    assert list(replied.texts) == ["c1.50"]


@pytest.mark.parametrize("url", [OTHER, None])
def test_a_reply_to_a_link_in_a_request_does_not_follow_the_post(replied: Replied, url: str | None) -> None:
    replied.request(comment="50", link_in_request=True)
    replied.edit_link(url)
    replied.run_for(200)
    assert "bridge" in replied.texts["c1.50"]


def test_an_equal_link_changes_nothing(replied: Replied) -> None:
    replied.edit_link("https://paper.example/harbour/bridge?utm_source=x")
    replied.run_for(400)
    assert list(replied.texts) == ["c1"]


def test_after_a_day_the_reply_stays(replied: Replied, clock: Clock) -> None:
    clock.advance(25 * 3600)
    replied.edit_link(OTHER)
    replied.run_for(60 * 50, step=60)
    assert "bridge" in replied.texts["c1"]


def test_a_page_that_cannot_be_read_now_is_tried_again(replied: Replied) -> None:
    replied.set_rules(edit_on_change=True)
    fetch = replied.services.fetch
    broken: list[str] = []

    def fail_once(url: str) -> Page:
        if not broken:
            broken.append(url)
            raise FetchError(SkipReason.SITE_DOWN, "503", permanent=False)
        return fetch(url)

    force_setattr(replied.services, "fetch", fail_once)
    replied.edit_link(OTHER)
    replied.run_for(80)
    assert broken == [OTHER]
    assert "Ferry" in replied.texts["c1"]


@pytest.mark.parametrize(
    ("error", "left"), [(Unreachable("down"), []), (Refused(SkipReason.BANNED, "banned"), ["c1"])]
)
def test_an_error_of_the_delete_never_leaves_two_replies(
    replied: Replied, monkeypatch: pytest.MonkeyPatch, error: Exception, left: list[str]
) -> None:
    delete, failures = replied.lemmy.delete, iter([error])

    def fail_once(comment_id: str) -> None:
        if (failure := next(failures, None)) is not None:
            delete(comment_id) if isinstance(failure, Unreachable) else None
            raise failure
        delete(comment_id)

    monkeypatch.setattr(replied.lemmy, "delete", fail_once)
    replied.edit_link(OTHER)
    replied.run_for(70)
    assert list(replied.texts) == left
    replied.run_for(60)
    assert len(replied.texts) == 1


def no_compose(post: object, rules: object) -> NoReturn:
    raise AssertionError("nothing is composed")


@pytest.fixture(params=ServerSoftware)
def server(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Any]:
    with request.param.create_server(clock=clock) as server:
        server.state.add_person("precis", password="right", bot_account=True)
        server.software = request.param
        yield server


def test_on_real_servers_a_deleted_reply_is_not_taken_for_the_new_one(
    server: Any, database: Database, clock: Clock
) -> None:
    """The server lists the deleted reply. The hourly check of the post finds the new link."""
    world = server.state
    clock.advance(600)
    news = world.add_community("news")
    post = world.add_post(news, world.add_person("alice"), "Post", "https://paper.example/1")
    platform = adapter_factory(server.software.account_kind)(
        account="home",
        base_url=server.url,
        username="precis",
        password="right",
        token_store=Accounts(database),
        user_agent="links/1",
        clock=clock,
    )
    queue, source = PostQueue(database), Source("home", f"news@{world.host}")
    queue.discover(source, platform.poll(source, None, clock() - timedelta(hours=1)), clock())
    outbox = ReplyOutbox(
        platform,
        replies=OutgoingReplies(database),
        queue=queue,
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=clock,
        timing=SendTiming(),
    )
    follow_up = FollowUp(
        platform, SentReplies(database), lambda community: CommunityRules(), no_compose, clock
    )

    def run(text: str) -> None:
        for task in queue.claim(clock(), 1, timedelta(minutes=5)):
            queue.make_ready(task.row, Reply(text, "en", 900, 90, 90), clock(), clock())
        for process_next in (outbox.process_next, follow_up.process_next):
            while process_next():
                pass

    run("About the first link.")
    clock.advance(2 * 3600)
    run("")
    post.url = "https://paper.example/2"
    clock.advance(3600)
    run("")  # no check of the reply is due
    assert [comment.deleted for comment in world.all_comments()] == [False]
    DeletionFollower(platform, DeletionChecks(database), clock).run(TimeLimit.start(threading.Event(), 60))
    run("")
    clock.advance(600)
    run("About the second link.")
    platform.close()
    assert [(comment.content, comment.deleted) for comment in world.all_comments()] == [
        ("About the first link.", True),
        ("About the second link.", False),
    ]
    assert [report.state for report in all_posts(database)] == ["sent"]
