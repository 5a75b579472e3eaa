"""Which flags a function sets and clears, for which task, itself or through functions of its own file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lint.cparse.calls_pastes import pasted_names
from lint.cparse.facts import FileFacts
from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.model import Call
from lint.migrations.model import Word
from lint.resolve import arch_of
from lint.state import State

CALLEES = 3  # how deep an update may hide below the function that is asked about
CURRENT, UNKNOWN = "current", "?"


class Op(StrEnum):
    """What an accessor does to a flag; ``both`` when an argument decides."""

    SET = "set"
    CLEAR = "clear"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Update:
    """One update of one flag.

    ``names`` are all bit numbers that the flag can be (a pasting accessor may name another word in another branch),
    ``written`` is the flag as it stands there. ``task`` is ``#0`` for the first parameter of the function that was
    asked about, ``current``, or ``?``. ``optional``: only done when some configuration symbol says so.
    """

    op: Op
    names: frozenset[str]
    written: str
    task: str
    path: str
    line: int
    function: str
    optional: bool


_SETS = frozenset({"set", "mark"})
_CLEARS = frozenset({"clear", "unset", "clr"})
_EITHER = frozenset({"update", "change", "assign", "toggle"})


def operation(accessor: str) -> Op | None:
    """What an accessor does, by the words of its name; None for what only tests or does something else."""
    parts = set(accessor.lower().split("_"))
    if "test" in parts and "and" not in parts:
        return None
    if parts & _EITHER or (parts & _SETS and parts & _CLEARS):
        return Op.BOTH
    return Op.SET if parts & _SETS else Op.CLEAR if parts & _CLEARS else None


def updates(state: State, path: str, function: str, words: Sequence[Word]) -> tuple[Update, ...]:
    """Every update of a flag of these words that a function of a file does; empty when it is not there."""
    file = state.facts(path)
    return tuple(_updates(state, file, function, words, CALLEES, ())) if file is not None else ()


def _updates(
    state: State, file: FileFacts, function: str, words: Sequence[Word], depth: int, above: tuple[str, ...]
) -> Iterator[Update]:
    own = {span.name for span in file.functions}
    for span in file.functions:
        if span.name != function:
            continue
        for call in file.calls(None, (span.line, span.end_line)):
            if call.function != function:
                continue
            if (op := operation(call.name)) is not None:
                yield from _of_accessor(state, file, span, call, op, words)
            if call.name in own and depth and call.name not in (*above, function):
                for inner in _updates(state, file, call.name, words, depth - 1, (*above, function)):
                    yield replace(inner, task=_through(file, span, call, inner.task))
        yield from _of_operators(file, span, words)


def _of_accessor(
    state: State, file: FileFacts, span: FunctionSpan, call: Call, op: Op, words: Sequence[Word]
) -> Iterator[Update]:
    for position, argument in enumerate(call.arguments):
        text = argument.strip("() ")
        if not _CAPITALS.match(text):
            continue
        names = {bit for word in words if (bit := word.bit_of(text)) is not None}
        if not names or not any(text.startswith(word.bit_prefix) for word in words):
            names |= {n for n in _pasted(state, file.path, call) for word in words if n.startswith(word.bit_prefix)}
        if names:
            rest = [other for n, other in enumerate(call.arguments) if n != position and op is not Op.BOTH]
            task = _task(file, span, " ".join(rest)) if rest else CURRENT if op is not Op.BOTH else UNKNOWN
            optional = _optional(file, call.line)
            yield Update(op, frozenset(names), text, task, file.path, call.line, span.name, optional)
            return


_CAPITALS = re.compile(r"_*[A-Z][A-Z0-9_]+\Z")
_PASTERS = ("include/linux/", "include/asm-generic/")


def _pasted(state: State, path: str, call: Call) -> tuple[str, ...]:
    """The names that a call makes by pasting, in any branch of the macro."""
    arch = arch_of(path)
    places = (*_PASTERS, *((f"arch/{arch}/include/",) if arch else ()), path)
    found: dict[str, None] = {}
    # Both accessors of a pair are going to be asked for: one search finds them.
    names = {call.name, call.name.replace("set", "clear"), call.name.replace("clear", "set")}
    places_found = state.search(sorted(names), places)[call.name]
    for header in dict.fromkeys(one.path for one in places_found if b"#" in one.text):
        file = state.facts(header)
        if file is not None:
            found.update(dict.fromkeys(pasted_names(call, file.pastes)))
    return tuple(found)


_OPERATOR = re.compile(rb"\|=|&=\s*~")


def _of_operators(file: FileFacts, span: FunctionSpan, words: Sequence[Word]) -> Iterator[Update]:
    """Updates that are written out: ``ti->flags |= _TIF_X``."""
    for match in _OPERATOR.finditer(file.stripped, span.body_start, span.body_end):
        left = re.split(rb"[;{}]", file.stripped[max(span.body_start, match.start() - 160) : match.start()])[-1]
        right = file.stripped[match.end() : match.end() + 300].partition(b";")[0]
        op = Op.SET if match[0] == b"|=" else Op.CLEAR
        for name in dict.fromkeys(re.findall(r"\b_*[A-Z][A-Z0-9_]+\b", right.decode("ascii", "replace"))):
            names = {bit for word in words if name.startswith(word.mask_prefix) and (bit := word.bit_of(name))}
            if names:
                line = file.source.lines.line(match.start())
                task = _task(file, span, left.decode("ascii", "replace"))
                yield Update(op, frozenset(names), name, task, file.path, line, span.name, _optional(file, line))


def _optional(file: FileFacts, line: int) -> bool:
    lines = file.source.lines
    end = lines.start(line + 1) if line < len(lines.starts) else len(file.stripped)
    return b"IS_ENABLED" in file.stripped[lines.start(max(1, line - 1)) : end]


_WORD = re.compile(r"[A-Za-z_]\w*")


def parameters(span: FunctionSpan) -> list[tuple[str, str]]:
    """Type and name of every parameter, as written."""
    found = []
    for part in span.parameters.split(","):
        words = _WORD.findall(part)
        if words and words != ["void"]:
            found.append((" ".join(words[:-1]), words[-1]))
    return found


def _task(file: FileFacts, span: FunctionSpan, text: str, depth: int = 3) -> str:
    """Whose flags an expression means, in the terms of the function it stands in."""
    names = _WORD.findall(text)
    if any(name == "current" or name.startswith("current_") for name in names):
        return CURRENT
    places = {name: f"#{n}" for n, (_, name) in enumerate(parameters(span))}
    for name in names:
        if name in places:
            return places[name]
    for name in names if depth else ():
        value = re.search(
            rb"\b%s\s*=([^=;][^;]{0,200});" % name.encode(), file.stripped[span.body_start : span.body_end]
        )
        if value is not None:
            return _task(file, span, value[1].decode("ascii", "replace"), depth - 1)
    return UNKNOWN


def _through(file: FileFacts, span: FunctionSpan, call: Call, task: str) -> str:
    """A task of the callee in the terms of its caller."""
    if not task.startswith("#"):
        return task
    place = int(task[1:])
    return _task(file, span, call.arguments[place]) if place < len(call.arguments) else UNKNOWN


def same_task(one: Update, other: Update) -> bool:
    """Whether both may be about the same task; what is not known is."""
    return CURRENT not in (one.task, other.task) or UNKNOWN in (one.task, other.task) or one.task == other.task
