"""Reddit on loopback: the part of its API that PRAW and Precis use."""

from bot.sandbox.reddit.server import RedditSandbox
from bot.sandbox.reddit.server_state import Comment, Redditor, ServerState, Submission, Subreddit

__all__ = ["Comment", "RedditSandbox", "Redditor", "ServerState", "Submission", "Subreddit"]
