"""The statements of one Kconfig file as they are written: nothing is joined, expanded or looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_BYTES = 4 << 20
WORDS = frozenset(
    {"config", "menuconfig", "choice", "endchoice", "comment", "menu", "endmenu", "mainmenu", "if", "endif", "source",
     "rsource", "osource", "orsource", "gsource", "grsource", "bool", "boolean", "tristate", "int", "hex", "string",
     "def_bool", "def_tristate", "def_int", "def_hex", "def_string", "prompt", "default", "depends", "select", "imply",
     "range", "visible", "optional", "option", "modules", "transitional", "help"}
)  # fmt: skip
_OUTSIDE = frozenset({"choice", "endchoice", "comment", "menu", "endmenu", "mainmenu", "if", "endif", "source"})
_FIRST = re.compile(rb"[ \t]*+(-{0,3})([a-z_]++)(?![A-Za-z0-9_-])")
_TOKEN = re.compile(
    rb"(?P<blank>(?:\s|\\\r?\n)++)|(?P<comment>#.*+)|(?P<quoted>\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?)"
    rb"|(?P<macro>\$\()|(?P<word>[A-Za-z0-9_./-]++)|(?P<other>&&|\|\||[!<>]=|.)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, an operator or a quoted text (without its quotes); ``start`` is its offset in the file."""

    text: str
    start: int
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One line with its continuations. ``owner`` is the config entry that it begins or belongs to, or empty.

    ``line`` is the first line, counted from 1; ``end_line`` the last.
    """

    word: str
    tokens: tuple[Token, ...]
    owner: str
    line: int
    end_line: int


@lru_cache(maxsize=64)
def statements(text: bytes) -> tuple[Statement, ...]:
    """All statements of a file, in order; help texts, comments and assignments of macros are none. Never raises."""
    return tuple(_read(text)) if len(text) <= MAX_BYTES else ()


def _read(text: bytes) -> Iterator[Statement]:
    lines = text.split(b"\n")
    starts = [0]
    for one in lines:
        starts.append(starts[-1] + len(one) + 1)
    owner, number = "", 0
    while number < len(lines):
        first = number
        while lines[number].rstrip(b"\r").endswith(b"\\") and number + 1 < len(lines):
            number += 1
        number += 1
        found = _FIRST.match(lines[first])
        if found is None or found[2].decode() not in WORDS:
            continue
        word = found[2].decode()
        if word == "help":
            number = _behind_help(lines, number)
            continue
        tokens = tuple(_tokens(text, starts[first] + found.end(), starts[number] - 1))
        if found[1] or (tokens and tokens[0].text in ("=", ":")):
            continue
        if word in ("config", "menuconfig"):
            owner = tokens[0].text if tokens else ""
        elif word in _OUTSIDE:
            owner = ""
        yield Statement(word, tokens, owner, first + 1, number)


def _behind_help(lines: list[bytes], number: int) -> int:
    """The index of the line behind a help text: its first line sets the indentation, a smaller one ends it."""
    indent = 0
    while number < len(lines):
        line = lines[number].expandtabs(8)
        content = line.lstrip()
        if content.rstrip():
            own = len(line) - len(content)
            indent = indent or own
            if own < indent or not own:
                break
        number += 1
    return number


def _tokens(text: bytes, start: int, end: int) -> Iterator[Token]:
    glued = False
    while start < end:
        found = _TOKEN.match(text, start, end)
        if found is None or found.lastgroup == "comment":
            return
        begin, start = start, found.end()
        if found.lastgroup == "macro":
            start = _behind_macro(text, start, end)
            glued = True
            continue
        if found.lastgroup == "quoted":
            yield Token(found[0][1:].decode("utf-8", "replace").rstrip("\"'"), begin + 1, True)
        elif found.lastgroup == "word" and not glued and text[start : start + 2] != b"$(":
            yield Token(found[0].decode("ascii"), begin)
        elif found.lastgroup == "other":
            yield Token(found[0].decode("latin-1"), begin)
        glued = False


def _behind_macro(text: bytes, start: int, end: int) -> int:
    depth = 1
    while start < end and depth:
        depth += {b"(": 1, b")": -1}.get(text[start : start + 1], 0)
        start += 1
    return start
