"""The checks of `precis doctor`: each function checks one thing and returns the result."""
