"""Where a report is going to be read: a terminal of some width, or a pipe or file that nobody wraps for."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import IO, Any


@dataclass(frozen=True, slots=True)
class Screen:
    """``width`` in cells; None for a pipe or file, where no line is broken. ``colour``: escapes are wanted."""

    width: int | None = None
    colour: bool = False


PIPE = Screen()
_PLAIN = str.maketrans({"…": "...", "→": "->", "─": "-", "│": "|", "├": "|", "└": "`"})


def screen_of(stream: IO[Any]) -> Screen:
    """What is known of a stream; NO_COLOR and a dumb terminal switch colours off."""
    if not stream.isatty():
        return PIPE
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM", "dumb") == "dumb"
    return Screen(max(shutil.get_terminal_size().columns, 40), not plain)


def encoded(text: str, encoding: str) -> bytes:
    """Text for a stream that may not know all characters; those that it lacks are written as escapes."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN).encode(encoding, "backslashreplace")
