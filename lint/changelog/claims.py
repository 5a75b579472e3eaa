"""Which symbols, prompts, files and features a changelog or a cover letter names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_WORD = re.compile(r"[A-Za-z0-9]++")
_NAME = re.compile(r"[A-Za-z0-9_]++")
_PATH = re.compile(r"[A-Za-z0-9_./+,-]++")
_DIFFSTAT = re.compile(r"\s[^|]{1,200}\|\s*+(?:[0-9]|Bin)")
_TRAILER = re.compile(r"[A-Z][a-z]++(?:-[a-z]++){1,3}:\s")
_FEWEST_WORDS = 2
_SHORTEST_FEATURE = 5


@dataclass(frozen=True)
class Claims:
    """The prose of a patch: its title and changelog, and the cover letter; diffstats and trailers say nothing."""

    text: str

    @classmethod
    def of(cls, texts: Iterable[str]) -> Claims:
        """The claims of several texts together."""
        lines = (line for text in texts for line in text.splitlines())
        return cls("\n".join(line for line in lines if not (_DIFFSTAT.match(line) or _TRAILER.match(line))))

    def names(self, identifier: str) -> bool:
        """Whether an identifier stands there as a whole word; a CONFIG symbol with or without its prefix."""
        bare = identifier.removeprefix("CONFIG_")
        return bool({bare, f"CONFIG_{bare}"} & self._names)

    def says(self, phrase: str) -> bool:
        """Whether the words of a phrase stand there in this order, whatever their case and what is between them."""
        words = " ".join(_words(phrase))
        return bool(words) and f" {words} " in self._phrases

    def names_feature(self, name: str) -> bool:
        """Whether the words of a symbol or of a file's stem stand there as prose.

        A single word is too common to count, unless it is long and stands there in capitals, as features do.
        """
        words = _words(name)
        if len(words) == 1:
            return len(name) >= _SHORTEST_FEATURE and name.upper() in self._names
        return len(words) >= _FEWEST_WORDS and self.says(name)

    def names_file(self, path: str) -> bool:
        """Whether a file is named by its path or its last part; an object by its source file too."""
        stem, dot, end = path.rpartition(".")
        paths = [path] if end != "o" else [f"{stem}.{other}" for other in ("o", "c", "S")]
        return bool(dot) and any(one in self._paths or one.rpartition("/")[2] in self._paths for one in paths)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(_NAME.findall(self.text))

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(path.rstrip(".,") for path in _PATH.findall(self.text))

    @cached_property
    def _phrases(self) -> str:
        return f" {' '.join(_words(self.text))} "


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]
