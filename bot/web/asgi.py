"""All pages as one ASGI application."""

from __future__ import annotations

from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.core.errors import StoreError
from bot.notices.conditions import polling_problem
from bot.store.status_reports import status_report
from bot.web.actions import Actions
from bot.web.auth import SETTINGS_FORM, AuthMiddleware, is_authorized
from bot.web.community_pages import CommunityPages
from bot.web.community_settings import CommunitySettingsForm
from bot.web.context import PageContext
from bot.web.metrics import render_metrics
from bot.web.moderator_form.page import ModeratorForm
from bot.web.post_pages import PostPages
from bot.web.preview import MAX_BYTES, PreviewPage
from bot.web.sessions import COOKIE, is_equal, new_session
from bot.web.status_pages import StatusPages
from bot.web.templating import not_found, render

HEALTH_THREADS = 4
"""Health checks at the same time."""
STATIC = Path(__file__).with_name("static")


def create_app(context: PageContext) -> Starlette:
    status_pages, post_pages, preview = StatusPages(context), PostPages(context), PreviewPage(context)
    community_pages, community_settings = CommunityPages(context), CommunitySettingsForm(context)
    health_threads = CapacityLimiter(HEALTH_THREADS)

    async def healthz(request: Request) -> Response:
        """200 if no job is stuck and the database answers, else 503. Details only for authorized visitors.

        It has threads of its own, so that slow pages do not delay it.
        """
        problems = await to_thread.run_sync(health_problems, context, limiter=health_threads)
        answer: dict[str, object] = {"status": "unhealthy" if problems else "ok"}
        if is_authorized(request, context.token):
            answer["troubles"] = problems
        return JSONResponse(answer, 503 if problems else 200)

    def metrics(request: Request) -> Response:
        text, kind = render_metrics(context)
        return Response(text, media_type=kind)

    async def login(request: Request) -> Response:
        if request.method != "POST":
            return render(request, "login.html", visitor=False, wrong=False)
        given = (await request.form(max_fields=3, max_files=0)).get("token", "")
        if context.token is None or not is_equal(str(given), context.token):
            return render(request, "login.html", 403, visitor=False, wrong=True)
        answer = RedirectResponse("/", 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(
            COOKIE,
            new_session(context.token),
            httponly=True,
            samesite="strict",
            secure=secure,
            max_age=30 * 86400,
        )
        return answer

    def favicon(request: Request) -> Response:
        """For programs that do not read the page's own `<link rel="icon">`."""
        return FileResponse(STATIC / "favicon.ico", media_type="image/vnd.microsoft.icon")

    settings_form = context.config.web.settings_form
    form_routes = [Route(SETTINGS_FORM, ModeratorForm(context).show)] if settings_form else []
    return Starlette(
        routes=[
            Route("/", status_pages.overview),
            Route("/posts", post_pages.posts),
            Route("/posts/{row}", post_pages.post),
            Route("/why", post_pages.why),
            Route("/settings", community_pages.settings),
            Route("/community", community_pages.community),
            Route("/community/settings", community_settings.show, methods=["GET", "POST"]),
            Route("/actions/{name}", Actions(context).act, methods=["POST"]),
            Route("/preview", preview.show, methods=["GET", "POST"]),
            *form_routes,
            Route("/metrics", metrics),
            Route("/healthz", healthz),
            Route("/login", login, methods=["GET", "POST"]),
            Route("/favicon.ico", favicon),
            Mount("/static", StaticFiles(packages=[("bot.web", "static")])),
        ],
        middleware=[Middleware(AuthMiddleware, token=context.token, settings_form=settings_form)],
        exception_handlers={
            404: lambda request, error: not_found(request),
            StoreError: lambda request, error: render(request, "unavailable.html", 503, error=error),
        },
        max_body_size=MAX_BYTES + 100_000,
    )


def health_problems(context: PageContext) -> list[str]:
    """The problems of the daemon, one sentence each."""
    problems = list(context.health.problems()) if context.health else []
    try:
        report = status_report(context.database)
        if context.health is None:
            sentence = polling_problem(context.config, report, context.clock())
            problems += [] if sentence is None else [sentence]
    except StoreError as error:
        problems.append(f"{error.message} {error.remedy}")
    except Exception as error:  # noqa: BLE001 (any error means that the database does not answer)
        problems.append(f"The database cannot be read ({type(error).__name__}).")
    return problems
