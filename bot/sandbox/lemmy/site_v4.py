"""`GET /site` and `GET /account` of API v4."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.rate_limits import TokenBuckets
from bot.sandbox.lemmy.server_state import LANGUAGES, Person, ServerState
from bot.sandbox.lemmy.views_v3 import ViewsV3, all_languages, timestamp

_ACTIVE = ("users_active_day", "users_active_week", "users_active_month", "users_active_half_year")


def site_response(
    world: ServerState, views: ViewsV3, limits: TokenBuckets, base: str, version: str
) -> dict[str, Any]:
    began = timestamp(world.started_at)
    return {
        "site_view": {
            "site": site(world, base),
            "local_site": _local_site(world),
            "local_site_rate_limit": _rate_limits(world, limits),
            "instance": {"id": 1, "domain": world.host, "published_at": began, "updated_at": began},
        },
        "admins": [views.person_view(person) for person in world.people.values() if person.admin],
        "version": version,
        "all_languages": all_languages(),
        "discussion_languages": list(range(len(LANGUAGES))),
        "oauth_providers": [],
        "admin_oauth_providers": [],
        "blocked_urls": [],
        "active_plugins": [],
        "captcha_enabled": False,
    }


def site(world: ServerState, base: str) -> dict[str, Any]:
    began = timestamp(world.started_at)
    return {
        "id": 1,
        "name": "Sandbox",
        "published_at": began,
        "updated_at": began,
        "ap_id": f"{base}/",
        "last_refreshed_at": began,
        "inbox_url": f"{base}/inbox",
        "instance_id": 1,
    }


def _local_site(world: ServerState) -> dict[str, Any]:
    began = timestamp(world.started_at)
    return {
        "id": 1,
        "site_id": 1,
        "site_setup": True,
        "community_creation_admin_only": False,
        "email_verification_required": False,
        "application_question": "Why do you want to join?",
        "private_instance": False,
        "default_theme": "browser",
        "default_post_listing_type": "local",
        "application_email_admins": False,
        "federation_enabled": False,
        "published_at": began,
        "updated_at": began,
        "registration_mode": "open",
        "reports_email_admins": False,
        "federation_signed_fetch": False,
        "default_post_listing_mode": "list",
        "default_post_sort_type": "active",
        "default_comment_sort_type": "hot",
        "oauth_registration": False,
        "post_upvotes": "all",
        "post_downvotes": "all",
        "comment_upvotes": "all",
        "comment_downvotes": "all",
        "nsfw_content_disallowed": False,
        "users": len(world.people),
        "posts": len(world.posts),
        "comments": len(world.comments()),
        "communities": len(world.communities),
        **dict.fromkeys(_ACTIVE, 0),
        "email_notifications_disabled": False,
        "default_items_per_page": 20,
        "image_mode": "none",
        "image_upload_timeout_seconds": 30,
        "image_max_thumbnail_size": 512,
        "image_max_avatar_size": 512,
        "image_max_banner_size": 1024,
        "image_max_upload_size": 1024,
        "image_allow_video_uploads": False,
        "image_upload_disabled": True,
        "max_invites_per_user_allowed": 0,
    }


def _rate_limits(world: ServerState, limits: TokenBuckets) -> dict[str, Any]:
    told: dict[str, Any] = {
        "local_site_id": 1,
        "published_at": timestamp(world.started_at),
        "updated_at": timestamp(world.started_at),
    }
    for name, (capacity, seconds) in limits.advertised().items():
        told |= {f"{name}_max_requests": capacity, f"{name}_interval_seconds": seconds}
    return told


def account_response(views: ViewsV3, viewer: Person) -> dict[str, Any]:
    lists = (
        "moderates",
        "multi_community_follows",
        "community_blocks",
        "instance_communities_blocks",
        "instance_persons_blocks",
        "person_blocks",
        "keyword_blocks",
    )
    return {
        "local_user_view": {
            "local_user": _local_user(viewer),
            "person": views.person(viewer),
            "banned": viewer.banned,
            "ban_expires_at": None,
        },
        **{name: [] for name in lists},
        "follows": views.follows(viewer),
        "discussion_languages": list(viewer.languages or range(len(LANGUAGES))),
    }


def _local_user(viewer: Person) -> dict[str, Any]:
    return {
        "id": viewer.id,
        "person_id": viewer.id,
        "show_nsfw": viewer.show_nsfw,
        "theme": "browser",
        "default_post_sort_type": "active",
        "default_listing_type": "local",
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
        "post_listing_mode": "list",
        "totp_2fa_enabled": viewer.totp_enabled,
        "animated_images_enabled": True,
        "collapse_bot_comments": False,
        "last_donation_notification_at": timestamp(viewer.published),
        "private_messages_enabled": True,
        "default_comment_sort_type": "hot",
        "auto_mark_fetched_posts_as_read": False,
        "hide_posts_with_media": False,
        "show_score": False,
        "show_upvotes": True,
        "show_downvotes": "show",
        "show_upvote_percentage": False,
        "show_person_votes": True,
        "default_items_per_page": 20,
        "show_media": True,
    }
