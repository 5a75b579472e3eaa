"""Lines of a file as git counts them: they end in LF only, and count from 1."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate

_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def split_lines(content: bytes) -> list[bytes]:
    """The lines with their line ends; the last one has none when the file ends without a newline."""
    return _LINE.findall(content)


class Lines:
    """Positions in one content: byte offsets (from 0) against lines and columns (both from 1)."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def starts(self) -> Sequence[int]:
        """The byte offset at which each line starts."""
        return line_starts(self.content)

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset; an offset beyond the end is a place on the last line."""
        line = max(1, bisect_right(self.starts, offset))
        start = self.starts[line - 1] if self.starts else 0
        return line, offset - start + 1

    def offset(self, line: int, column: int = 1) -> int:
        """The byte offset of a line and column, clamped to the content."""
        if line < 1 or not self.starts:
            return 0
        if line > len(self.starts):
            return len(self.content)
        return min(self.starts[line - 1] + column - 1, len(self.content))

    def text(self, line: int) -> bytes:
        """The text of a line without its line end (CR included); empty for a line that does not exist."""
        if line < 1 or line > len(self.starts):
            return b""
        end = self.starts[line] if line < len(self.starts) else len(self.content)
        return self.content[self.starts[line - 1] : end].rstrip(b"\r\n")


@lru_cache(maxsize=512)
def line_starts(content: bytes) -> Sequence[int]:
    """The byte offset at which each line starts; empty for an empty content."""
    lengths = [len(line) + 1 for line in content.split(b"\n")]
    if not content or content.endswith(b"\n"):
        lengths.pop()  # what follows the last line end is no line
    return tuple(accumulate(lengths[:-1], initial=0)) if lengths else ()
