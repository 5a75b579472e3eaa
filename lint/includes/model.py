"""What is known of an ``#include``, as values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lint.cparse.model import Include


class Status(StrEnum):
    """What became of the search for an included file."""

    FOUND = "found"
    GENERATED = "generated"  # the build makes it: there is nothing to read
    UNKNOWN = "unknown"  # a header of the C library, or a search path that is not understood
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer for one ``#include``; ``path`` is the file that was found, empty otherwise."""

    status: Status
    path: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One ``#include`` that was found: the including file, the line in it, and the file that it means."""

    parent: str
    include: Include
    path: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines of a file, the last one included, that a compiler reads in one go; ``END`` stands for the rest."""

    path: str
    first: int
    last: int


END = 1 << 30
GENERATED = Resolution(Status.GENERATED)
UNKNOWN = Resolution(Status.UNKNOWN)
MISSING = Resolution(Status.MISSING)
