"""Accounts put right at start-up, with the operator's consent; and the vote that a comment gives itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import AccountError, PlatformError
from bot.core.models import Finding
from bot.platforms.account_setup import Profile, biography
from bot.sandbox.lemmy.server_state import LANGUAGES
from bot.sandbox.loopback_server import Answer, Request
from tests.platforms.lemmy.conftest import Stage

BIOGRAPHY = biography("you@example.org", "https://code.example/precis")
WITH_CONSENT, WITHOUT = Profile(BIOGRAPHY, consent=True), Profile(BIOGRAPHY, consent=False)
SUBJECTS = {"bot flag", "own replies", "languages", "read posts", "biography"}


def spoil(stage: Stage) -> None:
    """An account as nobody should leave it; its name on the page is the operator's own."""
    bot = stage.bot
    bot.bot_account, bot.show_bot_accounts, bot.show_read_posts = False, False, False
    bot.languages = (LANGUAGES.index("en"),)
    bot.display_name = "Précis"


def saved(stage: Stage) -> list[dict[str, Any]]:
    path = "PUT /account/settings/save" if stage.is_new else "PUT /user/save_user_settings"
    return [request.json() for request in stage.calls(path)]


def test_with_consent_everything_is_put_right_in_one_call(stage: Stage) -> None:
    spoil(stage)
    assert stage.adapter(profile=WITH_CONSENT).connect().bot_flag
    bot = stage.bot
    assert (bot.bot_account, bot.show_bot_accounts, bot.show_read_posts) == (True, True, True)
    assert (bot.languages, bot.bio, bot.display_name) == ((), BIOGRAPHY, "Précis")
    assert len(saved(stage)) == 1


def test_only_what_is_amiss_is_sent(stage: Stage) -> None:
    stage.bot.show_read_posts, stage.bot.bio = False, "Mine."
    stage.adapter(profile=WITH_CONSENT).connect()
    assert saved(stage) == [{"show_read_posts": True}]
    assert stage.bot.bio == "Mine."


def test_an_account_that_is_right_is_left_alone(stage: Stage) -> None:
    stage.bot.bio = BIOGRAPHY
    stage.adapter(profile=WITH_CONSENT).connect()
    assert saved(stage) == []


@pytest.mark.parametrize("profile", [WITHOUT, None])
def test_without_consent_nothing_is_changed(stage: Stage, profile: Profile | None) -> None:
    spoil(stage)
    with pytest.raises(AccountError, match="hides bot accounts"):
        stage.adapter(profile=profile).connect()
    assert saved(stage) == []


def told(stage: Stage, profile: Profile) -> dict[str, Finding]:
    spoil(stage)
    found = {finding.subject: finding for finding in stage.adapter(profile=profile).inspect(())}
    assert saved(stage) == []
    return {subject: found[subject] for subject in SUBJECTS}


def test_check_says_what_would_be_changed_and_changes_nothing(stage: Stage) -> None:
    found = told(stage, WITH_CONSENT)
    assert all(finding.ok for finding in found.values())
    assert all("Precis puts it right when it starts" in finding.text for finding in found.values())


def test_check_says_what_to_do_without_consent(stage: Stage) -> None:
    found = told(stage, WITHOUT)
    assert {subject for subject, finding in found.items() if not finding.ok} == {"bot flag", "own replies"}
    assert all("set_up = true" in finding.remedy for finding in found.values())


def test_what_the_server_does_not_take_over_is_not_asked_for_every_hour(stage: Stage) -> None:
    path = "PUT /account/settings/save" if stage.is_new else "PUT /user/save_user_settings"
    asked: list[Request] = []

    def nod(request: Request) -> Answer:
        asked.append(request)
        return Answer.of_json({"success": True})

    stage.answers[path] = nod
    adapter = stage.adapter(profile=WITH_CONSENT)
    for _ in range(3):
        adapter.connect()
        stage.clock.forward(hours=2)
    assert len(asked) == 1


def test_a_refused_change_does_not_keep_the_bot_from_running(stage: Stage) -> None:
    stage.refuse(
        "PUT /account/settings/save" if stage.is_new else "PUT /user/save_user_settings",
        400,
        "bio_length_overflow",
    )
    adapter = stage.adapter(profile=WITH_CONSENT)
    adapter.connect()
    adapter.reply(str(stage.post().id), "text", None)
    assert len(stage.server.world.all_comments()) == 1


def test_trap_15_the_own_vote_is_taken_back_while_the_flag_is_off(stage: Stage) -> None:
    adapter = stage.adapter(own_vote=False)
    comment = adapter.reply(str(stage.post().id), "text", None)
    assert stage.server.world.all_comments()[0].liked
    adapter.take_back_vote(comment.id)
    assert not stage.server.world.all_comments()[0].liked
    assert stage.bot.bot_account
    assert saved(stage) == [{"bot_account": False}, {"bot_account": True}]


def test_trap_15_the_vote_stays_where_the_config_leaves_it(stage: Stage) -> None:
    adapter = stage.adapter()
    adapter.take_back_vote(adapter.reply(str(stage.post().id), "text", None).id)
    assert stage.server.world.all_comments()[0].liked
    assert saved(stage) == []


def test_trap_15_a_flag_that_was_left_off_is_set_again(stage: Stage) -> None:
    adapter = stage.adapter(own_vote=False)
    comment = adapter.reply(str(stage.post().id), "text", None)
    stage.refuse("POST /comment/like", 400, "couldnt_like_comment")
    with pytest.raises(PlatformError):
        adapter.take_back_vote(comment.id)
    assert stage.bot.bot_account
    stage.bot.bot_account = False  # as a crash would leave it
    stage.adapter(own_vote=False).connect()
    assert stage.bot.bot_account
    stage.bot.bot_account = False
    stage.clock.forward(minutes=61)
    adapter.poll(stage.here, None, stage.clock.now - timedelta(hours=1))
    assert stage.bot.bot_account
