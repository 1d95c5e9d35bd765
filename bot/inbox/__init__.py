"""Messages to the bot: fetch each once, run its command or summary request, answer it once."""
