"""What the hunks of a file show of it when they do not apply: both texts, on the lines that the headers name."""

from __future__ import annotations

from collections.abc import Iterable

from lint.intake.model import Hunk

MAX_PADDING = 1_000_000


def fragment_text(hunks: Iterable[Hunk]) -> tuple[bytes, bytes, frozenset[int], frozenset[int]]:
    """Text before, text after, added lines of the after and removed lines of the before.

    Empty lines stand for what no hunk shows, so that line numbers are those of the hunk headers; a header that would
    take more than ``MAX_PADDING`` of them is not believed, its hunk follows the one before it.
    """
    before, after = _Side(), _Side()
    added: set[int] = set()
    removed: set[int] = set()
    for hunk in hunks:
        before.pad(hunk.old_start)
        after.pad(hunk.new_start)
        for line in hunk.lines:
            if line.kind != "+":
                before.append(line.text)
            if line.kind != "-":
                after.append(line.text)
            if line.kind == "+":
                added.add(after.count)
            elif line.kind == "-":
                removed.add(before.count)
    return before.text(), after.text(), frozenset(added), frozenset(removed)


class _Side:
    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.count = 0

    def pad(self, start: int) -> None:
        missing = start - 1 - self.count
        if missing > 0 and start <= MAX_PADDING:
            self._close()
            self._parts.append(b"\n" * missing)
            self.count += missing

    def append(self, text: bytes) -> None:
        self._close()
        self._parts.append(text)
        self.count += 1

    def text(self) -> bytes:
        return b"".join(self._parts)

    def _close(self) -> None:
        if self._parts and not self._parts[-1].endswith(b"\n"):
            self._parts.append(b"\n")
