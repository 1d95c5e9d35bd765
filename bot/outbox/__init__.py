"""Exactly-once sending of replies and private messages, and the follow-up of sent replies."""
