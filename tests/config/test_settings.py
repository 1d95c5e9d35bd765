from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import load
from bot.core.models import Source
from bot.rules import CommunityRules
from tests.config.conftest import ACCOUNT, ENVIRON, MINIMAL, Load


def test_defaults_apply_if_nothing_is_set(read: Load) -> None:
    config = read(MINIMAL)
    assert config.poll.interval == timedelta(seconds=60)
    assert config.fetch.robots
    assert config.rules_for("news@lemmy.example") == CommunityRules()


def test_settings_are_frozen(read: Load) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read(MINIMAL).poll.interval = timedelta(seconds=1)  # type: ignore[misc]


def test_code_may_go_below_the_limits(read: Load) -> None:
    config = read(MINIMAL)
    fast = config.model_copy(
        update={"poll": config.poll.model_copy(update={"interval": timedelta(milliseconds=50)})}
    )
    assert fast.poll.interval == timedelta(milliseconds=50)
    assert fast.sources() == config.sources()


def test_sources_in_the_order_of_the_file(read: Load) -> None:
    named = 'communities = ["News", "!tech@Other.Host", "https://third.example/c/art", "news"]'
    assert read(MINIMAL.replace('communities = ["news"]', named)).sources() == (
        Source("main", "news@lemmy.example"),
        Source("main", "tech@other.host"),
        Source("main", "art@third.example"),
    )


def test_several_accounts(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL + ACCOUNT.replace("main", "the-second").replace("lemmy.ex", "other.ex"))
    environ = ENVIRON | {"PRECIS_LEMMY_THE_SECOND_PASSWORD": "other"}
    config = load(path, environ)
    assert [(platform, name) for platform, name, _ in config.accounts()] == [
        ("lemmy", "main"),
        ("lemmy", "the-second"),
    ]
    assert config.lemmy["the-second"].host == "other.example"
    assert config.lemmy["the-second"].password.get_secret_value() == "other"
    assert config.sources() == (
        Source("main", "news@lemmy.example"),
        Source("the-second", "news@other.example"),
    )


def test_everything_is_one_source(read: Load) -> None:
    config = read(MINIMAL.replace('communities = ["news"]', "everything = true"))
    assert config.sources() == (Source("main", None),)


def test_a_community_inherits_what_its_table_does_not_set(read: Load) -> None:
    text = '[rules]\nwords = 90\nsentences = 3\n[rules."!News@lemmy.example"]\nsentences = 4\nnsfw = true\n'
    config = read(MINIMAL + text)
    # 4 is the default of `sentences`, but it is set for the community, so it wins over [rules]
    assert config.rules_for("news@lemmy.example") == CommunityRules(words=90, sentences=4, nsfw=True)
    assert config.rules_for("other@lemmy.example") == CommunityRules(words=90, sentences=3)


def test_the_password_is_never_printed(read: Load) -> None:
    config = read(MINIMAL)
    assert config.lemmy["main"].password.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{config!r} {config} {config.model_dump_json()}"
