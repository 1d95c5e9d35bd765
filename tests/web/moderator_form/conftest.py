"""The pages with the form for moderators."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from bot.web.context import PageContext
from tests.web.conftest import with_token


def with_form(context: PageContext, *, preview: bool = False, **tables: object) -> PageContext:
    """With a token, and with the form turned on. `tables` are other tables of the config."""
    web = context.config.web.model_copy(update={"settings_form": True, "settings_form_preview": preview})
    config = context.config.model_copy(update={"web": web, **tables})
    return with_token(replace(context, config=config))


@pytest.fixture
def form_context(context: PageContext) -> PageContext:
    return with_form(context)
