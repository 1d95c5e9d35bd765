"""Servers on loopback that behave as the real ones do, for the demo and the tests."""
