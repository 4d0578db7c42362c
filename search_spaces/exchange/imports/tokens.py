"""One block string taken apart. No torch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from search_spaces.architecture import Stage
from search_spaces.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Tokens:
    """Numbers by their letters, and the words without one."""

    key: str
    text: str
    numbers: dict[str, str]
    words: tuple[str, ...]

    def integer(self, letter: str) -> int:
        """Return a number that has to be there."""
        value = self.numbers.get(letter, "")
        if not value.isdecimal() or len(value) > 6:
            raise InvalidInput(self.key, self.text, f"{letter} followed by an integer, such as {letter}1")
        return int(value)

    def real(self, letter: str, absent: int | None = None) -> int | float:
        """Return a number that may have decimals; `absent` where it may be missing."""
        if letter not in self.numbers and absent is not None:
            return absent
        value = self.numbers.get(letter, "")
        if not re.fullmatch(r"\d{1,6}(\.\d{1,17})?", value):
            raise InvalidInput(self.key, self.text, f"{letter} followed by a number, such as {letter}1")
        return int(value) if value.isdecimal() else float(value)

    def refuse(self, accepted: str) -> InvalidInput:
        """Return the mistake, to be raised."""
        return InvalidInput(self.key, self.text, accepted)


def tokens(key: str, text: str, parts: list[str], letters: tuple[str, ...], words: tuple[str, ...]) -> Tokens:
    """Take the parts of a string apart; raises InvalidInput for a letter or word that is not among the known."""
    numbers: dict[str, str] = {}
    found: list[str] = []
    for part in parts:
        match = re.fullmatch(r"([a-z]+)(\d.*)", part)
        if match and match[1] in letters and match[1] not in numbers:
            numbers[match[1]] = match[2]
        elif part in words:
            found.append(part)
        else:
            known = ", ".join((*letters, *words))
            raise InvalidInput(key, text, f"each of {known} at most once, and nothing else; not {part[:40]!r}")
    return Tokens(key, text, numbers, tuple(found))


def stage_of(parsed: Tokens, **fields: Any) -> Stage:
    """Build a stage, a wrong field told as a mistake of the string."""
    try:
        return Stage(**fields)
    except InvalidInput as error:
        raise parsed.refuse(f"{error.key}: {error.accepted}") from None
