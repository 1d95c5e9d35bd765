"""All pages as one ASGI application."""

from __future__ import annotations

import hmac

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.store.status_reports import status
from bot.web.auth import COOKIE, Gate, knows, pass_for
from bot.web.context import Parts
from bot.web.metrics import exposition
from bot.web.preview import MOST_BYTES, PreviewPage
from bot.web.status_pages import StatusPages, asleep, missing
from bot.web.templating import page


def make_site(parts: Parts) -> Starlette:
    status, preview = StatusPages(parts), PreviewPage(parts)

    def healthz(request: Request) -> Response:
        """200 while every job goes on and the database answers, else 503; details for those who may look."""
        troubles = troubles_of(parts)
        answer: dict[str, object] = {"status": "ill" if troubles else "ok"}
        if knows(request, parts.token):
            answer["troubles"] = troubles
        return JSONResponse(answer, 503 if troubles else 200)

    def metrics(request: Request) -> Response:
        text, kind = exposition(parts)
        return Response(text, media_type=kind)

    async def login(request: Request) -> Response:
        if request.method != "POST":
            return page(request, "login.html", visitor=False, wrong=False)
        given = (await request.form(max_fields=3, max_files=0)).get("token", "")
        if parts.token is None or not hmac.compare_digest(str(given).encode(), parts.token.encode()):
            return page(request, "login.html", 403, visitor=False, wrong=True)
        answer = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE, pass_for(parts.token), httponly=True, samesite="strict", secure=secure, max_age=30 * 86400
        )
        return answer

    return Starlette(
        routes=[
            Route("/", status.now),
            Route("/posts", status.posts),
            Route("/posts/{row:int}", status.post),
            Route("/settings", status.settings),
            Route("/preview", preview.show, methods=["GET", "POST"]),
            Route("/metrics", metrics),
            Route("/healthz", healthz),
            Route("/login", login, methods=["GET", "POST"]),
            Mount("/static", StaticFiles(packages=[("bot.web", "static")])),
        ],
        middleware=[Middleware(Gate, token=parts.token)],
        exception_handlers={404: lambda request, error: missing(request)},
        max_body_size=MOST_BYTES + 100_000,
    )


def troubles_of(parts: Parts) -> list[str]:
    """Why the daemon is ill, a sentence each."""
    found = list(parts.health.troubles()) if parts.health else []
    try:
        report = status(parts.database)
        found += [] if parts.health else asleep(report, parts)
    except Exception as error:  # noqa: BLE001 (whatever it is, the database does not answer)
        found.append(f"The database cannot be read ({type(error).__name__}).")
    return found
