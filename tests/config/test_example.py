"""config.example.toml: it loads, it has every setting, and the defaults that it shows are correct."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.config import Config, load
from bot.config.introspection import account_models, accounts_in, named_tables, secret_fields, settings_tables
from bot.config.loader import parse
from bot.config.secrets import SecretsContext, environment_variable
from tests.config.conftest import ENVIRON as COMMON_ENVIRON

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
ENVIRON = COMMON_ENVIRON | {
    "PRECIS_NOTIFY_OPS_URL": "smtp://precis@mail.example.org",
    "PRECIS_NOTIFY_OPS_PASSWORD": "s3cret",
    "PRECIS_HEARTBEAT_URL": "https://hc-ping.example/1234",
    "PRECIS_EVENTS_URL": "https://hooks.example/1234",
}
_SHOWN = re.compile(r"^# (\w+ = .*|\[.*\])$", re.MULTILINE)


def uncommented() -> str:
    """The example with every setting enabled, except one of two that exclude each other."""
    text = _SHOWN.sub(r"\1", EXAMPLE.read_text(encoding="utf-8"))
    return re.sub(
        r"^(password|client_secret|refresh_token|refresh_token_file|token|token_file|report_to|proxy"
        r"|proxy_password|proxy_password_file|database_password|database_password_file|node|url"
        r"|url_file) = .*$",
        "",
        text,
        flags=re.MULTILINE,
    )


def missing(model: type[BaseModel], table: dict[str, Any]) -> set[str]:
    return set(model.model_fields) - set(table)


def test_it_loads() -> None:
    config = load(EXAMPLE, ENVIRON)
    assert config.sources()
    assert config.model_fields_set >= {"bot", "lemmy"}


def test_every_setting_is_in_it() -> None:
    shown = tomllib.loads(_SHOWN.sub(r"\1", EXAMPLE.read_text(encoding="utf-8")))
    for name, model in settings_tables().items():
        assert not missing(model, shown[name]), name
    for group, model in named_tables().items():
        (table,) = shown[group].values()
        assert not missing(model, table), group


def test_the_defaults_that_it_shows_are_correct() -> None:
    secrets = {
        environment_variable(platform, name, secret): "s3cret"
        for platform, name, _ in accounts_in(tomllib.loads(uncommented()))
        for secret in secret_fields(account_models()[platform])
        if secret != "refresh_token"  # it excludes a password
    }
    context = SecretsContext(Path("config.toml"), ENVIRON | secrets)
    shown, plain = parse(uncommented(), context), load(EXAMPLE, ENVIRON)
    for name in settings_tables():
        if name not in {"bot", "rules"}:
            assert getattr(shown, name) == getattr(plain, name), name
    assert shown.bot.source_url == plain.bot.source_url
    assert shown.rules_for("news@lemmy.example") == plain.rules_for("news@lemmy.example")
    assert shown.rules_for("technology@other.example").layout == "collapsed"


def test_it_is_in_the_package() -> None:
    assert files("bot.config").joinpath("example.toml").read_text("utf-8") == EXAMPLE.read_text("utf-8")


def test_the_tables_have_descriptions() -> None:
    for model in (*settings_tables().values(), *named_tables().values(), Config):
        assert model.__doc__
        for name, field in model.model_fields.items():
            assert field.description or model is Config, f"{model.__name__}.{name}"
