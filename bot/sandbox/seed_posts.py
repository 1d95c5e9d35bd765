"""The first posts of the demo, on both servers: links to every page, and posts that a bot skips."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.clock import utc_now
from bot.sandbox.environment import SandboxEnvironment

MODERATOR = "mona"
"""She moderates the first community on both servers, and does nothing by herself."""


def seed_posts(environment: SandboxEnvironment) -> None:
    start = utc_now() - timedelta(minutes=30)
    _seed_fediverse(environment, start)
    _seed_reddit(environment, start)
    environment.communities[0].moderators.append(environment.fediverse.state.add_person(MODERATOR))
    environment.subreddits[0].moderators.append(environment.reddit.state.add_redditor(MODERATOR))


def _seed_fediverse(environment: SandboxEnvironment, start: datetime) -> None:
    """A post for each page of the news site, and posts that a bot skips."""
    state, site = environment.fediverse.state, environment.site
    people = [environment.alice, *(state.add_person(name) for name in ("bruno", "chen"))]
    for number, page in enumerate(site.stories):
        state.add_post(
            environment.communities[number % 2],
            people[number % 3],
            page.title,
            f"{site.url}{page.path}",
            published=start + timedelta(seconds=number),
        )
    news, link = environment.communities[0], environment.article_urls()[0]
    photo = f"{site.url}/harbour.jpg"
    state.add_post(news, people[1], "A question without a link", published=start)
    state.add_post(news, people[1], "A photo of the harbour", photo, published=start)
    state.add_post(
        news, people[1], "The rules of this community", link, published=start, featured_community=True
    )
    state.add_post(news, people[1], "A thread that the moderators locked", link, published=start, locked=True)
    robot = state.add_person("feedbot", bot_account=True)
    state.add_post(news, robot, "Posted by another bot", link, published=start)


def _seed_reddit(environment: SandboxEnvironment, start: datetime) -> None:
    """A post for every third page, and the kinds of post that only Reddit has."""
    state, site, rosa = environment.reddit.state, environment.site, environment.rosa
    news, worldnews, shadows = environment.subreddits
    shadows.quarantine = True
    for number, page in enumerate(site.stories[::3]):
        state.add_submission(
            (news, worldnews)[number % 2],
            rosa,
            page.title,
            f"{site.url}{page.path}",
            published=start + timedelta(seconds=number),
        )
    link = environment.article_urls()[1]
    original = state.add_submission(worldnews, rosa, "An article, posted here first", link, published=start)
    state.add_submission(news, rosa, "A crosspost of it", published=start, crosspost_of=original)
    gallery = "https://www.reddit.com/gallery/abc123"
    state.add_submission(news, rosa, "A question, without a link", published=start)
    state.add_submission(news, rosa, "A gallery of photos", gallery, published=start, is_gallery=True)
    state.add_submission(news, rosa, "A video", "https://v.redd.it/abc123", published=start, is_video=True)
    state.add_submission(news, rosa, "Not safe for work", link, published=start, over_18=True)
    state.add_submission(news, rosa, "An archived thread", link, published=start, archived=True)
    state.add_submission(shadows, rosa, "Something doubtful", link, published=start)
