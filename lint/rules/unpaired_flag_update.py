"""A function sets a flag, and its twin (enable and disable, start and stop ...) does not clear the same one.

Why: the flag stays behind: a task that is not stepped any more goes on trapping, or one that is never traps. Words
that must be updated together make it worse: one half looks right.
Bad: single step sets the thread flag and the work bit, and only one of them is cleared.
Good: whatever the one function sets for a task, the other clears for the same task.
Source: Documentation/core-api/entry.rst
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lint.change import Change
from lint.cparse.facts import FileFacts
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.migrations.model import Word
from lint.resolve import arch_of, is_host
from lint.rule import rule
from lint.rules._flag_updates import CURRENT, Op, Update, operation, parameters, same_task, updates
from lint.rules._paired_words import Joint, joints
from lint.snapshot.apply import FileChange
from lint.state import State

BAD = """\
== arch/x86/kernel/step.c
 void user_enable_single_step(struct task_struct *child)
 {
 	set_tsk_thread_flag(child, TIF_SINGLESTEP);
!	set_tsk_thread_flag(child, TIF_FORCED_TF);
 }
 void user_disable_single_step(struct task_struct *child)
 {
 	clear_tsk_thread_flag(child, TIF_SINGLESTEP);
 }
"""

GOOD = """\
== arch/x86/kernel/step.c
 void user_enable_single_step(struct task_struct *child)
 {
 	set_tsk_thread_flag(child, TIF_SINGLESTEP);
+	set_tsk_thread_flag(child, TIF_FORCED_TF);
 }
 void user_disable_single_step(struct task_struct *child)
 {
 	clear_tsk_thread_flag(child, TIF_SINGLESTEP);
+	clear_tsk_thread_flag(child, TIF_FORCED_TF);
 }
"""

# What sets first, what undoes it second; whole words of a function's name.
TWINS = (
    ("enable", "disable"),
    ("set", "clear"),
    ("start", "stop"),
    ("begin", "end"),
    ("install", "remove"),
    ("install", "uninstall"),
    ("add", "remove"),
    ("activate", "deactivate"),
    ("arm", "disarm"),
    ("attach", "detach"),
    ("mark", "unmark"),
    ("block", "unblock"),
    ("set", "reset"),
    ("on", "off"),
)
# What follows on a line is not looked at.
LONG = 400
_OTHER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {one: tuple(b for a, b in TWINS if a == one) for one, _ in TWINS}
    | {other: tuple(a for a, b in TWINS if b == other) for _, other in TWINS}
)
_FIRST = frozenset(one for one, _ in TWINS)
_UPDATES = re.compile(
    rb"\w*(?:set|clear|mark|update|clr)\w*\s*\([^;]*\b_*[A-Z][A-Z0-9_]{2,}|(?:\|=|&=\s*~)[^;]*\b_*[A-Z]"
)


@dataclass(frozen=True, slots=True)
class _Half:
    """One of two twins: a function, and its file after and before the change."""

    name: str
    path: str
    old_path: str


@dataclass(frozen=True, slots=True)
class _Gap:
    """What one twin does and the other does not undo. ``there`` is the update that has no counterpart."""

    kind: str
    there: Update
    wrong: Update | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What stays the same from state to state."""
        return (self.kind, min(self.there.names))


@rule("unpaired-flag-update", Severity.ERROR, Confidence.MEDIUM, since="0.1", bad=BAD, good=GOOD)
def unpaired_flag_update(change: Change) -> Iterator[Hit]:
    """Report updates that a change adds or leaves without their counterpart."""
    touched = [file for file in change.files if _touches(change, file)]
    told: set[tuple[str, str]] = set()
    for joint in joints(change, touched):
        told |= {(function, flag) for function in joint.functions for flag in joint.flags}
        yield _of_joint(joint)
    for file in touched:
        for enable, disable in _pairs(change, file):
            for hit in _of_pair(change, enable, disable):
                if not any((one.name, flag) in told for one in (enable, disable) for flag in hit.symbols):
                    yield hit


def _touches(change: Change, file: FileChange) -> bool:
    if file.binary or file.fragment or not file.path.endswith((".c", ".h")) or is_host(file.path):
        return False
    return any(_UPDATES.search(text[:LONG]) for _, text in (*change.added_lines(file), *change.removed_lines(file)))


def _words(change: Change) -> tuple[Word, ...]:
    return tuple(dict.fromkeys(word for m in change.migrations for word in (m.old_word, m.new_word)))


def _pairs(change: Change, file: FileChange) -> list[tuple[_Half, _Half]]:
    """Twins (the one that sets first) of which the change touches an update, or one in what they call."""
    after = change.after.facts(file.new_path) if file.new_path else None
    if after is None:
        return []
    names = {span.name for span in after.functions}
    found: dict[tuple[_Half, _Half], None] = {}
    for name in sorted(_reached(change, file, after) & names):
        one = _Half(name, file.new_path, file.old_path or file.new_path)
        for twin, first in _twins(name):
            path = file.new_path if twin in names else _beside(change, one, twin)
            if path is not None:
                known = change.by_path.get(path)
                other = _Half(twin, path, known.old_path or path if known is not None else path)
                found[(one, other) if first else (other, one)] = None
    return list(found)


def _beside(change: Change, one: _Half, twin: str) -> str | None:
    """The file of the same directory that has the twin of a function which updates flags."""
    if not any(updates(s, path, one.name, _words(change)) for s, path in _states(change, one)):
        return None
    folder = one.path.rpartition("/")[0] + "/"
    for path in dict.fromkeys(found.path for found in change.after.search([twin], (folder,))[twin]):
        file = change.after.facts(path) if path.endswith(".c") and path.rpartition("/")[0] + "/" == folder else None
        if file is not None and any(span.name == twin for span in file.functions):
            own = [item.static for item in file.definitions_of(twin)]
            return path if own and not any(own) else None
    return None


def _states(change: Change, one: _Half) -> tuple[tuple[State, str], tuple[State, str]]:
    return (change.after, one.path), (change.before, one.old_path)


def _reached(change: Change, file: FileChange, after: FileFacts) -> set[str]:
    """The functions that the change touches, and those that call them in the same file."""
    before = change.before.facts(file.old_path) if file.old_path else None
    changed = _functions_on(after, file.added) | (_functions_on(before, file.removed) if before else set())
    names = {span.name for span in after.functions}
    callers: dict[str, set[str]] = {}
    for facts in (after, before):
        for call in facts.calls() if facts is not None else ():
            if call.name in names and call.function != call.name:
                callers.setdefault(call.name, set()).add(call.function)
    reached, pending = set(changed), list(changed)
    while pending:
        for caller in callers.get(pending.pop(), ()):
            if caller not in reached:
                reached.add(caller)
                pending.append(caller)
    return reached


def _functions_on(file: FileFacts, lines: frozenset[int]) -> set[str]:
    return {span.name for span in file.functions if any(span.line <= n <= span.end_line for n in lines)}


def _twins(name: str) -> Iterator[tuple[str, bool]]:
    parts = name.split("_")
    for place, part in enumerate(parts):
        for other in _OTHER.get(part, ()):
            yield "_".join([*parts[:place], other, *parts[place + 1 :]]), part in _FIRST


def _of_pair(change: Change, enable: _Half, disable: _Half) -> Iterator[Hit]:
    words = _words(change)
    sets, clears = (updates(change.after, one.path, one.name, words) for one in (enable, disable))
    gaps = list(_gaps(change.after, (enable.name, enable.path), (disable.name, disable.path), sets, clears))
    if not gaps:
        return
    olds, old_clears = (updates(change.before, one.old_path, one.name, words) for one in (enable, disable))
    old_pair = ((enable.name, enable.old_path), (disable.name, disable.old_path))
    known = {gap.key for gap in _gaps(change.before, *old_pair, olds, old_clears)}
    moved = {d.name for d in change.removed_definitions if d.path not in (enable.old_path, disable.old_path)}
    for gap in gaps:
        if gap.key in known or moved & {enable.name, disable.name}:
            continue
        was = [u for u in (*olds, *old_clears) if u.names & gap.there.names]
        if not _is_settled(change, gap, was, {enable.name, disable.name}):
            yield _hit(change, gap, was, enable, disable)


def _gaps(
    state: State,
    enable: tuple[str, str],
    disable: tuple[str, str],
    sets: tuple[Update, ...],
    clears: tuple[Update, ...],
) -> Iterator[_Gap]:
    """Flags that ``enable`` (name and path) only sets and ``disable`` does not clear, and the reverse."""
    seen: set[tuple[str, str]] = set()
    for op, ours, theirs, place in ((Op.SET, sets, clears, disable), (Op.CLEAR, clears, sets, enable)):
        opposite = Op.CLEAR if op is Op.SET else Op.SET
        for one in ours:
            if one.op is not op or one.optional or any(u.op is not op and u.names & one.names for u in ours):
                continue
            others = [u for u in theirs if u.names & one.names]
            gap = None
            if not others and not _mentions(state, place, one):
                gap = _Gap(op.value, one)
            elif others and all(u.op is opposite and not same_task(one, u) for u in others):
                gap = _Gap("task", one, others[0]) if _same_heads(state, enable, disable) else None
            if gap is not None and gap.key not in seen:
                seen.add(gap.key)
                yield gap


def _mentions(state: State, place: tuple[str, str], update: Update) -> bool:
    """Whether a function names the flag in some way that is not understood, so that nothing is said."""
    function, path = place
    file = state.facts(path)
    spans = [span for span in file.functions if span.name == function] if file is not None else []
    if file is None or not spans:
        return True
    name = re.compile(rf"\b\w*{re.escape(update.written.lstrip('_'))}\b")
    for span in spans:
        body = file.stripped[span.body_start : span.body_end].decode("ascii", "replace")
        tests = sum(
            len(name.findall(argument))
            for call in file.calls(None, (span.line, span.end_line))
            for argument in call.arguments
            if "test" in call.name.split("_") and operation(call.name) is None
        )
        if len(name.findall(body)) > tests:
            return True
    return False


def _same_heads(state: State, *places: tuple[str, str]) -> bool:
    """Whether the first parameters have one type, so that both can only be meant for the same task."""
    kinds = []
    for function, path in places:
        file = state.facts(path)
        spans = [span for span in file.functions if span.name == function] if file is not None else []
        kinds.append([kind for span in spans for kind, _ in parameters(span)[:1]])
    return bool(kinds[0]) and kinds[0] == kinds[1]


def _is_settled(change: Change, gap: _Gap, was: list[Update], pair: set[str]) -> bool:
    """Whether the counterpart stands elsewhere: moved there by the change, or the flag is consumed by other code."""
    if gap.kind == "task":
        return False
    opposite = Op.CLEAR if gap.kind == "set" else Op.SET
    balanced = any(u.op is opposite for u in was)
    if gap.kind == "clear" and not balanced:
        return True
    if _added_elsewhere(change, gap, opposite, pair):
        return True
    return not balanced and _done_elsewhere(change.after, gap, opposite, pair)


def _added_elsewhere(change: Change, gap: _Gap, op: Op, pair: set[str]) -> bool:
    names = {gap.there.written, *gap.there.names}
    for file in change.files:
        facts = change.after.facts(file.new_path) if file.added and file.new_path.endswith((".c", ".h")) else None
        if facts is not None and _does(facts, names, op, pair, file.added):
            return True
    return False


def _does(facts: FileFacts, names: set[str], op: Op, but: set[str], lines: frozenset[int] | None = None) -> bool:
    for call in facts.calls():
        if call.function in but or (lines is not None and call.line not in lines):
            continue
        if operation(call.name) in (op, Op.BOTH) and any(a.strip("() ") in names for a in call.arguments):
            return True
    return False


# Generic code that may consume a flag which an architecture sets.
_GENERIC = ("kernel/", "include/linux/", "include/asm-generic/", "fs/", "mm/", "lib/", "virt/")


def _done_elsewhere(state: State, gap: _Gap, op: Op, pair: set[str]) -> bool:
    arch = arch_of(gap.there.path)
    names = {gap.there.written, *gap.there.names}
    places = (*_GENERIC, f"arch/{arch}/") if arch else ()
    found = state.search(sorted(names), places)
    masks = re.compile(rb"&=\s*~|cmpxchg|xchg|andnot")
    for path in dict.fromkeys(one.path for name in sorted(names) for one in found[name]):
        facts = state.facts(path) if path.endswith((".c", ".h")) else None
        if facts is not None and _does(facts, names, op, pair):
            return True
    return any(masks.search(one.text) or one.path.endswith(".S") for name in names for one in found[name])


def _hit(change: Change, gap: _Gap, was: list[Update], setting: _Half, clearing: _Half) -> Hit:
    enable, disable = setting.name, clearing.name
    there, other = gap.there, disable if gap.there.function != disable and gap.kind != "clear" else enable
    span, function = _place(change, gap, was)
    related = [Related(Span(there.path, there.line), f"{there.function}() {_verb(gap.kind)} it here")]
    if gap.kind == "task" and gap.wrong is not None:
        related.append(
            Related(Span(gap.wrong.path, gap.wrong.line), f"{gap.wrong.function}() is about {_whose(gap.wrong)}")
        )
        one, two = (enable, disable) if there.op is Op.SET else (disable, enable)
        verbs = ("sets", "clears") if there.op is Op.SET else ("clears", "sets")
        message = (
            f"{one}() {verbs[0]} {there.written} for {_whose(there)}, but {two}() {verbs[1]} it for {_whose(gap.wrong)}"
        )
    elif gap.kind == "set":
        message = f"{enable}() sets {there.written}, and {disable}() does not clear it"
        related += _without(change, clearing, f"{disable}() does not clear it")
    else:
        message = f"{disable}() clears {there.written}, which {enable}() does not set any more"
        related += _without(change, setting, f"{enable}() does not set it")
    related = [one for one in related if one.span != span]
    names = (there.written, *sorted(there.names), enable, disable)
    return Hit(span, message, symbols=tuple(dict.fromkeys(names)), related=tuple(related), function=function or other)


def _verb(kind: str) -> str:
    return "clears" if kind == "clear" else "sets"


def _whose(update: Update) -> str:
    return "current" if update.task == CURRENT else "its task"


def _place(change: Change, gap: _Gap, was: list[Update]) -> tuple[Span, str]:
    """In the patch where possible: the added update, or else the removed counterpart."""
    for one in (gap.there, gap.wrong):
        file = change.by_path.get(one.path) if one is not None else None
        if one is not None and file is not None and one.line in file.added:
            return Span(one.path, one.line), one.function
    for one in was:
        file = next((f for f in change.files if f.old_path == one.path), None)
        if file is not None and one.line in file.removed:
            return Span(one.path, one.line, side=Side.BEFORE), one.function
    return Span(gap.there.path, gap.there.line), gap.there.function


def _without(change: Change, half: _Half, note: str) -> Iterator[Related]:
    """Where the twin without the counterpart stands."""
    facts = change.after.facts(half.path)
    for function in facts.functions if facts is not None else ():
        if function.name == half.name:
            yield Related(Span(half.path, function.line), note)


def _of_joint(joint: Joint) -> Hit:
    return Hit(
        joint.span,
        joint.message,
        symbols=joint.flags + joint.functions,
        related=joint.related,
        arch=(joint.arch,),
        function=joint.function,
    )
