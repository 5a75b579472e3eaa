"""Text that tree-sitter can read: preprocessor lines and annotations become spaces, every byte keeps its place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lint.cparse.annotations import ARGUMENTS, CALLED_WORDS, CANDIDATE, DOUBLE, OTHER, PLAIN_WORDS, annotation_end

# Everything but line ends becomes a space.
_BLANK = bytes(code if code in b"\r\n" else 0x20 for code in range(256))
# Longer argument lists than this belong to no annotation.
MAX_ARGUMENTS = 2000
_CONTINUED = re.compile(rb"\\(?=\r?\n)")


def blanked(text: bytes | bytearray) -> bytes:
    """Spaces of the same length, with the same line ends."""
    return bytes(text.translate(_BLANK))


def blank(text: bytearray, start: int, end: int) -> None:
    """Replace a region by spaces, in place."""
    text[start:end] = text[start:end].translate(_BLANK)


def mask_everywhere(text: bytes | bytearray) -> bytearray:
    """A copy without line continuations and without the annotations that are known by their spelling."""
    masked = bytearray(_CONTINUED.sub(b" ", text) if b"\\" in text else text)
    for found in OTHER.finditer(text):
        masked[found.start() : found.end()] = b" " * (found.end() - found.start())
    for found in DOUBLE.finditer(text):
        word = found[0]
        start, end = found.span()
        if word in CALLED_WORDS:
            arguments = ARGUMENTS.match(text, end, end + MAX_ARGUMENTS)
            if arguments is None:
                continue
            end = arguments.end()
        elif word not in PLAIN_WORDS or text[end : end + 1] == b"(":
            continue
        if not (text[start - 1 : start].isalnum() and start):
            blank(masked, start, end)
    return masked


def mask_declarations(text: bytearray, regions: Iterable[tuple[int, int]]) -> None:
    """Blank, in place, the annotations that only their position in a declaration gives away.

    ``regions`` are the declarations: function headers, struct bodies, variables up to their initialiser.
    """
    for start, end in regions:
        position, again = start, True
        while (found := CANDIDATE.search(text, position, end)) is not None:
            stop = annotation_end(text, found.start(), found.end(), start)
            if stop:
                blank(text, found.start(), min(stop, end))
            position = max(stop, found.end())
            if stop > found.end() and again:
                # what stands before an annotation with arguments looked like its type
                position, again = start, False


def mask(text: bytes) -> bytes:
    """The text of one declaration without annotations; length and line ends stay."""
    masked = mask_everywhere(text)
    mask_declarations(masked, [(0, len(masked))])
    return bytes(masked)
