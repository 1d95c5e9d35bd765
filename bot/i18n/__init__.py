"""The bot's own texts in several languages."""
