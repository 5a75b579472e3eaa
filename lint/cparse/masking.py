"""Text that tree-sitter can read: preprocessor lines and annotations become spaces, every byte keeps its place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lint.cparse.annotations import ANYWHERE, CANDIDATE, annotation_end

# Everything but line ends becomes a space.
_BLANK = bytes(code if code in b"\r\n" else 0x20 for code in range(256))
_CONTINUED = re.compile(rb"\\(?=\r?\n)")


def blanked(text: bytes | bytearray) -> bytes:
    """Spaces of the same length, with the same line ends."""
    return bytes(text.translate(_BLANK))


def blank(text: bytearray, start: int, end: int) -> None:
    """Replace a region by spaces, in place."""
    text[start:end] = text[start:end].translate(_BLANK)


def mask_everywhere(text: bytes | bytearray) -> bytearray:
    """A copy without line continuations and without the annotations that are known by their spelling."""
    masked = bytearray(_CONTINUED.sub(b" ", text))
    for found in ANYWHERE.finditer(bytes(masked)):
        blank(masked, found.start(), found.end())
    return masked


def mask_declarations(text: bytearray, regions: Iterable[tuple[int, int]]) -> None:
    """Blank, in place, the annotations that only their position in a declaration gives away.

    ``regions`` are the declarations: function headers, struct bodies, variables up to their initialiser.
    """
    for start, end in regions:
        position = start
        while (found := CANDIDATE.search(text, position, end)) is not None:
            stop = annotation_end(text, found.start(), found.end(), start)
            if stop:
                blank(text, found.start(), min(stop, end))
            position = max(stop, found.end())


def mask(text: bytes) -> bytes:
    """The text of one declaration without annotations; length and line ends stay."""
    masked = mask_everywhere(text)
    mask_declarations(masked, [(0, len(masked))])
    return bytes(masked)
