"""`precis retry`: the post is read again from its platform before it is processed."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

import pytest

from bot.core.database_location import DatabaseLocation
from bot.core.errors import Unreachable
from bot.core.skip_reasons import SkipReason
from bot.store.manual_actions import requeue_post
from tests.conftest import Clock
from tests.pipeline.community import ARTICLE, CommunityScenario


def retry(community: CommunityScenario) -> None:
    assert requeue_post(community.database, community.report().row, community.clock())
    community.run()


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ({"nsfw": True}, {}, SkipReason.NSFW),
        ({"locked": True}, {}, SkipReason.LOCKED),
        ({"url": "https://paper.example/photo.jpg"}, {"url": ARTICLE}, SkipReason.MEDIA_LINK),
    ],
)
def test_a_post_that_changed_since_it_was_skipped_gets_its_reply(
    database_location: DatabaseLocation,
    clock: Clock,
    before: dict[str, object],
    after: dict[str, object],
    reason: SkipReason,
) -> None:
    community = CommunityScenario(database_location, clock)
    post = community.post(**before)
    community.run()
    assert community.report().reason is reason
    community.lemmy.posts[post.id] = community.post(**after)
    retry(community)
    assert community.report().state == "sent"


def test_a_post_that_was_deleted_since_is_not_fetched(
    database_location: DatabaseLocation, clock: Clock
) -> None:
    community = CommunityScenario(database_location, clock)
    post = community.post(nsfw=True)
    community.run()
    community.lemmy.posts[post.id] = community.post(gone=True)
    retry(community)
    assert community.report().reason is SkipReason.GONE
    assert community.used_methods == []


def test_a_post_that_cannot_be_read_now_is_read_later(
    database_location: DatabaseLocation, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    community = CommunityScenario(database_location, clock)
    community.post(nsfw=True)
    community.run()

    def fail(post_id: str) -> NoReturn:
        raise Unreachable("down")

    with monkeypatch.context() as patched:
        patched.setattr(community.lemmy, "fetch_post", fail)
        retry(community)
        assert (community.report().state, community.report().error) == ("discovered", "down")
    community.lemmy.posts["1"] = community.post()
    clock.now += timedelta(minutes=10)
    community.run()
    assert community.report().state == "sent"
