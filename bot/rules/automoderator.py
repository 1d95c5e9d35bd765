"""Recognises a pasted rule of AutoModerator, so that its author learns where it belongs.

Its fields: https://www.reddit.com/r/reddit.com/wiki/automoderator/full-documentation
"""

from __future__ import annotations

import re

from bot.core.lazy_patterns import lazy_pattern
from bot.rules.setting_names import setting_named

_FIELDS = """
    type action action_reason author body title domain url id comment comment_locked comment_stickied message
    message_subject modmail modmail_subject moderators_exempt priority reports report_reason set_flair
    set_locked set_nsfw set_sticky set_spoiler crosspost_author crosspost_subreddit parent_submission
    standard discard ignore_blockquotes account_age comment_karma post_karma combined_karma is_contributor
    is_moderator is_submitter flair_text flair_css_class flair_template_id media_author media_title
    overwrite_flair past_archive_date poll_option_text satisfy_any_threshold name
"""
_FIELD_NAMES = frozenset(_FIELDS.split())
_FIELD = lazy_pattern(
    r"^[ \t]*+~?([a-z_]++(?:\+[a-z_]++)*+)(?:#\w+)?[ \t]*+(\([a-z, -]++\))?[ \t]*+:", re.MULTILINE
)
MAX_LENGTH = 20_000
"""Characters of a text that are looked at."""
_SURE = frozenset({"action", "action_reason", "moderators_exempt", "set_flair", "modmail", "standard"})


def is_automoderator_rule(text: str) -> bool:
    """Whether a text is a rule of AutoModerator rather than settings of Precis."""
    names: set[str] = set()
    has_modifier = False
    for found in _FIELD.finditer(text[:MAX_LENGTH]):
        fields = found[1].split("+")
        if not set(fields) <= _FIELD_NAMES:
            if setting_named(found[1]):
                return False
            continue
        names.update(fields)
        has_modifier |= found[2] is not None or len(fields) > 1
    return (bool(names & _SURE) and len(names) > 1) or (has_modifier and len(names) > 0)
