"""`GET /site`: the front page's answer, with the account that asks in it."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.rate_limits import TokenBuckets
from bot.sandbox.lemmy.server_state import LANGUAGES, Person, ServerState
from bot.sandbox.lemmy.views_v3 import ViewsV3, all_languages, timestamp


def site_response(
    world: ServerState, views: ViewsV3, viewer: Person | None, limits: TokenBuckets, base: str, version: str
) -> dict[str, Any]:
    admins = [views.person_view(person) for person in world.people.values() if person.admin]
    answer: dict[str, Any] = {
        "site_view": {
            "site": site(world, base),
            "local_site": _local_site(world),
            "local_site_rate_limit": _rate_limits(world, limits),
            "counts": _counts(world),
        },
        "admins": admins,
        "version": version,
        "all_languages": all_languages(),
        "discussion_languages": list(range(len(LANGUAGES))),
        "taglines": [],
        "custom_emojis": [],
        "blocked_urls": [],
    }
    if viewer is not None:
        answer["my_user"] = _my_user(views, viewer)
    return answer


def site(world: ServerState, base: str) -> dict[str, Any]:
    began = timestamp(world.started_at)
    return {
        "id": 1,
        "name": "Sandbox",
        "published": began,
        "updated": began,
        "actor_id": f"{base}/",
        "last_refreshed_at": began,
        "inbox_url": f"{base}/inbox",
        "public_key": "-----BEGIN PUBLIC KEY-----\nnone\n-----END PUBLIC KEY-----\n",
        "instance_id": 1,
    }


def _local_site(world: ServerState) -> dict[str, Any]:
    began = timestamp(world.started_at)
    return {
        "id": 1,
        "site_id": 1,
        "site_setup": True,
        "enable_downvotes": True,
        "enable_nsfw": True,
        "community_creation_admin_only": False,
        "require_email_verification": False,
        "application_question": "Why do you want to join?",
        "private_instance": False,
        "default_theme": "browser",
        "default_post_listing_type": "Local",
        "hide_modlog_mod_names": True,
        "application_email_admins": False,
        "actor_name_max_length": 20,
        "federation_enabled": False,
        "captcha_enabled": False,
        "captcha_difficulty": "medium",
        "published": began,
        "updated": began,
        "registration_mode": "Open",
        "reports_email_admins": False,
        "federation_signed_fetch": False,
        "default_post_listing_mode": "List",
        "default_sort_type": "Active",
    }


def _rate_limits(world: ServerState, limits: TokenBuckets) -> dict[str, Any]:
    told: dict[str, Any] = {"local_site_id": 1, "published": timestamp(world.started_at)}
    for name, (capacity, seconds) in limits.advertised().items():
        told |= {name: capacity, f"{name}_per_second": seconds}
    return told


def _counts(world: ServerState) -> dict[str, int]:
    counts = {
        "users": len(world.people),
        "posts": len(world.posts),
        "comments": len(world.comments()),
        "communities": len(world.communities),
    }
    active = ("users_active_day", "users_active_week", "users_active_month", "users_active_half_year")
    return {"site_id": 1, **counts, **dict.fromkeys(active, 0)}


def _my_user(views: ViewsV3, viewer: Person) -> dict[str, Any]:
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
    return {
        "id": viewer.id,
        "person_id": viewer.id,
        "show_nsfw": viewer.show_nsfw,
        "theme": "browser",
        "default_sort_type": "Active",
        "default_listing_type": "Local",
        "interface_language": "browser",
        "show_avatars": True,
        "send_notifications_to_email": False,
        "show_scores": True,
        "show_bot_accounts": viewer.show_bot_accounts,
        "show_read_posts": viewer.show_read_posts,
        "email_verified": False,
        "accepted_application": True,
        "open_links_in_new_tab": False,
        "blur_nsfw": True,
        "auto_expand": False,
        "infinite_scroll_enabled": False,
        "admin": viewer.admin,
        "post_listing_mode": "List",
        "totp_2fa_enabled": viewer.totp_enabled,
        "enable_keyboard_navigation": False,
        "enable_animated_images": True,
        "collapse_bot_comments": False,
        "last_donation_notification": timestamp(viewer.published),
    }
