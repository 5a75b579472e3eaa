"""A rule's sample told as a diff: lines as a patch has them, and which of them the rule reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

REPORTED = {"!": "+", "?": " ", "~": "-"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: a ``path`` opens a file, a ``patch`` the next patch; all others are diff lines."""

    text: str
    kind: str = "line"
    reported: bool = False


def shown(sample: str) -> Iterator[Shown]:
    """The lines of a sample, without what only the test harness needs."""
    for line in sample.splitlines():
        if line.startswith("# "):
            continue
        if line.startswith("@@ "):
            yield Shown(line[3:], "patch")
        elif line.startswith("== "):
            yield Shown(line[3:], "path")
        else:
            mark = line[:1] or " "
            yield Shown(REPORTED.get(mark, mark) + line[1:], reported=mark in REPORTED)
