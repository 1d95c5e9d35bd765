"""Which layer a value comes from."""

from __future__ import annotations

from bot.rules import CommunityRules
from bot.rules.layers import Origin, merge_layers
from bot.rules.moderator_limits import ModeratorLimits


def test_moderators_cover_the_operator_who_covers_the_defaults() -> None:
    held = merge_layers({"words": 80, "nsfw": True}, {"words": 90, "layout": "bullets"}, ModeratorLimits())
    assert (held.rules.words, held.rules.nsfw, held.rules.layout, held.rules.sentences) == (
        90,
        True,
        "bullets",
        4,
    )
    named = {name: held.origins[name] for name in ("words", "nsfw", "layout", "sentences")}
    assert named == {
        "words": Origin.MODERATORS,
        "nsfw": Origin.OPERATOR,
        "layout": Origin.MODERATORS,
        "sentences": Origin.DEFAULT,
    }


def test_without_layers_the_defaults_hold() -> None:
    held = merge_layers({}, {}, ModeratorLimits())
    assert held.rules == CommunityRules()
    assert set(held.origins.values()) == {Origin.DEFAULT}


def test_what_the_operator_fixed_later_is_theirs_again() -> None:
    held = merge_layers({"method": "luhn"}, {"method": "lsa"}, ModeratorLimits(frozenset({"method"})))
    assert (held.rules.method, held.origins["method"]) == ("luhn", Origin.OPERATOR)


def test_what_no_version_knows_is_passed_over() -> None:
    held = merge_layers({}, {"layout": "hexagons", "colour": "red", "words": 90}, ModeratorLimits())
    assert (held.rules.layout, held.rules.words) == ("paragraphs", 90)
