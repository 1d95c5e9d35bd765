"""Precis: a bot that replies to link posts with a summary of the linked article."""

__version__ = "0.2.0"
