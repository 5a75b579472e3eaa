"""What a change breaks in C files: brackets and conditionals that no longer pair up, and statements that cannot be.

Only what no macro can mend is told: macros may hide any statement, but not a bracket that is missing in every
configuration, nor an operator in front of a semicolon.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.balance import Bracket, brackets, ways
from lint.cparse.facts_source import Source, source
from lint.cparse.lexer import raw_comments
from lint.finding import Hit, Related, Span
from lint.snapshot.apply import FileChange

_NAME = re.compile(rb"[A-Za-z_]\w*+")
_MARKER = re.compile(rb"(?:<{7}|>{7}|\|{7})(?: .*+)?\Z|@@ -\d++(?:,\d++)? \+\d++(?:,\d++)? @@")
_MIDDLE = b"======="
_TEXTS = (".c", ".h", ".S", ".s", ".dts", ".dtsi", ".rs", ".lds", "Makefile", "Kbuild", "Kconfig")
_SHOWN = 5
# An operator that wants an operand behind it, in front of what ends an expression: no macro can stand there.
_DANGLING = re.compile(rb"(?:[^=!<>+*/%&|^-]|^)(=|==|!=|<=|>=|\+=|-=|\*=|/=|%=|&=|\|=|\^=|<<=|>>=|&&|\|\||->|\?)\s*+;")
# What begins the next statement: never an operator, an attribute, or a macro that may be one.
_BEGINS = re.compile(rb"\s*+(?:\}|(?!__)(?![A-Z0-9_]++\b)[A-Za-z_]\w*+)")
_KEYWORD = re.compile(rb"\s*+(?:\}|(?:return|if|for|while|goto|break|continue|switch|do|case|default)\b)")
_CASE = re.compile(rb"\n[ \t]*+(?:case\b[^\n?]*+|\w++[ \t]*+:)\Z")
_JUMP = re.compile(rb"[ \t]*+(?:return\b(?:[^;{}]*?[\w)\]])?|break|continue|goto[ \t]++\w++)[ \t]*+\Z")
_ASSIGNED = re.compile(rb"[ \t]*+[a-z_][\w.\[\]>-]*+[ \t]*+(?:[-+*/%&|^]|<<|>>)?=(?!=)[^;{}]*?[\w)\]][ \t]*+\Z")
_DECLARED = re.compile(
    rb"[ \t]*+(?:const[ \t]++)?(?:(?:struct|union|enum)[ \t]++\w++|(?:unsigned|int|long|bool|char|u8|u16|u32|u64)\b)"
    rb"[ \t*]++(?!__)[a-z_]\w*+[ \t]*+\Z"
)


def c_hits(change: Change, file: FileChange) -> Iterator[Hit]:
    """What is broken in a C file after the change and was not before."""
    path, text = file.path, file.after or b""
    after = source(path, text)
    before = source(file.old_path or path, file.before or b"")
    if after.too_large or before.too_large:
        return
    comment = _open_comment(file, path)
    if comment is not None:
        yield comment
        return
    conditionals = list(_conditionals(before, after, file))
    yield from conditionals
    if not conditionals:
        yield from _brackets(before, after, file)
    yield from _statements(after, file)


def marker_hits(change: Change, file: FileChange) -> Iterator[Hit]:
    """Added lines that a merge or a diff left behind."""
    if not file.path.endswith(_TEXTS):
        return
    found = [(number, text.rstrip(b"\r")) for number, text in change.added_lines(file)]
    marked = [number for number, text in found if _MARKER.match(text)]
    marked += [number for number, text in found if marked and text == _MIDDLE]
    for number in sorted(marked)[:_SHOWN]:
        yield Hit(Span(file.path, number), "this line is left over from a merge or a diff")


def _open_comment(file: FileChange, path: str) -> Hit | None:
    def open_at(text: bytes) -> int:
        start, end = next(iter(deque(raw_comments(text, path), maxlen=1)), (0, 0))
        piece = text[start:end]
        return start if piece.startswith(b"/*") and not (piece.endswith(b"*/") and len(piece) > 3) else -1

    start = open_at(file.after or b"")
    if start < 0 or (file.before is not None and open_at(file.before) >= 0):
        return None
    line = (file.after or b"").count(b"\n", 0, start) + 1
    return Hit(Span(path, line), "this comment is not closed in its file")


def _conditionals(before: Source, after: Source, file: FileChange) -> Iterator[Hit]:
    known = Counter(problem.message for problem in before.conditions.problems if _is_structure(problem.message))
    for problem in after.conditions.problems:
        if not _is_structure(problem.message):
            continue
        if known[problem.message]:
            known[problem.message] -= 1
            continue
        yield Hit(Span(file.path, problem.line or 1), problem.message)


def _is_structure(message: str) -> bool:
    return message.startswith("#") and (" without " in message or " after " in message)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Whether brackets are left over with one way through the conditionals, before and after the change."""

    truth: dict[str, bool]
    before: bool
    after: tuple[Bracket, ...]


def _brackets(before: Source, after: Source, file: FileChange) -> Iterator[Hit]:
    if file.before is None and not after.code.strip():
        return
    old, new = brackets(before), brackets(after)
    if not any(piece.rest for piece in new.pieces):
        return
    verdicts = [_Verdict(truth, bool(old.unpaired(truth)), new.unpaired(truth)) for truth in ways((old, new))]
    sound = [one for one in verdicts if not one.before]
    broken = [one for one in sound if one.after]
    if not broken:
        return
    when = ""
    if len(broken) < len(sound):
        # Brackets of branches that exclude each other by more than their text differ together; one fact alone must
        # decide, or the file was not sound for each way before.
        when = _decisive(sound)
        if not when or len(sound) < len(verdicts):
            return
    bracket, message = _culprit(broken[0].after, after)
    line = after.lines.line(bracket.offset)
    place = _nearest(line, file)
    related = (Related(Span(file.path, line), "this bracket has no partner"),) if place != line else ()
    yield Hit(Span(file.path, place), f"{message}{when}", symbols=_names(after, place, line), related=related)


def _decisive(verdicts: list[_Verdict]) -> str:
    """The one atom whose value decides whether brackets are left over, in words; empty when there is none."""
    for name in verdicts[0].truth:
        for value in (True, False):
            if all((one.truth[name] is value) == bool(one.after) for one in verdicts):
                bare = name.removeprefix("defined(").removesuffix(")")
                return f" where {bare} is {'' if value else 'not '}set"
    return ""


def _culprit(left: tuple[Bracket, ...], src: Source) -> tuple[Bracket, str]:
    """The bracket to show of those without a partner, and what is wrong with it."""
    for index, bracket in enumerate(left):
        mark = bracket.mark.decode()
        if bracket.mark in b")]}":
            if index and bracket.mark == b"}" and left[index - 1].mark in b"([":
                return left[index - 1], f"this {left[index - 1].mark.decode()} is not closed before the block ends"
            return bracket, f"this {mark} closes nothing"
    last = left[-1]
    return last, f"this {last.mark.decode()} is not closed in its file"


def _nearest(line: int, file: FileChange) -> int:
    """The added line next to a place, the line itself when there is none nearby."""
    added = sorted(file.added)
    at = bisect_left(added, line)
    near = [n for n in added[max(0, at - 1) : at + 1] if abs(n - line) <= 200]
    return min(near, key=lambda n: abs(n - line), default=line)


def _names(src: Source, *lines: int) -> tuple[str, ...]:
    """Names on some lines, those that are called first."""
    found: dict[str, None] = {}
    for line in lines:
        start = src.lines.start(line)
        row = src.code[start : src.code.find(b"\n", start)]
        called = [m[0] for m in re.finditer(rb"[A-Za-z_]\w*+(?=\s*+\()", row)]
        found |= dict.fromkeys(word.decode() for word in [*called, *_NAME.findall(row)])
    return tuple(found)[:_SHOWN]


def _statements(src: Source, file: FileChange) -> Iterator[Hit]:
    """Added statements that end in an operator, or do not end before the next one begins."""
    for number in sorted(file.added):
        start = src.lines.start(number)
        end = src.code.find(b"\n", start)
        end = len(src.code) if end < 0 else end
        row = src.code[start:end]
        function = src.function_at(start) or src.function_at(end)
        if not row.strip() or function is None or len(row) > 2_000:
            continue
        dangling = _DANGLING.search(row)
        if dangling and row.count(b"(") == row.count(b")"):
            operator = dangling[1].decode()
            yield Hit(Span(file.path, number), f"nothing stands between {operator} and ;", symbols=_names(src, number))
            continue
        if _lacks_end(src, row, start) and _begins_statement(src, row, end, function.body_end):
            yield Hit(Span(file.path, number), "this statement lacks its ;", symbols=_names(src, number))


def _lacks_end(src: Source, row: bytes, start: int) -> bool:
    """Whether a line is a whole statement but for the semicolon."""
    if row.count(b"(") != row.count(b")") or row.count(b"[") != row.count(b"]"):
        return False
    if _JUMP.match(row):
        return _is_alone(src, start, b";{}):e")
    return (_ASSIGNED.match(row) or _DECLARED.match(row)) is not None and _is_alone(src, start, b";{}")


def _is_alone(src: Source, start: int, ends: bytes) -> bool:
    """Whether a statement begins on this line: the code before it ends one, or is the head of one."""
    before = src.code[max(0, start - 2_000) : start].rstrip()
    last = before[-1:]
    if last == b":" and b":" not in ends:
        return _CASE.search(before) is not None
    return bool(last) and last in ends and (last != b"e" or before.endswith(b"else"))


def _begins_statement(src: Source, row: bytes, end: int, limit: int) -> bool:
    """Whether the next code is a statement or the end of the block, without a preprocessor line in between."""
    # Behind what may be a cast, a name goes on with the expression.
    pattern = _KEYWORD if row.rstrip().endswith(b")") else _BEGINS
    following = pattern.match(src.code, end, limit + 1)
    if following is None:
        return False
    gap = src.stripped[end : following.end()]
    return b"#" not in gap
