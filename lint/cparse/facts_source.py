"""One state of a file with what its token facts share, each computed once and on demand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from lint.cparse.conditions import Conditions
from lint.cparse.facts_functions import FunctionSpan, spans
from lint.cparse.lexer import Directive, Lines, directives, is_assembly, strip, uncomment
from lint.errors import Problem, Stage

T = TypeVar("T")
MAX_BYTES = 32 << 20

_BLANK = bytes(c if c in b"\n" else 0x20 for c in range(256))
_CONDITIONAL = frozenset(("if", "ifdef", "ifndef", "elif", "elifdef", "elifndef", "else", "endif"))
_DEFINE = re.compile(rb"[\s\\]*+([A-Za-z_]\w*+)(?:\(([^()]*+)\))?")
_LABEL = re.compile(rb"\n(?:\s*+\.macro\s++(\w++)|(\.endm)|([A-Z_]\w*+)\s*+\(\s*+([\w.$\\]++)|([A-Za-z_$][\w$]*+):)")


@dataclass(frozen=True, slots=True)
class Macro:
    """One ``#define``; ``params`` is None for an object-like macro, ``body`` and ``end`` are offsets.

    Variadic parameters are named ``__VA_ARGS__`` or as they are spelled, without the dots.
    """

    name: str
    line: int
    start: int
    params: tuple[str, ...] | None
    body: int
    end: int


class Source:
    """A path and a text, never changed; everything else follows from them."""

    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        self.too_large = len(text) > MAX_BYTES
        self.text = b"" if self.too_large else text
        self.locals: dict[tuple[int, str], bool] = {}  # what is_local found, by function and name

    @cached_property
    def stripped(self) -> bytes:
        """The text without comments and literals, at the same offsets."""
        return strip(self.text, self.path)

    @cached_property
    def uncommented(self) -> bytes:
        """The text without comments, at the same offsets."""
        return uncomment(self.text, self.path)

    @cached_property
    def lines(self) -> Lines:
        """Offsets to lines and columns."""
        return Lines.of(self.text)

    @cached_property
    def directives(self) -> tuple[Directive, ...]:
        """Every preprocessor line."""
        return directives(self.stripped)

    @cached_property
    def code(self) -> bytes:
        """The stripped text with its preprocessor lines blank too."""
        return blank_directives(self.stripped, self.directives)

    @cached_property
    def readable(self) -> bytes:
        """The text without comments and preprocessor lines."""
        return blank_directives(self.uncommented, self.directives)

    @cached_property
    def conditions(self) -> Conditions:
        """The ``#if`` structure."""
        return Conditions.of(self.text, self.path, self.directives, self.stripped)

    @property
    def has_conditions(self) -> bool:
        """Whether the ``#if`` structure is known already."""
        return "conditions" in self.__dict__

    @cached_property
    def functions(self) -> tuple[FunctionSpan, ...]:
        """Functions with a body, in order of their names' positions; none in assembly."""
        if is_assembly(self.path):
            return ()
        return spans(self.code, self.lines, [d for d in self.directives if d.keyword in _CONDITIONAL])

    @cached_property
    def macros(self) -> tuple[Macro, ...]:
        """Every ``#define``, in order."""
        found = (self._macro(d) for d in self.directives if d.keyword == "define")
        return tuple(macro for macro in found if macro)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What could not be analysed."""
        if self.too_large:
            return (Problem(Stage.CPARSE, f"larger than {MAX_BYTES >> 20} MiB: not analysed", self.path),)
        return self.conditions.problems

    def directive_at(self, offset: int) -> Directive | None:
        """The preprocessor line that holds an offset."""
        n = bisect_right(self._directive_starts, offset) - 1
        return self.directives[n] if n >= 0 and offset < self.directives[n].end else None

    def macro_at(self, offset: int) -> Macro | None:
        """The ``#define`` that holds an offset."""
        n = bisect_right(self._macro_starts, offset) - 1
        return self.macros[n] if n >= 0 and offset < self.macros[n].end else None

    def function_at(self, offset: int) -> FunctionSpan | None:
        """The function whose parameters or body hold an offset."""
        n = bisect_right(self._function_starts, offset) - 1
        # bodies under two branches of an #if overlap; functions don't nest otherwise
        while n >= 0 and n >= bisect_right(self._function_starts, offset) - 3:
            if self.functions[n].start < offset < self.functions[n].body_end:
                return self.functions[n]
            n -= 1
        return None

    def enclosing(self, offset: int) -> str:
        """The name of the macro, function or assembly label around an offset, or empty."""
        macro = self.macro_at(offset)
        if macro:
            return macro.name if offset > macro.start else ""
        if is_assembly(self.path):
            n = bisect_right(self._labels[0], offset) - 1
            return self._labels[1][n] if n >= 0 else ""
        function = self.function_at(offset)
        return function.name if function else ""

    @cached_property
    def _directive_starts(self) -> list[int]:
        return [d.start for d in self.directives]

    @cached_property
    def _macro_starts(self) -> list[int]:
        return [m.start for m in self.macros]

    @cached_property
    def _function_starts(self) -> list[int]:
        return [f.start for f in self.functions]

    @cached_property
    def _labels(self) -> tuple[list[int], list[str]]:
        """Where another label takes over in assembly; ends (``SYM_FUNC_END``, ``ENDPROC``, ``.endm``) give none."""
        starts, names, framed = [0], [""], False
        for m in _LABEL.finditer(b"\n" + self.code):
            macro, name = m[3] or b"", m[1] or m[4] or m[5] or b""
            if b"EXPORT" in macro or b"PROBE" in macro or (framed and m[5]):
                continue
            framed = m[5] is None and m[2] is None and b"END" not in macro
            starts.append(m.end() - 1)
            names.append("" if b"END" in macro or m[2] else name.decode())
        return starts, names

    def _macro(self, directive: Directive) -> Macro | None:
        m = _DEFINE.match(self.stripped, directive.rest, directive.end)
        if not m:
            return None
        params = None
        if m[2] is not None:
            words = m[2].decode("latin-1").replace("\\", " ").split(",")
            named = (
                word.strip().removesuffix("...").strip() or ("__VA_ARGS__" if "..." in word else "") for word in words
            )
            params = tuple(name for name in named if name)
        line = self.lines.line(m.start(1))
        return Macro(m[1].decode(), line, m.start(1), params, m.end(), directive.end)


class Memo(Generic[T]):
    """The values made from the file states used last, as many as ``limit`` bytes of text allow."""

    def __init__(self, make: Callable[[str, bytes], T], limit: int = 64 << 20) -> None:
        self._make = make
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[tuple[str, bytes], T] = OrderedDict()

    def __call__(self, path: str, text: bytes) -> T:
        """The value for a state, remembered or made."""
        key = path, text
        value = self._values.pop(key, None)
        if value is None:
            value = self._make(path, text)
            self._size += len(text)
        self._values[key] = value
        while self._size > self._limit and len(self._values) > 1:
            (_, old), _ = self._values.popitem(last=False)
            self._size -= len(old)
        return value


_sources = Memo(Source)


def source(path: str, text: bytes) -> Source:
    """The shared facts of one file state; the states used last are remembered."""
    return _sources(path, text)


def blank_directives(stripped: bytes, lines: tuple[Directive, ...]) -> bytes:
    """A stripped text with blanks for its preprocessor lines."""
    pieces: list[bytes] = []
    at = 0
    for d in lines:
        pieces += (stripped[at : d.start], stripped[d.start : d.end].translate(_BLANK))
        at = d.end
    return b"".join((*pieces, stripped[at:]))
