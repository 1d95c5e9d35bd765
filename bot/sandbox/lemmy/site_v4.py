"""`GET /site` and `GET /account` of API v4."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.rate_limits import RateLimits
from bot.sandbox.lemmy.server_state import LANGUAGES, Person
from bot.sandbox.lemmy.site import local_site_row, local_user_row, site_counts, site_fields, site_row
from bot.sandbox.lemmy.views import Views, timestamp


def site_response(views: Views, limits: RateLimits, base_url: str, version: str) -> dict[str, Any]:
    host, started = views.state.host, timestamp(views.state.started_at)
    return {
        "site_view": {
            "site": site_row(views, base_url),
            "local_site": _local_site(views),
            "local_site_rate_limit": _rate_limits(started, limits),
            "instance": {"id": 1, "domain": host, "published_at": started, "updated_at": started},
        },
        **site_fields(views, version),
        "oauth_providers": [],
        "admin_oauth_providers": [],
        "active_plugins": [],
        "captcha_enabled": False,
    }


def _local_site(views: Views) -> dict[str, Any]:
    return {
        **local_site_row(views),
        "email_verification_required": False,
        "default_post_listing_type": "local",
        "registration_mode": "open",
        "default_post_listing_mode": "list",
        "default_post_sort_type": "active",
        "default_comment_sort_type": "hot",
        "oauth_registration": False,
        "post_upvotes": "all",
        "post_downvotes": "all",
        "comment_upvotes": "all",
        "comment_downvotes": "all",
        "nsfw_content_disallowed": False,
        **site_counts(views),
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


def _rate_limits(started: str, limits: RateLimits) -> dict[str, Any]:
    row: dict[str, Any] = {"local_site_id": 1, "published_at": started, "updated_at": started}
    for name, (capacity, seconds) in limits.advertised().items():
        row |= {f"{name}_max_requests": capacity, f"{name}_interval_seconds": seconds}
    return row


def account_response(views: Views, viewer: Person) -> dict[str, Any]:
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
    return local_user_row(viewer) | {
        "default_post_sort_type": "active",
        "default_listing_type": "local",
        "post_listing_mode": "list",
        "animated_images_enabled": True,
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
