"""Which layer a value comes from."""

from __future__ import annotations

from bot.rules import CommunityRules
from bot.rules.layers import Origin, layered
from bot.rules.moderator_limits import Limits


def test_moderators_cover_the_operator_who_covers_the_defaults() -> None:
    held = layered({"words": 80, "nsfw": True}, {"words": 90, "layout": "bullets"}, Limits())
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
    held = layered({}, {}, Limits())
    assert held.rules == CommunityRules()
    assert set(held.origins.values()) == {Origin.DEFAULT}


def test_what_the_operator_fixed_later_is_theirs_again() -> None:
    held = layered({"method": "luhn"}, {"method": "lsa"}, Limits(frozenset({"method"})))
    assert (held.rules.method, held.origins["method"]) == ("luhn", Origin.OPERATOR)


def test_what_no_version_knows_is_passed_over() -> None:
    held = layered({}, {"layout": "hexagons", "colour": "red", "words": 90}, Limits())
    assert (held.rules.layout, held.rules.words) == ("paragraphs", 90)
