"""Values as Kconfig reads them from text: what a user may give to a symbol, and the number at the front of a text."""

from __future__ import annotations

import re
from typing import Final

from lint.kconfig.model import Type

_DIGITS: Final = {
    10: re.compile(r"\s*([+-]?[0-9]+)"),
    16: re.compile(r"\s*([+-]?)(?:0[xX](?=[0-9a-fA-F]))?([0-9a-fA-F]+)"),
}
_INT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)", re.ASCII).fullmatch
_HEX: Final = re.compile(r"(?:0[xX])?[0-9a-fA-F]+", re.ASCII).fullmatch
_LONGEST: Final = 1_000


def user_tristate(value: str, kind: Type) -> int | None:
    """The answer y, m or n to a bool or tristate prompt as 2, 1, 0; None for what Kconfig ignores."""
    answers = {"y": 2, "n": 0, "m": 1} if kind is Type.TRISTATE else {"y": 2, "n": 0}
    return answers.get(value[:1])


def user_text(value: str, kind: Type) -> str | None:
    """The answer to an int, hex or string prompt; None for what Kconfig ignores."""
    if len(value) > _LONGEST and kind is not Type.STRING:
        return None
    if kind is Type.INT:
        return value if _INT(value) else None
    if kind is Type.HEX:
        return value if _HEX(value) else None
    return value if kind is Type.STRING else None


def leading_number(text: str, base: int) -> int:
    """The number that a text begins with (strtoll); 0 without one. ``base`` is 10 or 16."""
    match = _DIGITS[base].match(text[:_LONGEST])
    return int("".join(match.groups()), base) if match else 0
