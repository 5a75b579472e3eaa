"""Code without its comments and literals, at the same positions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

# Possessive everywhere: an unterminated comment or literal is read once and never tried again.
_BLOCK = rb"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?"  # a block comment, or all the rest
_LINE = rb"//(?:[^\n\\]++|\\(?:\r\n|.)?)*+"  # a line comment, continued by a backslash
_STRING = rb'"(?:[^"\\\n]++|\\(?:\r\n|.)?)*+"?'  # literals end with their line at the latest
_CHAR = rb"'(?:[^'\\\n]++|\\[^\r\n])*+'?"
# gas knows 'x without a closing quote, and comments that cpp passes on hold apostrophes
_ASSEMBLY_CHAR = rb"'(?:(?:\\[^\n]|[^\n\\])'?)?"
_TEXT = rb"#[ \t]*+(?:error|warning|pragma)\b(?:[^\n\\/]++|\\(?:\r\n|.)?|" + _BLOCK + rb"|/)*+"


def _any_of(*pieces: bytes) -> re.Pattern[bytes]:
    return re.compile(b"|".join(pieces), re.DOTALL)


_QUIET = _any_of(_BLOCK, _LINE, _STRING, _CHAR)
_ASSEMBLY_QUIET = _any_of(_BLOCK, _LINE, _STRING, _ASSEMBLY_CHAR)
_PIECE = _any_of(_BLOCK, _LINE, _STRING, _CHAR, _TEXT)
_ASSEMBLY_PIECE = _any_of(_BLOCK, _LINE, _STRING, _ASSEMBLY_CHAR, _TEXT)
_BLANK = bytes(c if c in b"\r\n" else 0x20 for c in range(256))
_CONTINUED = re.compile(rb"\\(?=\r?\n)")
_MESSAGE = re.compile(rb"#[ \t]*+(?:error|warning|pragma)")
_DIRECTIVE = re.compile(rb"\n[ \t\f\v]*+#[ \t]*+([a-z_]*+)((?:[^\n\\]++|\\(?:\r\n|.)?)*+)", re.DOTALL)
_KNOWN = frozenset(
    b"define undef include include_next if ifdef ifndef elif elifdef elifndef else endif error warning pragma line"
    b" ident".split()
)
# what starts a comment that only the assembler knows; a blank must stand before it, and after all but the first kind
_ASSEMBLY_COMMENT = {
    "arm": rb"@",
    "alpha": rb"#", "loongarch": rb"#", "microblaze": rb"#", "mips": rb"#", "nios2": rb"#", "powerpc": rb"#",
    "riscv": rb"#", "s390": rb"#", "um": rb"#", "x86": rb"#", "xtensa": rb"#",
    "m68k": rb"\|", "sh": rb"!", "sparc": rb"!", "arc": rb";", "parisc": rb";",
}  # fmt: skip


def strip(text: bytes, path: str = "") -> bytes:
    """The text with spaces for comments, the inside of literals and the text of #error, #warning and #pragma.

    Length, newlines, quotes and the backslashes that continue a line stay. ``path`` tells assembly from C and which
    assembler it is; without it the text is taken as C. Stripping twice changes nothing.
    """
    if not is_assembly(path):
        plain = _PIECE.sub(_blank, text)
        # headers hold assembler macros, and C has no other use for this character
        return _assembly_comments(plain, rb"@") if b"@" in plain and _arch(path) == "arm" else plain
    plain = _ASSEMBLY_PIECE.sub(_blank, text)
    return _assembly_comments(plain, _ASSEMBLY_COMMENT.get(_arch(path), b""), line_comments=True)


def uncomment(text: bytes, path: str = "") -> bytes:
    """The text with spaces for comments only; literals stay."""
    pattern = _ASSEMBLY_QUIET if is_assembly(path) else _QUIET
    return pattern.sub(lambda m: _blanked(m[0]) if m[0][:1] == b"/" else m[0], text)


def is_assembly(path: str) -> bool:
    """Whether a path names assembler source, a linker script or a device tree: what is lexed by line."""
    return path.endswith((".S", ".s", ".lds", ".dts", ".dtsi", ".dtso"))


def raw_comments(text: bytes, path: str = "") -> Iterator[tuple[int, int]]:
    """Start and end of every ``/* */`` and ``//`` comment, in order."""
    for m in (_ASSEMBLY_QUIET if is_assembly(path) else _QUIET).finditer(text):
        if m[0][:1] == b"/":
            yield m.span()


@dataclass(frozen=True, slots=True)
class Directive:
    """One preprocessor line with its continuations: offsets from its first column to its line end.

    ``rest`` is the offset behind the keyword; lines count from 1.
    """

    keyword: str
    start: int
    rest: int
    end: int
    line: int
    end_line: int


def directives(stripped: bytes) -> tuple[Directive, ...]:
    """Every preprocessor line of a stripped text, in order."""
    padded = b"\n" + stripped
    found, line, before = [], 1, 0
    for m in _DIRECTIVE.finditer(padded):
        start, end = m.start(), m.end() - 1
        if padded[start - 1 : start] == b"\\" and start:
            continue
        line += stripped.count(b"\n", before, start)
        last = line + stripped.count(b"\n", start, end)
        found.append(Directive(m[1].decode("ascii"), start, m.start(2) - 1, end, line, last))
        line, before = last, end
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Lines:
    """The line structure of a text."""

    starts: list[int] = field(repr=False)

    @classmethod
    def of(cls, text: bytes) -> Lines:
        """Where the lines of a text start."""
        starts, at = [0], 0
        for line in text.split(b"\n")[:-1]:
            at += len(line) + 1
            starts.append(at)
        return cls(starts)

    def line(self, offset: int) -> int:
        """The line that holds an offset, from 1."""
        return bisect_right(self.starts, offset)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1, the column in bytes."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def start(self, line: int) -> int:
        """The offset at which a line starts; that of the last line for what lies behind it."""
        return self.starts[min(max(line, 1), len(self.starts)) - 1]


def _blank(match: re.Match[bytes]) -> bytes:
    piece = match[0]
    first = piece[:1]
    if first == b"/":
        return _blanked(piece)
    if first == b"#":
        head = _MESSAGE.match(piece)
        if head is None or not _starts_line(match.string, match.start()):
            return _QUIET.sub(_blank, piece)
        return piece[: head.end()] + _blanked(piece[head.end() :])
    if len(piece) > 1 and piece.endswith(first):
        return first + _blanked(piece[1:-1]) + first
    return first + _blanked(piece[1:])


def _blanked(piece: bytes) -> bytes:
    if b"\\" not in piece or b"\n" not in piece:
        return piece.translate(_BLANK)
    blank = bytearray(piece.translate(_BLANK))
    for m in _CONTINUED.finditer(piece):
        blank[m.start()] = 0x5C
    return bytes(blank)


def _starts_line(text: bytes, at: int) -> bool:
    # a bounded look back: nobody indents a directive by more
    before = text[max(at - 200, 0) : at].rpartition(b"\n")[2]
    return not before.rpartition(b"*/")[2].strip()


def _arch(path: str) -> str:
    parts = path.split("/", 2)
    return parts[1] if parts[0] == "arch" and len(parts) > 2 else ""


def _assembly_comments(text: bytes, mark: bytes, *, line_comments: bool = False) -> bytes:
    search = re.compile(rb"(?<![^\s;])" + mark + (rb"(?=\s|$|#)" if mark not in (b"@", b"") else b"")).search
    lines, directive = text.split(b"\n"), False
    for n, line in enumerate(lines):
        bare = line.lstrip()
        if not directive and bare[:1] == b"#":
            directive = _keyword(bare) in _KNOWN
            if not directive and line_comments:
                lines[n] = _tail(line, 0)
                continue
        if (m := search(line)) and mark and (not directive or mark == b"@"):
            lines[n] = _tail(line, m.start())
        directive = directive and line.rstrip(b"\r").endswith(b"\\")
    return b"\n".join(lines)


def _keyword(bare: bytes) -> bytes:
    m = re.match(rb"#[ \t]*+([a-z_]*+)", bare)
    return m[1] if m else b""


def _tail(line: bytes, at: int) -> bytes:
    end = len(line) - 1 if line.endswith(b"\\") else len(line)
    return line[:at] + b" " * (end - at) + line[end:]
