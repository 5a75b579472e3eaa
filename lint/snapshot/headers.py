"""Which headers hold a word: an index over some files of one tree, made once and kept on disk.

Most names that a patch uses come from headers of the kernel. Asking git grep for each costs the opening of 25,000
files; here it costs the reading of one line of the index and of the headers that it names.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from lint.snapshot.tree import Occurrence
from lint.snapshot.words import is_binary, line_places

# The number changes with the shape of the data.
_MAGIC = b"kmiglint header words 1\n"
_BUCKETS = 4096
# Larger headers are tables that a program wrote; names in them are found by searching.
MAX_HEADER = 1 << 20
_LETTERS = bytes(c if c < 128 and (chr(c).isalnum() or c == 95) else 32 for c in range(256))


def is_indexed(path: str) -> bool:
    """Whether a path names a header of the kernel itself."""
    return path.endswith(".h") and path.startswith(("include/", "arch/"))


class HeaderWords:
    """The index; ``data`` is what ``pack`` made."""

    def __init__(self, data: BinaryIO) -> None:
        """Raises ValueError for what is no index."""
        head = data.read(len(_MAGIC) + 4)
        if len(head) != len(_MAGIC) + 4 or not head.startswith(_MAGIC):
            raise ValueError
        size = int.from_bytes(head[len(_MAGIC) :], "little")
        names = data.read(size)
        table = data.read(4 * (_BUCKETS + 1))
        if len(names) != size or len(table) != 4 * (_BUCKETS + 1):
            raise ValueError
        self.paths: Sequence[str] = names.decode("utf-8", "surrogateescape").split("\0")
        self._starts = array("I", table)
        self._base = len(head) + size + len(table)
        self._data = data

    def files(self, word: str) -> tuple[str, ...]:
        """The headers in which a word stands, sorted; a word is made of letters, digits and ``_``."""
        raw = word.encode("ascii", "replace")
        bucket = zlib.crc32(raw) % _BUCKETS
        start, end = self._starts[bucket], self._starts[bucket + 1]
        self._data.seek(self._base + start)
        text = self._data.read(end - start)
        at = text.find(b"\n" + raw + b" ")
        if at < 0:
            return ()
        line = text[at + len(raw) + 2 : text.find(b"\n", at + 1)]
        return tuple(self.paths[int(number)] for number in line.split() if int(number) < len(self.paths))

    def search(
        self, words: Iterable[str], read: Callable[[str], bytes | None], most: int
    ) -> dict[str, tuple[Occurrence, ...] | None]:
        """Where each word stands in headers, by path and line; None for one that more than ``most`` headers hold."""
        found: dict[str, tuple[Occurrence, ...] | None] = {}
        by_file: dict[str, list[str]] = {}
        for word in words:
            files = self.files(word)
            if len(files) > most:
                found[word] = None
                continue
            for path in files:
                by_file.setdefault(path, []).append(word)
        places: dict[str, list[Occurrence]] = {}
        for path in sorted(by_file):
            content = read(path)
            for word in by_file[path] if content is not None else ():
                places.setdefault(word, []).extend(in_text(word, path, content or b""))
        return {word: found.get(word, tuple(places.get(word, ()))) for word in words}


def in_text(word: str, path: str, content: bytes) -> Iterable[Occurrence]:
    """The lines of a text that hold a word."""
    return (Occurrence(path, line, text) for line, text in line_places(word, content))


def pack(files: Sequence[str], read: Callable[[str], bytes | None]) -> bytes:
    """The index over some files; those that are missing, binary or too large hold nothing."""
    holders: dict[bytes, list[int]] = {}
    for number, path in enumerate(files):
        content = read(path)
        if content is None or len(content) > MAX_HEADER or is_binary(content):
            continue
        for word in set(content.translate(_LETTERS).split()):
            known = holders.get(word)
            if known is None:
                holders[word] = [number]
            else:
                known.append(number)
    lines: list[list[bytes]] = [[] for _ in range(_BUCKETS)]
    for word, numbers in holders.items():
        lines[zlib.crc32(word) % _BUCKETS].append(b"%s %s\n" % (word, " ".join(map(str, numbers)).encode()))
    buckets = [b"\n" + b"".join(sorted(bucket)) for bucket in lines]
    starts = array("I", [0])
    for text in buckets:
        starts.append(starts[-1] + len(text))
    names = "\0".join(files).encode("utf-8", "surrogateescape")
    return b"".join((_MAGIC, len(names).to_bytes(4, "little"), names, starts.tobytes(), *buckets))
