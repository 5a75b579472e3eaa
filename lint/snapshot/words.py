"""Whole-word search in Python: what git grep does, for contents that git does not have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from lint.snapshot.paths import below
from lint.snapshot.tree import Occurrence

MAX_LINE = 4096
# Up to so many words are found faster one by one than among all tokens of a text.
_FEW = 16
_WORD = re.compile(rb"\w+")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_]+\Z", re.ASCII)


class Words:
    """A set of searched words, and which of them stand in a line.

    A word character is one of ``[A-Za-z0-9_]``, as for ``git grep -w`` and C. Words may hold other characters too
    (``asm-offsets``); then the neighbours of the match must not be word characters.
    """

    __slots__ = ("_others", "_plain")

    def __init__(self, words: Iterable[str]) -> None:
        self._plain: dict[bytes, str] = {}
        self._others: list[tuple[bytes, str]] = []
        for word in words:
            raw = word.encode("utf-8", "surrogateescape")
            if _IDENTIFIER.match(word):
                self._plain[raw] = word
            else:
                self._others.append((raw, word))

    def found_in(self, text: bytes) -> set[str]:
        """The words that stand in the text as whole words."""
        if not self._others:
            plain = self._plain
            return {plain[token] for token in _WORD.findall(text) if token in plain}
        return self.found_among(_WORD.findall(text) if self._plain else (), text)

    def found_in_file(self, content: bytes) -> set[str]:
        """The words that stand in a whole file, whose tokens are kept when there are many words."""
        return self.found_one_by_one(content) if self.few else self.found_among(tokens(content), content)

    @property
    def few(self) -> bool:
        """Whether looking for each of them is faster than taking a text apart."""
        return len(self._plain) <= _FEW

    def found_one_by_one(self, text: bytes) -> set[str]:
        """The words that stand in a text, looked for one after the other."""
        return {word for raw, word in (*self._plain.items(), *self._others) if _stands(raw, text)}

    def found_among(self, tokens: Iterable[bytes], text: bytes) -> set[str]:
        """The words that stand in a text whose tokens are known."""
        found = {self._plain[token] for token in self._plain.keys() & tokens}
        found.update(word for raw, word in self._others if _stands(raw, text))
        return found


@lru_cache(maxsize=2048)
def tokens(content: bytes) -> frozenset[bytes]:
    """All words of a content; the states of a history share most of their contents."""
    return frozenset(_WORD.findall(content))


def searchable(word: str) -> bool:
    """Whether a word can stand in a line at all."""
    return bool(word) and "\n" not in word and "\0" not in word and len(word) <= 1000


def is_binary(content: bytes) -> bool:
    """Git's guess: a NUL in the first 8000 bytes."""
    return b"\0" in content[:8000]


def occurrences(words: Words, path: str, content: bytes) -> Iterator[tuple[str, Occurrence]]:
    """Every (word, occurrence) of one file, word by word, each by line; nothing for a binary file."""
    if is_binary(content):
        return
    for word in sorted(words.found_in_file(content)):
        for line, text in line_places(word, content):
            yield word, Occurrence(path, line, text)


def line_places(word: str, content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and text of every line that holds a word, in order."""
    line, end = 1, -1  # the line that was looked at last, and where it ends
    start = 0
    for offset in _places(word.encode("utf-8", "surrogateescape"), content):
        if offset <= end:
            continue
        line += content.count(b"\n", start, offset)
        start = offset
        end = content.find(b"\n", offset)
        end = len(content) if end < 0 else end
        first = content.rfind(b"\n", 0, offset) + 1
        yield line, content[first:end].rstrip(b"\r\n")[:MAX_LINE]


def scan(
    words: Collection[str], files: Iterable[tuple[str, bytes]], within: tuple[str, ...] = ()
) -> dict[str, list[Occurrence]]:
    """Search contents in memory; every word is a key, occurrences come in the order of the files."""
    found: dict[str, list[Occurrence]] = {word: [] for word in words}
    wanted = Words(word for word in found if searchable(word))
    for path, content in files:
        if below(path, within):
            for word, occurrence in occurrences(wanted, path, content):
                found[word].append(occurrence)
    return found


def frozen(found: Mapping[str, Iterable[Occurrence]]) -> dict[str, tuple[Occurrence, ...]]:
    """The answer of a search, sorted by path and line."""
    return {word: tuple(sorted(places)) for word, places in found.items()}


def _stands(raw: bytes, text: bytes) -> bool:
    return next(_places(raw, text), None) is not None


def _places(raw: bytes, text: bytes) -> Iterator[int]:
    """The offsets at which a word stands as a whole word."""
    start = text.find(raw)
    while start >= 0:
        end = start + len(raw)
        if not (_WORD.match(text[start - 1 : start]) or _WORD.match(text[end : end + 1])):
            yield start
        start = text.find(raw, start + 1)
