"""The targets of `make fuzz`."""

from __future__ import annotations

from tests.fuzz import api_responses, links, pages, settings, texts

TARGETS = (links.TARGET, pages.TARGET, texts.TARGET, settings.TARGET, api_responses.TARGET)
