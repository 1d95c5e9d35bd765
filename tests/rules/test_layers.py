"""The value of a setting and the layer that it comes from."""

from __future__ import annotations

from bot.rules import CommunityRules
from bot.rules.layers import Origin, merge_layers
from bot.rules.moderator_limits import ModeratorLimits


def test_moderators_override_the_operator_who_overrides_the_defaults() -> None:
    effective = merge_layers(
        {"words": 80, "nsfw": True}, {"words": 90, "layout": "bullets"}, ModeratorLimits()
    )
    assert (
        effective.rules.words,
        effective.rules.nsfw,
        effective.rules.layout,
        effective.rules.sentences,
    ) == (
        90,
        True,
        "bullets",
        4,
    )
    named = {name: effective.origins[name] for name in ("words", "nsfw", "layout", "sentences")}
    assert named == {
        "words": Origin.MODERATORS,
        "nsfw": Origin.OPERATOR,
        "layout": Origin.MODERATORS,
        "sentences": Origin.DEFAULT,
    }


def test_without_layers_the_defaults_apply() -> None:
    effective = merge_layers({}, {}, ModeratorLimits())
    assert effective.rules == CommunityRules()
    assert set(effective.origins.values()) == {Origin.DEFAULT}


def test_a_setting_that_becomes_operator_only_has_the_operators_value() -> None:
    effective = merge_layers({"method": "luhn"}, {"method": "lsa"}, ModeratorLimits(frozenset({"method"})))
    assert (effective.rules.method, effective.origins["method"]) == ("luhn", Origin.OPERATOR)


def test_unknown_stored_settings_are_ignored() -> None:
    effective = merge_layers({}, {"layout": "hexagons", "colour": "red", "words": 90}, ModeratorLimits())
    assert (effective.rules.layout, effective.rules.words) == ("paragraphs", 90)
