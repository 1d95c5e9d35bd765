"""The bot's own texts in seven languages."""
