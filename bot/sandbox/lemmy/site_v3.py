"""`GET /site` of API v3, with the account that is logged in."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.rate_limits import RateLimits
from bot.sandbox.lemmy.server_state import Person
from bot.sandbox.lemmy.site import local_site_row, local_user_row, site_counts, site_fields, site_row
from bot.sandbox.lemmy.views import Views, timestamp


def site_response(views: Views, limits: RateLimits, base_url: str, version: str) -> dict[str, Any]:
    response: dict[str, Any] = {
        "site_view": {
            "site": site(views, base_url),
            "local_site": _local_site(views),
            "local_site_rate_limit": _rate_limits(views, limits),
            "counts": {"site_id": 1, **site_counts(views)},
        },
        **site_fields(views, version),
        "taglines": [],
        "custom_emojis": [],
    }
    if views.viewer is not None:
        response["my_user"] = _my_user(views, views.viewer)
    return response


def site(views: Views, base_url: str) -> dict[str, Any]:
    key = "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n"
    return site_row(views, base_url) | {"public_key": key}


def _local_site(views: Views) -> dict[str, Any]:
    return local_site_row(views) | {
        "enable_downvotes": True,
        "enable_nsfw": True,
        "require_email_verification": False,
        "default_post_listing_type": "Local",
        "hide_modlog_mod_names": True,
        "actor_name_max_length": 20,
        "captcha_enabled": False,
        "captcha_difficulty": "medium",
        "registration_mode": "Open",
        "default_post_listing_mode": "List",
        "default_sort_type": "Active",
    }


def _rate_limits(views: Views, limits: RateLimits) -> dict[str, Any]:
    row: dict[str, Any] = {"local_site_id": 1, "published": timestamp(views.state.started_at)}
    for name, (capacity, seconds) in limits.advertised().items():
        row |= {name: capacity, f"{name}_per_second": seconds}
    return row


def _my_user(views: Views, viewer: Person) -> dict[str, Any]:
    return {
        "local_user_view": {
            "local_user": _local_user(viewer),
            "local_user_vote_display_mode": {
                "local_user_id": viewer.id,
                "score": False,
                "upvotes": True,
                "downvotes": True,
                "upvote_percentage": False,
            },
            "person": views.person(viewer),
            "counts": views.person_counts(viewer),
        },
        "follows": views.follows(viewer),
        "moderates": [],
        "community_blocks": [],
        "instance_blocks": [],
        "person_blocks": [],
        "discussion_languages": list(viewer.languages),
    }


def _local_user(viewer: Person) -> dict[str, Any]:
    return local_user_row(viewer) | {
        "default_sort_type": "Active",
        "default_listing_type": "Local",
        "show_scores": True,
        "auto_expand": False,
        "post_listing_mode": "List",
        "enable_keyboard_navigation": False,
        "enable_animated_images": True,
        "last_donation_notification": timestamp(viewer.published),
    }
