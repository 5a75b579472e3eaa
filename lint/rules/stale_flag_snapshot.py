"""A word of flags is read into a variable, the task can be stopped, and the variable is tested after that.

Why: a tracer that stops a task may change its flags, so that what was read before tells how things were: a seccomp
filter that was installed during the stop is passed by.
Bad: `if (flags & _TIF_SECCOMP)` after a call that reports to the tracer, with the flags of before.
Good: the word is read again after the report, as the generic entry code does.
Source: include/linux/entry-common.h: "ptrace might have changed work flags"
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.facts_functions import FunctionSpan
from lint.cparse.facts_source import source
from lint.cparse.returns_flow import excludes, reaches
from lint.cparse.returns_tree import function_body
from lint.cparse.tests_of_flags import Event, FlagTest, events
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.migrations.model import Migration
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.snapshot.apply import FileChange
from lint.state import State

BAD = """\
== arch/new/kernel/ptrace.c
 int syscall_trace_enter(struct pt_regs *regs, unsigned long flags)
 {
 	if (flags & _TIF_SYSCALL_TRACE) {
 		if (ptrace_report_syscall_entry(regs))
 			return -1;
 	}
-	if (secure_computing())
!	if ((flags & _TIF_SECCOMP) && __secure_computing())
 		return -1;
 	return regs->nr;
 }
"""

GOOD = """\
== arch/new/kernel/ptrace.c
 int syscall_trace_enter(struct pt_regs *regs, unsigned long flags)
 {
 	if (flags & _TIF_SYSCALL_TRACE) {
 		if (ptrace_report_syscall_entry(regs))
 			return -1;
+		flags = read_thread_flags();
 	}
-	if (secure_computing())
+	if ((flags & _TIF_SECCOMP) && __secure_computing())
 		return -1;
 	return regs->nr;
 }
"""

# Wrappers around wrappers of what stops a task, that are followed.
DEPTH = 3
# What happens in one function and is looked at, and how far behind a test.
MAX_EVENTS, MAX_BEHIND = 2_000, 200
# A name on more lines than this is an everyday word.
MANY_LINES = 2_000
_SURE, _RARE = 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class _Pattern:
    """A test of a variable, and the calls before it since when the variable was not read again."""

    span: FunctionSpan
    test: FlagTest
    calls: tuple[Event, ...]


def words(change: Change) -> Iterable[str]:
    """What is called between the reading of a word and its test."""
    for file in change.files:
        for pattern in _patterns(change, file, after=True):
            yield from (call.name for call in pattern.calls)


@rule(
    "stale-flag-snapshot",
    Severity.WARNING,
    Confidence.MEDIUM,
    since="0.5",
    bad=BAD,
    good=GOOD,
    words=words,
)
def stale_flag_snapshot(change: Change) -> Iterator[Hit]:
    """Tests of a variable that holds flags, behind a call in which the task can be stopped."""
    stops = _stops(change.migrations)
    if not stops:
        return
    new = list(_found(change, stops, after=True))
    known = {(one.span.name, one.test.names) for _, one, _, _ in (_found(change, stops, after=False) if new else ())}
    for file, pattern, call, rank in new:
        if (pattern.span.name, pattern.test.names) not in known:
            yield _hit(file, pattern, call, rank)


def _found(
    change: Change, stops: Mapping[str, int], *, after: bool
) -> Iterator[tuple[FileChange, _Pattern, Event, int]]:
    asked = _Asked(change.after if after else change.before, stops, {})
    for file in change.files:
        for pattern in _patterns(change, file, after=after):
            stale = _stale(asked, file, pattern)
            if stale is not None:
                yield file, pattern, *stale


def _hit(file: FileChange, pattern: _Pattern, call: Event, rank: int) -> Hit:
    src = source(file.path, file.after or b"")
    line, column = src.lines.place(pattern.test.start)
    at, where = src.lines.place(call.start)
    variable = pattern.test.variable
    message = f"{variable} was read before {call.name}(), in which the task can be stopped and its flags can change"
    return Hit(
        Span(file.path, line, column, column + len(pattern.test.text)),
        message,
        (*sorted(pattern.test.names), call.name),
        (Related(Span(file.path, at, where, where + len(call.name)), f"the task can be stopped in {call.name}()"),),
        function=pattern.span.name,
        severity=None if rank == _SURE else Severity.NOTE,
    )


def _stops(migrations: Iterable[Migration]) -> dict[str, int]:
    found: dict[str, int] = {}
    for migration in migrations:
        found |= dict.fromkeys(migration.rare_stops, _RARE)
    for migration in migrations:
        found |= dict.fromkeys(migration.stops, _SURE)
    return found


def _patterns(change: Change, file: FileChange, *, after: bool) -> Iterator[_Pattern]:
    """The tests of flags behind calls, in the functions that the change touches."""
    text, other = (file.after, file.before) if after else (file.before, file.after)
    if text is None or not file.path.endswith((".c", ".h")) or file.binary or is_host(file.path):
        return
    prefixes = tuple(
        prefix for one in change.migrations for prefix in (one.old_word.mask_prefix, one.new_word.mask_prefix)
    )
    bits = tuple(one.new_word.bit_prefix for one in change.migrations)
    if not any(prefix.encode() in text for prefix in prefixes):
        return
    src = source(file.path, text)
    bodies = set()
    if other is not None:
        twin = source(file.old_path or file.path, other)
        bodies = {(one.name, twin.code[one.body_start : one.body_end]) for one in twin.functions}
    for span in src.functions:
        code = src.code[span.body_start : span.body_end]
        if (span.name, code) in bodies or not any(prefix.encode() in code for prefix in prefixes):
            continue
        body = function_body(src, span)
        for test, calls in _tests([] if body is None else events(body)[:MAX_EVENTS]):
            if any(name.startswith(prefixes) and not name.startswith(bits) for name in test.names):
                yield _Pattern(span, test, calls)


def _tests(found: list[Event]) -> Iterator[tuple[FlagTest, tuple[Event, ...]]]:
    """Each test with the calls since its variable was set, unless its bits were asked around the call already."""
    asked: dict[tuple[int, str], set[str]] = {}  # by condition and variable, the bits
    for one in found:
        if one.test is not None and one.branch and one.branch[-1][1] == 0:
            asked.setdefault((one.branch[-1][0], one.name), set()).update(one.test.names)
    for number, event in enumerate(found):
        if event.test is None or _is_read_again(found[number:], event):
            continue
        calls: list[Event] = []
        for earlier in reversed(found[max(0, number - MAX_BEHIND) : number]):
            if earlier.kind == "assign" and earlier.name == event.name and not excludes(earlier.branch, event.branch):
                break
            if earlier.kind == "call" and reaches(earlier.branch, earlier.confined, event.branch):
                around = (asked.get((condition, event.name), set()) for condition, part in earlier.branch if part)
                if not event.test.names <= set().union(*around):
                    calls.append(earlier)
        if calls:
            yield event.test, tuple(reversed(calls))


def _is_read_again(later: list[Event], event: Event) -> bool:
    """Whether the loop around a test sets the variable again, so that a change is seen in the next round."""
    return any(one.kind == "assign" and one.name == event.name and set(one.loops) & set(event.loops) for one in later)


def _stale(asked: _Asked, file: FileChange, pattern: _Pattern) -> tuple[Event, int] | None:
    """The call that most surely can stop the task; None when no call can."""
    best: tuple[Event, int] | None = None
    for call in pattern.calls:
        rank = _rank(asked, file.path, call.name, DEPTH, frozenset())
        if rank is not None and (best is None or rank < best[1]):
            best = call, rank
    return best


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A state, where a task is stopped by the migrations, and what was found of other functions."""

    state: State
    stops: Mapping[str, int]
    known: dict[tuple[str, str, int], int | None]


def _rank(asked: _Asked, path: str, name: str, depth: int, above: frozenset[str]) -> int | None:
    """How surely a function can stop the task: itself, or through what its file or a header defines."""
    if name in asked.stops:
        return asked.stops[name]
    if not depth or name in above:
        return None
    key = path, name, depth
    if key not in asked.known:
        places = _places(asked.state, path, name) if depth == DEPTH else [path]
        found = (_rank_in(asked, place, name, depth, above | {name}) for place in places)
        asked.known[key] = min((rank for rank in found if rank is not None), default=None)
    return asked.known[key]


def _rank_in(asked: _Asked, path: str, name: str, depth: int, above: frozenset[str]) -> int | None:
    """The same for a function as one file defines it."""
    file = asked.state.facts(path)
    ranks: list[int] = []
    for span in file.functions if file is not None else ():
        if file is not None and span.name == name:
            for call in dict.fromkeys(one.name for one in file.calls(None, (span.line, span.end_line))):
                rank = _rank(asked, path, call, depth - 1, above)
                if rank is not None:
                    ranks.append(rank)
    return min(ranks, default=None)


def _places(state: State, path: str, name: str) -> list[str]:
    """The files that may define a function that ``path`` calls: itself first, then those of its architecture."""
    file = state.facts(path)
    if file is not None and any(span.name == name for span in file.functions):
        return [path]
    found = state.search([name])[name]
    if len(found) > MANY_LINES:
        return []
    head = re.compile(rb"(?:[A-Za-z_].*[\s*])?%b\s*\([^;]*\Z" % re.escape(name.encode()))
    heads = dict.fromkeys(one.path for one in found if one.path.endswith((".c", ".h")) and head.match(one.text[:300]))
    own = (None, arch_of(path))
    return [one for one in heads if one.startswith(("include/", "kernel/", "arch/")) and arch_of(one) in own]
