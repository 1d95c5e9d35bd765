"""The site, its settings and the settings of an account: what API v3 and v4 have in common."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Person
from bot.sandbox.lemmy.views import Views, all_languages, timestamp

NO_ACTIVE_USERS = {
    "users_active_day": 0,
    "users_active_week": 0,
    "users_active_month": 0,
    "users_active_half_year": 0,
}


def site_fields(views: Views, version: str) -> dict[str, Any]:
    """The fields of `GET /site` around the site itself."""
    return {
        "admins": [views.person_view(person) for person in views.state.people.values() if person.admin],
        "version": version,
        "all_languages": all_languages(),
        "discussion_languages": list(range(len(LANGUAGES))),
        "blocked_urls": [],
    }


def site_row(views: Views, base_url: str) -> dict[str, Any]:
    started = timestamp(views.state.started_at)
    return {
        "id": 1,
        "name": "Sandbox",
        views.PUBLISHED: started,
        views.UPDATED: started,
        views.ACTOR_URL: f"{base_url}/",
        "last_refreshed_at": started,
        "inbox_url": f"{base_url}/inbox",
        "instance_id": 1,
    }


def local_site_row(views: Views) -> dict[str, Any]:
    started = timestamp(views.state.started_at)
    return {
        "id": 1,
        "site_id": 1,
        "site_setup": True,
        "community_creation_admin_only": False,
        "application_question": "Why do you want to join?",
        "private_instance": False,
        "default_theme": "browser",
        "application_email_admins": False,
        "federation_enabled": False,
        views.PUBLISHED: started,
        views.UPDATED: started,
        "reports_email_admins": False,
        "federation_signed_fetch": False,
    }


def site_counts(views: Views) -> dict[str, Any]:
    state = views.state
    return {
        "users": len(state.people),
        "posts": len(state.posts),
        "comments": len(state.comments()),
        "communities": len(state.communities),
        **NO_ACTIVE_USERS,
    }


def local_user_row(viewer: Person) -> dict[str, Any]:
    return {
        "id": viewer.id,
        "person_id": viewer.id,
        "show_nsfw": viewer.show_nsfw,
        "theme": "browser",
        "interface_language": "browser",
        "show_avatars": True,
        "send_notifications_to_email": False,
        "show_bot_accounts": viewer.show_bot_accounts,
        "show_read_posts": viewer.show_read_posts,
        "email_verified": False,
        "accepted_application": True,
        "open_links_in_new_tab": False,
        "blur_nsfw": True,
        "infinite_scroll_enabled": False,
        "admin": viewer.admin,
        "totp_2fa_enabled": viewer.totp_enabled,
        "collapse_bot_comments": False,
    }
