"""The posts that the demo begins with, on both servers: links to every page, and what a bot leaves alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.daemon.tuning import utc_now
from bot.sandbox.environment import SandboxEnvironment


def seed_posts(stage: SandboxEnvironment) -> None:
    start = utc_now() - timedelta(minutes=30)
    _seed_home(stage, start)
    _seed_reddit(stage, start)


def _seed_home(stage: SandboxEnvironment, start: datetime) -> None:
    """A post for each page of the news site, and posts that a bot leaves alone."""
    world, site = stage.fediverse.state, stage.site
    people = [stage.alice, *(world.add_person(name) for name in ("bruno", "chen"))]
    for number, page in enumerate(site.stories):
        world.add_post(
            stage.communities[number % 2],
            people[number % 3],
            page.title,
            f"{site.url}{page.path}",
            published=start + timedelta(seconds=number),
        )
    news, link = stage.communities[0], stage.article_urls()[0]
    photo = f"{site.url}/harbour.jpg"
    world.add_post(news, people[1], "A question to everybody, without a link", published=start)
    world.add_post(news, people[1], "A photo of the harbour", photo, published=start)
    world.add_post(news, people[1], "The rules here", link, published=start, featured_community=True)
    world.add_post(news, people[1], "A thread that the moderators closed", link, published=start, locked=True)
    robot = world.add_person("feedbot", bot_account=True)
    world.add_post(news, robot, "Posted by another bot", link, published=start)


def _seed_reddit(stage: SandboxEnvironment, start: datetime) -> None:
    """Every third page again, and the kinds of post that only Reddit has."""
    world, site, rosa = stage.reddit.state, stage.site, stage.rosa
    news, worldnews, shadows = stage.subreddits
    shadows.quarantine = True
    for number, page in enumerate(site.stories[::3]):
        world.add_submission(
            (news, worldnews)[number % 2],
            rosa,
            page.title,
            f"{site.url}{page.path}",
            published=start + timedelta(seconds=number),
        )
    link = stage.article_urls()[1]
    original = world.add_submission(worldnews, rosa, "An article, here first", link, published=start)
    world.add_submission(news, rosa, "A crosspost of it", published=start, crosspost_of=original)
    gallery = "https://www.reddit.com/gallery/abc123"
    world.add_submission(news, rosa, "A question, without a link", published=start)
    world.add_submission(news, rosa, "A gallery of photos", gallery, published=start, is_gallery=True)
    world.add_submission(news, rosa, "A video", "https://v.redd.it/abc123", published=start, is_video=True)
    world.add_submission(news, rosa, "Not safe for work", link, published=start, over_18=True)
    world.add_submission(news, rosa, "An archived thread", link, published=start, archived=True)
    world.add_submission(shadows, rosa, "Something doubtful", link, published=start)
