"""Read the syntax of a regular expression, item by item.

Only the syntax of the rules in this package is understood. For all other syntax the methods raise an
IndexError or a ValueError.
"""

from __future__ import annotations

_GROUPS = ("?:", "?=", "?!", "?<=", "?<!")


class PatternSyntax:
    """The rest of a pattern, from the place `at`."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0

    @property
    def at_end(self) -> bool:
        return self.at == len(self._pattern)

    def group_start(self) -> bool:
        """Skip what follows the bracket of a group; whether the group only looks around."""
        if self.peek() != "?":
            return False
        start = next((one for one in _GROUPS if self._pattern.startswith(one, self.at)), None)
        if start is None:
            raise ValueError("flags or a name")
        self.at += len(start)
        return start != "?:"

    def group_end(self) -> None:
        if self.next() != ")":
            raise ValueError("not closed")

    def character_class(self) -> str:
        """Skip a class after its bracket, and return what is between its brackets."""
        start = self.at
        self.at += self.peek() == "^"
        self.at += self.peek() == "]"
        while (character := self.next()) != "]":
            self.at += character == "\\"
        return self._pattern[start : self.at - 1]

    def quantifier(self) -> tuple[bool, bool]:
        """Whether the item before occurs at least once, and whether it occurs just once."""
        character = self.peek()
        if character == "{":
            end = self._pattern.index("}", self.at)
            least = int(self._pattern[self.at + 1 : end].split(",")[0] or 0)
            self.at = end + 1
        elif character and character in "?*+":
            least = int(character == "+")
            self.at += 1
        else:
            return True, True
        if (following := self.peek()) and following in "?+":  # lazy or possessive
            self.at += 1
        return least > 0, False

    def peek(self) -> str:
        """The next character; "" at the end."""
        return self._pattern[self.at : self.at + 1]

    def next(self) -> str:
        """The next character, which is skipped."""
        self.at += 1
        return self._pattern[self.at - 1]
