"""Accounts put right at start-up, with the operator's consent; and the vote that a comment gives itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import AccountError, PlatformError
from bot.core.models import CheckResult
from bot.platforms.account_setup import AccountSetup, default_biography
from bot.sandbox.lemmy.server_state import LANGUAGES
from bot.sandbox.loopback_server import Request, Response
from tests.platforms.lemmy.conftest import LemmyEnvironment

BIOGRAPHY = default_biography("you@example.org", "https://code.example/precis")
WITH_CONSENT, WITHOUT = AccountSetup(BIOGRAPHY, consent=True), AccountSetup(BIOGRAPHY, consent=False)
SUBJECTS = {"bot flag", "own replies", "languages", "read posts", "biography"}


def spoil(stage: LemmyEnvironment) -> None:
    """An account as nobody should leave it; its name on the page is the operator's own."""
    bot = stage.bot
    bot.bot_account, bot.show_bot_accounts, bot.show_read_posts = False, False, False
    bot.languages = (LANGUAGES.index("en"),)
    bot.display_name = "Précis"


def saved(stage: LemmyEnvironment) -> list[dict[str, Any]]:
    path = "PUT /account/settings/save" if stage.is_v4 else "PUT /user/save_user_settings"
    return [request.json() for request in stage.calls(path)]


def test_with_consent_everything_is_put_right_in_one_call(stage: LemmyEnvironment) -> None:
    spoil(stage)
    assert stage.adapter(setup=WITH_CONSENT).connect().bot_flag
    bot = stage.bot
    assert (bot.bot_account, bot.show_bot_accounts, bot.show_read_posts) == (True, True, True)
    assert (bot.languages, bot.bio, bot.display_name) == ((), BIOGRAPHY, "Précis")
    assert len(saved(stage)) == 1


def test_only_what_is_amiss_is_sent(stage: LemmyEnvironment) -> None:
    stage.bot.show_read_posts, stage.bot.bio = False, "Mine."
    stage.adapter(setup=WITH_CONSENT).connect()
    assert saved(stage) == [{"show_read_posts": True}]
    assert stage.bot.bio == "Mine."


def test_an_account_that_is_right_is_left_alone(stage: LemmyEnvironment) -> None:
    stage.bot.bio = BIOGRAPHY
    stage.adapter(setup=WITH_CONSENT).connect()
    assert saved(stage) == []


@pytest.mark.parametrize("profile", [WITHOUT, None])
def test_without_consent_nothing_is_changed(stage: LemmyEnvironment, profile: AccountSetup | None) -> None:
    spoil(stage)
    with pytest.raises(AccountError, match="hides bot accounts"):
        stage.adapter(setup=profile).connect()
    assert saved(stage) == []


def told(stage: LemmyEnvironment, profile: AccountSetup) -> dict[str, CheckResult]:
    spoil(stage)
    found = {finding.subject: finding for finding in stage.adapter(setup=profile).inspect(())}
    assert saved(stage) == []
    return {subject: found[subject] for subject in SUBJECTS}


def test_check_says_what_would_be_changed_and_changes_nothing(stage: LemmyEnvironment) -> None:
    found = told(stage, WITH_CONSENT)
    assert all(finding.ok for finding in found.values())
    assert all("Precis changes it at startup" in finding.text for finding in found.values())


def test_check_says_what_to_do_without_consent(stage: LemmyEnvironment) -> None:
    found = told(stage, WITHOUT)
    assert {subject for subject, finding in found.items() if not finding.ok} == {"bot flag", "own replies"}
    assert all("set_up = true" in finding.remedy for finding in found.values())


def test_what_the_server_does_not_take_over_is_not_asked_for_every_hour(stage: LemmyEnvironment) -> None:
    path = "PUT /account/settings/save" if stage.is_v4 else "PUT /user/save_user_settings"
    asked: list[Request] = []

    def nod(request: Request) -> Response:
        asked.append(request)
        return Response.from_json({"success": True})

    stage.answers[path] = nod
    adapter = stage.adapter(setup=WITH_CONSENT)
    for _ in range(3):
        adapter.connect()
        stage.clock.advance(hours=2)
    assert len(asked) == 1


def test_a_refused_change_does_not_keep_the_bot_from_running(stage: LemmyEnvironment) -> None:
    stage.refuse(
        "PUT /account/settings/save" if stage.is_v4 else "PUT /user/save_user_settings",
        400,
        "bio_length_overflow",
    )
    adapter = stage.adapter(setup=WITH_CONSENT)
    adapter.connect()
    adapter.reply(str(stage.post().id), "text", None)
    assert len(stage.server.state.all_comments()) == 1


def test_trap_15_the_own_vote_is_taken_back_while_the_flag_is_off(stage: LemmyEnvironment) -> None:
    adapter = stage.adapter(own_vote=False)
    comment = adapter.reply(str(stage.post().id), "text", None)
    assert stage.server.state.all_comments()[0].author_upvoted
    adapter.remove_own_vote(comment.id)
    assert not stage.server.state.all_comments()[0].author_upvoted
    assert stage.bot.bot_account
    assert saved(stage) == [{"bot_account": False}, {"bot_account": True}]


def test_trap_15_the_vote_stays_where_the_config_leaves_it(stage: LemmyEnvironment) -> None:
    adapter = stage.adapter()
    adapter.remove_own_vote(adapter.reply(str(stage.post().id), "text", None).id)
    assert stage.server.state.all_comments()[0].author_upvoted
    assert saved(stage) == []


def test_trap_15_a_flag_that_was_left_off_is_set_again(stage: LemmyEnvironment) -> None:
    adapter = stage.adapter(own_vote=False)
    comment = adapter.reply(str(stage.post().id), "text", None)
    stage.refuse("POST /comment/like", 400, "couldnt_like_comment")
    with pytest.raises(PlatformError):
        adapter.remove_own_vote(comment.id)
    assert stage.bot.bot_account
    stage.bot.bot_account = False  # as a crash would leave it
    stage.adapter(own_vote=False).connect()
    assert stage.bot.bot_account
    stage.bot.bot_account = False
    stage.clock.advance(minutes=61)
    adapter.poll(stage.community_source, None, stage.clock.now - timedelta(hours=1))
    assert stage.bot.bot_account
