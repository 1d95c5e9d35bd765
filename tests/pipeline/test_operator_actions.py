"""Pauses, mutes, retries and deletions by the operator: what happens to posts, and the audit log."""

from __future__ import annotations

import pytest

from bot.core.database_location import DatabaseLocation
from bot.core.skip_reasons import SkipReason
from bot.store import (
    COMMAND_LINE,
    CommunitySettingsLog,
    MutedCommunities,
    Operator,
    OperatorAction,
    OperatorActions,
    SettingsChange,
    SettingsChangeKind,
    SettingsSource,
)
from bot.store.active_pauses import paused_accounts
from bot.store.community_history import community_history
from bot.store.manual_actions import mute, request_deletion, requeue_post, unmute
from bot.store.pauses import (
    is_account_paused,
    pause_account,
    pause_community,
    resume_account,
    resume_community,
)
from tests.conftest import Clock
from tests.pipeline.community import CommunityScenario

NEWS = "news@lemmy.example"
BROWSER = Operator(SettingsSource.WEB_PAGE, "192.0.2.7")


@pytest.fixture
def community(database_location: DatabaseLocation, clock: Clock) -> CommunityScenario:
    return CommunityScenario(database_location, clock)


def actions(community: CommunityScenario) -> list[str]:
    return [each.action.value for each in reversed(OperatorActions(community.database).latest(100))]


def test_a_paused_community_gets_no_replies_until_it_is_resumed(
    community: CommunityScenario, clock: Clock
) -> None:
    database = community.database
    assert pause_community(database, NEWS, BROWSER, clock())
    assert not pause_community(database, NEWS, BROWSER, clock())
    community.post()
    community.run()
    assert community.report().reason is SkipReason.PAUSED
    assert resume_community(database, NEWS, COMMAND_LINE, clock())
    assert not resume_community(database, NEWS, BROWSER, clock())
    assert requeue_post(database, community.report().row, clock())
    community.run()
    assert community.report().state == "sent"
    assert {each.author for each in CommunitySettingsLog(database).history(NEWS)} == {None}
    entries = [(each.what, each.who, each.source.value) for each in community_history(database, NEWS)]
    assert entries == [
        ("pause", "the operator (192.0.2.7)", "web page"),
        ("resume", "the operator", "command line"),
        ("retry", "the operator", "command line"),
    ]


def test_a_moderator_and_the_operator_change_the_same_pause(
    community: CommunityScenario, clock: Clock
) -> None:
    database, resolver = community.database, community.inbox_services.rule_resolver
    assert pause_community(database, NEWS, BROWSER, clock())
    later = clock.advance(60)
    by_moderator = (NEWS, SettingsChangeKind.RESUME, SettingsSource.MESSAGE, "mona@lemmy.example")
    resolver.settings_log.add(SettingsChange(*by_moderator, later, "message 1"))
    assert resolver.settings_log.status(NEWS) is SettingsChangeKind.RESUME
    # the clock of the moderator's server is ahead of ours
    resolver.settings_log.add(
        SettingsChange(
            NEWS, SettingsChangeKind.LEAVE, SettingsSource.MESSAGE, "mona@lemmy.example", later, "message 2"
        )
    )
    clock.advance(-30)
    assert not pause_community(database, NEWS, BROWSER, clock())
    assert resume_community(database, NEWS, BROWSER, clock())
    assert resolver.settings_log.status(NEWS) is SettingsChangeKind.RESUME


def test_a_paused_account_sends_no_replies_anywhere(community: CommunityScenario, clock: Clock) -> None:
    database = community.database
    assert not resume_account(database, "home", BROWSER, clock())
    assert pause_account(database, "home", BROWSER, clock())
    assert not pause_account(database, "home", BROWSER, clock())
    assert paused_accounts(database) == {"home": clock()}
    assert not is_account_paused(database, "red")
    community.post()
    community.run()
    assert community.report().reason is SkipReason.ACCOUNT_PAUSED
    assert resume_account(database, "home", BROWSER, clock())
    assert paused_accounts(database) == {}
    assert actions(community) == ["pause account", "resume account"]


def test_a_mute_stays_until_the_operator_ends_it(community: CommunityScenario, clock: Clock) -> None:
    database = community.database
    assert mute(database, "home", NEWS, clock(), BROWSER)
    assert not mute(database, "home", NEWS, clock(), BROWSER)
    community.post()
    community.run()
    report = community.report()
    assert (report.reason, report.error) == (SkipReason.MUTED, "The operator muted it (web page).")
    assert unmute(database, NEWS, clock(), BROWSER) == 1
    assert unmute(database, NEWS, clock(), BROWSER) == 0
    assert MutedCommunities(database).list_all() == ()
    assert actions(community) == ["mute", "unmute"]


def test_a_requested_deletion_is_done_by_the_daemon(community: CommunityScenario, clock: Clock) -> None:
    database = community.database
    community.post()
    community.run()
    report = community.report()
    assert report.state == "sent"
    assert not requeue_post(database, report.row, clock())
    assert request_deletion(database, report.row, clock(), BROWSER)
    assert not request_deletion(database, report.row, clock(), BROWSER)
    community.run()
    deleted = community.report()
    assert (deleted.state, deleted.error) == ("deleted", "By hand.")
    (action,) = OperatorActions(database).of_community(NEWS)
    assert (action.action, action.detail, action.address) == (
        OperatorAction.DELETE,
        report.permalink,
        "192.0.2.7",
    )
