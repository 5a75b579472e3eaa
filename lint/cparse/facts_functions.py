"""Where the functions of a file are, from its braces alone: cheap, and right where a parser gives up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lint.cparse.lexer import Directive, Lines

MAX_HEAD = 20_000

_TOKEN = re.compile(rb"[{}();]")
_HEAD_TOKEN = re.compile(rb"[A-Za-z_]\w*+|[()=*{}]|\S")
_RETURNS_POINTER = re.compile(rb"\(\s*+\*[\s*]*+(?:[A-Za-z_]\w*+\s++)*?([A-Za-z_]\w*+)\s*+\(")
_NO_NAME = frozenset(
    b"if for while switch do else return sizeof typeof __typeof__ typeof_unqual _Alignas alignas asm __asm__ defined"
    b" case struct union enum int void char long short unsigned signed bool const static inline extern".split()
)
# attributes with arguments: gcc's and sparse's, and the macros that wrap them
_ATTRIBUTE = re.compile(
    rb"__(?:attribute|attribute__|declspec|printf|scanf|acquires\w*|releases\w*|must_hold\w*|must_not_hold|cond_acquires"
    rb"\w*|cond_releases\w*|aligned|section|alloc_size|assume_aligned|realloc_size|counted_by\w*|no_sanitize|nonnull"
    rb"|diagnose_as|malloc|target|guarded_by|pt_guarded_by|cleanup)$"
)


@dataclass(frozen=True, slots=True)
class FunctionSpan:
    """One function with a body.

    ``line`` is that of the name, ``end_line`` that of the closing brace; offsets: ``start`` of the name, ``body_start``
    of the opening brace, ``body_end`` behind the closing one. ``parameters`` is the text between the parentheses, on
    one line. ``macro`` says that a macro makes the head; its name is then written ``SYSCALL_DEFINE3(read)``.
    """

    name: str
    line: int
    end_line: int
    start: int
    body_start: int
    body_end: int
    parameters: str
    macro: bool = False


@dataclass(slots=True)
class _Head:
    name: str
    start: int
    body_start: int
    parameters: str
    macro: bool
    others: list[_Head] = field(default_factory=list)  # the same body under another branch of an #if


@dataclass(frozen=True, slots=True)
class _State:
    depth: int = 0
    parens: int = 0
    head: int = 0
    function: _Head | None = None


def spans(code: bytes, lines: Lines, conditionals: list[Directive]) -> tuple[FunctionSpan, ...]:
    """The functions of a text whose comments, literals and preprocessor lines are blank, in order of their names.

    Each branch of an ``#if`` starts with the braces that were open before it; behind the ``#endif`` the first branch
    counts. A closing brace in the first column ends a function, whatever was counted.
    """
    walk = _Walk(code, lines)
    n, count = 0, len(conditionals)
    limit = conditionals[0].start if count else len(code) + 1
    for m in _TOKEN.finditer(code):
        at = m.start()
        while at > limit:
            walk.conditional(conditionals[n])
            n += 1
            limit = conditionals[n].start if n < count else len(code) + 1
        walk.token(m[0], at)
    return tuple(sorted(walk.found, key=lambda span: span.start))


class _Walk:
    def __init__(self, code: bytes, lines: Lines) -> None:
        self.code = code
        self.lines = lines
        self.depth = 0
        self.parens = 0
        self.head = 0
        self.function: _Head | None = None
        self.stack: list[tuple[_State, _State | None]] = []
        self.found: list[FunctionSpan] = []

    def token(self, token: bytes, at: int) -> None:
        if token == b"{":
            if not self.depth and self.code[max(at - 20, 0) : at].rstrip().endswith(b'"'):
                self.head = at + 1  # extern "C"; its closing brace closes nothing
                return
            if not self.depth and (not self.parens or self.column_0(at)):
                self.parens = 0
                self.function = _head(self.code, max(self.head, at - MAX_HEAD), at)
            self.depth += 1
        elif token == b"}":
            self.depth = max(self.depth - 1, 0)
            if self.depth and self.column_0(at) and self.ends_here(at):
                self.depth = 0
            if not self.depth:
                if self.function:
                    self.close(self.function, at)
                self.function = None
                if not self.parens or self.column_0(at):
                    self.parens, self.head = 0, at + 1
        elif self.depth:
            return
        elif token == b"(":
            self.parens += 1
        elif token == b")":
            self.parens = max(self.parens - 1, 0)
        elif not self.parens or self.column_0(at - 1):
            self.parens, self.head = 0, at + 1

    def conditional(self, directive: Directive) -> None:
        state = _State(self.depth, self.parens, self.head, self.function)
        if directive.keyword.startswith("if"):
            self.stack.append((state, None))
            return
        if not self.stack:
            return
        before, first = self.stack.pop()
        if directive.keyword.startswith("el"):
            # a declaration that the branch leaves open goes on behind the #endif; a finished one does not
            closed = not self.code[state.head : directive.start].strip()
            state = replace(state, head=-1) if closed else state
            self.stack.append((before, first or state))
            self.restore(before)
            if not self.depth and not self.parens:
                self.head = directive.end
            return
        if first is not None:
            self.restore(first if first.head >= 0 else replace(first, head=state.head))
            if first.function and state.function and first.function is not state.function:
                first.function.others.append(state.function)

    def restore(self, state: _State) -> None:
        self.depth, self.parens, self.head, self.function = state.depth, state.parens, state.head, state.function

    def close(self, head: _Head, at: int) -> None:
        end_line = self.lines.line(at)
        for one in (head, *head.others):
            line = self.lines.line(one.start)
            span = FunctionSpan(one.name, line, end_line, one.start, one.body_start, at + 1, one.parameters, one.macro)
            self.found.append(span)

    def column_0(self, at: int) -> bool:
        return at <= 0 or self.code[at - 1] == 0x0A

    def ends_here(self, at: int) -> bool:
        """Whether what follows a brace in the first column starts in the first column too."""
        following = self.code[at + 1 : at + 200].split(b"\n", 1)
        if following[0].strip():
            return False
        rest = following[1].lstrip(b"\r\n") if len(following) > 1 else b""
        return not rest[:1].isspace()


def _head(code: bytes, start: int, end: int) -> _Head | None:
    """The function whose body opens at ``end``, or None for a struct, an initialiser and the like."""
    text = code[start:end]
    candidates: list[tuple[int, int, int, bool]] = []  # name start, name end, group start, has a type before it
    depth, previous, name, typed = 0, b"", (0, 0), False
    for m in _HEAD_TOKEN.finditer(text):
        token = m[0]
        if token == b"(":
            if not depth and name[1] and _is_name(text[name[0] : name[1]]):
                candidates.append((*name, m.start(), typed))
            elif not depth and (p := _RETURNS_POINTER.match(text, m.start())):
                candidates.append((*p.span(1), p.end() - 1, True))
            depth += 1
        elif token == b")":
            depth = max(depth - 1, 0)
        elif token == b"=" and not depth:
            return None
        elif not depth and token in (b"struct", b"union", b"enum"):
            candidates = candidates if previous != b")" else []  # a macro without semicolon, then a type
            name, previous = m.span(), token
            continue
        elif not depth and (token[0] == 0x5F or token.isalnum() or b"_" in token):
            typed = previous == b"*" or (previous[-1:].isalnum() or previous[-1:] == b"_")
            name, previous = m.span(), token
            continue
        name, previous = (0, 0), token
    if not candidates:
        return None
    begin, stop, group, _ = next((c for c in reversed(candidates) if c[3]), candidates[-1])
    return _named(text, start, begin, stop, group, end)


def _named(text: bytes, base: int, begin: int, stop: int, group: int, body: int) -> _Head:
    name = text[begin:stop].decode("ascii", "replace")
    parameters = " ".join(_inside(text, group).decode("latin-1").replace("\\\n", " ").split())
    first = parameters.split(",", 1)[0].strip()
    macro = name.isupper() and first.isidentifier() and first != "void"
    return _Head(f"{name}({first})" if macro else name, base + begin, body, parameters, macro)


def _inside(text: bytes, group: int) -> bytes:
    depth = 0
    for m in re.finditer(rb"[()]", text[group:]):
        depth += 1 if m[0] == b"(" else -1
        if not depth:
            return text[group + 1 : group + m.start()]
    return text[group + 1 :]


def _is_name(name: bytes) -> bool:
    return name not in _NO_NAME and not _ATTRIBUTE.match(name)
