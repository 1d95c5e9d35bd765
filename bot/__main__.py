"""`python -m bot` is `precis`."""

from bot.cli import main

main()
