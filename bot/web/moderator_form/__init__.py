"""The page where moderators choose settings and get the text to send to the bot."""
