"""Renders templates with Jinja2. Autoescape is always on, because the database contains untrusted text."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot import __version__
from bot.web.formatting import FILTERS
from bot.web.score_explanation import feature_texts
from bot.web.time_tags import exact_tag, machine_time, with_times

environment = Environment(
    loader=PackageLoader("bot.web"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
environment.filters.update(
    FILTERS,
    feature_texts=feature_texts,
    exact_time=exact_tag,
    machine_time=machine_time,
    with_times=with_times,
)
environment.globals["version"] = __version__


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """A response with a rendered template. Every template gets the path of the request."""
    values.setdefault("visitor", True)
    html = environment.get_template(template).render(path=request.url.path, **values)
    return HTMLResponse(html.encode(errors="replace"), status)  # rows of older releases can be invalid


def not_found(request: Request) -> HTMLResponse:
    return render(request, "missing.html", 404)
