"""Commands in messages to the bot: parse, authorise, run, answer. One module per command or group."""
