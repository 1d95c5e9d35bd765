"""What becomes of a reply."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup


class ReplyLifetime(SettingsGroup):
    """What becomes of a reply."""

    delete_below: int = Field(
        -5, ge=-1000, le=0, description="A reply whose score falls below this is deleted."
    )
    poster_may_delete: bool = Field(
        True, description='Whether the poster of the link may have the reply deleted ("delete").'
    )
    edit_on_change: bool = Field(
        False, description="Whether the reply follows when the article changes within a day, once."
    )
