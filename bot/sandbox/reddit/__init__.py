"""Reddit on loopback, as far as PRAW and Precis speak to it."""

from bot.sandbox.reddit.server import RedditSandbox
from bot.sandbox.reddit.server_state import Comment, Redditor, ServerState, Submission, Subreddit

__all__ = ["Comment", "RedditSandbox", "Redditor", "ServerState", "Submission", "Subreddit"]
