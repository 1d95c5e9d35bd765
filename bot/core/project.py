"""Where this project is."""

PROJECT_URL = "https://github.com/precis-bot/precis"
