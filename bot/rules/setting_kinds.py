"""What kind of value each setting has."""

from __future__ import annotations

from enum import Enum
from typing import get_args, get_origin

from bot.rules.community_rules import CommunityRules
from bot.rules.rule_types import FREE_TEXT, Host, Language, Phrase


def is_list(name: str) -> bool:
    """Whether a setting is a list."""
    return get_origin(CommunityRules.model_fields[name].annotation) is tuple


def is_number(name: str) -> bool:
    """Whether a setting is a number."""
    return CommunityRules.model_fields[name].annotation is int


def is_bool(name: str) -> bool:
    """Whether a setting is true or false."""
    return CommunityRules.model_fields[name].annotation is bool


def is_host_list(name: str) -> bool:
    """Whether a setting is a list of sites."""
    return _item_type(name) == Host


def is_language_list(name: str) -> bool:
    """Whether a setting is a list of languages."""
    return _item_type(name) == Language


def is_free_text(name: str) -> bool:
    """Whether any text is a value, or an item, of a setting."""
    return _item_type(name) == Phrase or FREE_TEXT in CommunityRules.model_fields[name].metadata


def choices_of(name: str) -> tuple[str, ...]:
    """The allowed values of an enumeration or literal."""
    annotation = CommunityRules.model_fields[name].annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(member.value) for member in annotation)
    return () if is_list(name) else tuple(map(str, get_args(annotation)))


def _item_type(name: str) -> object:
    return get_args(CommunityRules.model_fields[name].annotation)[0] if is_list(name) else None


def unit_of(name: str) -> str | None:
    """What a number counts: a key of the units in `value_words.toml`; None for other settings."""
    time_unit = next((unit for unit in ("minute", "hour") if name.endswith(f"_{unit}s")), None)
    return time_unit or _UNITS.get(name)


_UNITS = {
    "min_saved": "percent", "sentences": "sentence", "words": "word",
    "min_article_words": "word", "min_self_post_words": "word",
    "min_score": "point", "delete_below": "point", "max_per_day": "reply",
}  # fmt: skip
