"""Two functions that must update a flag of the old word and one of the new word together, after a conversion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.model import Kind
from lint.finding import Related, Side, Span
from lint.logic import Formula, either
from lint.migrations.model import Migration, PairedUpdate
from lint.resolve import arch_of
from lint.rules._flag_updates import Op, Update, operation, updates
from lint.snapshot.apply import FileChange
from lint.state import State


@dataclass(frozen=True, slots=True)
class Joint:
    """One pair of functions that lacks an update, said at ``span``."""

    arch: str
    span: Span
    function: str
    message: str
    flags: tuple[str, ...]
    functions: tuple[str, ...]
    related: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two functions of one architecture, their updates, and what they lack (function and bit number)."""

    path: str
    sets: tuple[Update, ...]
    clears: tuple[Update, ...]
    missing: tuple[tuple[str, str], ...]


def joints(change: Change, touched: Sequence[FileChange]) -> Iterator[Joint]:
    """Every pair that the change leaves or makes incomplete; ``touched`` are files in which it updates flags."""
    for migration in change.migrations:
        for paired in migration.paired:
            selects = dict(_selects(change, migration))
            archs = {arch for file in touched if (arch := arch_of(file.path)) and _may_hold(file, paired)}
            for arch in sorted(archs | selects.keys()):
                found = list(_joints(change, migration, paired, arch, selects.get(arch)))
                # An architecture may have the pair twice, for two kinds of processors; one select is one mistake.
                yield from {joint.span: joint for joint in reversed(found)}.values()


_SELECT = re.compile(rb"^\s+select\s+(\w+)")


def _selects(change: Change, migration: Migration) -> Iterator[tuple[str, Span]]:
    """The architectures for which the change adds a select of the migration, and where."""
    for file in change.files:
        arch = arch_of(file.path)
        if arch is not None and "Kconfig" in file.path.rpartition("/")[2]:
            for number, text in change.added_lines(file):
                match = _SELECT.match(text)
                if match is not None and match[1].decode() in migration.symbols:
                    yield arch, Span(file.path, number)


def _may_hold(file: FileChange, paired: PairedUpdate) -> bool:
    names = (paired.enable.encode(), paired.disable.encode())
    return any(name in text for text in (file.before, file.after) if text is not None for name in names)


def _joints(
    change: Change, migration: Migration, paired: PairedUpdate, arch: str, select: Span | None
) -> Iterator[Joint]:
    for after in _pairs(change.after, migration, paired, arch):
        if not after.missing or not _is_meant(change.after, migration, paired, arch, after):
            continue
        if not _converted(change.after, migration, paired, arch):
            return
        old = _pairs(change.before, migration, paired, arch)
        before = next((pair for pair in old if pair.path == after.path), None)
        was_converted = _converted(change.before, migration, paired, arch)
        new = after.missing
        if was_converted and before is not None:
            new = tuple(item for item in after.missing if item not in before.missing)
            if not new and _touched(change, after, paired):
                new = after.missing
            if not _knows(paired, after) and not _knows(paired, before):
                new = ()  # an architecture that does without the new word
        if new:
            cause = select if not was_converted else None
            yield _told(change, migration, paired, arch, (after, before), new, cause)


def _knows(paired: PairedUpdate, pair: _Pair) -> bool:
    return any(paired.new in update.names for update in (*pair.sets, *pair.clears))


def _pairs(state: State, migration: Migration, paired: PairedUpdate, arch: str) -> Iterator[_Pair]:
    """Every file of the architecture that has both functions."""
    words = (migration.old_word, migration.new_word)
    found = state.search([paired.enable, paired.disable], (f"arch/{arch}/",))
    for path in dict.fromkeys(one.path for one in found[paired.enable] if one.path.endswith((".c", ".h"))):
        file = state.facts(path)
        names = {span.name for span in file.functions} if file is not None else set()
        if {paired.enable, paired.disable} <= names:
            sets = updates(state, path, paired.enable, words)
            clears = updates(state, path, paired.disable, words)
            yield _Pair(path, sets, clears, tuple(_missing(paired, sets, clears)))


def _missing(paired: PairedUpdate, sets: tuple[Update, ...], clears: tuple[Update, ...]) -> Iterator[tuple[str, str]]:
    for function, done, op in ((paired.enable, sets, Op.SET), (paired.disable, clears, Op.CLEAR)):
        for flag in (paired.old, paired.new):
            if not any(u.op in (op, Op.BOTH) and flag in u.names for u in done):
                yield function, flag


def _is_meant(state: State, migration: Migration, paired: PairedUpdate, arch: str, pair: _Pair) -> bool:
    """Whether this architecture steps by these flags at all, and generic code looks at the new one."""
    ours = [u for u in (*pair.sets, *pair.clears) if u.names & {paired.old, paired.new}]
    if not ours:
        return False
    word = migration.new_word
    short = paired.new.removeprefix(word.bit_prefix)
    mask = word.mask_prefix + short
    names = [short, paired.new, mask]
    generic = state.search(names, ("kernel/", "include/linux/"))
    if not any(_consumes(one.text, mask) for name in names[1:] for one in generic[name]):
        return False
    if any(paired.new in u.names for u in ours):
        return True
    own = state.search(names, (f"arch/{arch}/",))
    accessors = (re.findall(r"\b(\w+)\s*\(", one.text.decode("ascii", "replace")) for n in names for one in own[n])
    return not any(operation(accessor) is not None for on_line in accessors for accessor in on_line)


def _consumes(line: bytes, mask: str) -> bool:
    """Whether a line does more than define the flag or its mask."""
    first = re.match(rb"\s*#\s*define\s+(\w+)", line)
    return (first is None or first[1] != mask.encode()) and not re.match(rb"\s*\w+\s*(?:=.*)?,?\s*$", line)


def _converted(state: State, migration: Migration, paired: PairedUpdate, arch: str) -> bool:
    """Whether some configuration of the architecture has the new flag."""
    found = state.search([paired.new], ("include/",))[paired.new]
    conditions: list[Formula] = []
    for path in dict.fromkeys(one.path for one in found if one.path.endswith(".h")):
        file = state.facts(path)
        items = file.definitions_of(paired.new) if file is not None else ()
        conditions += [item.condition for item in items if item.kind in (Kind.ENUMERATOR, Kind.MACRO)]
    if not conditions:
        return False
    if arch not in state.architectures:
        return True
    return state.solver(arch).possible(either(conditions))


def _touched(change: Change, after: _Pair, paired: PairedUpdate) -> bool:
    """Whether the change itself adds one of these updates."""
    return any(
        (file := change.by_path.get(u.path)) is not None and u.line in file.added
        for u in (*after.sets, *after.clears)
        if paired.new in u.names
    )


def _told(
    change: Change,
    migration: Migration,
    paired: PairedUpdate,
    arch: str,
    pairs: tuple[_Pair, _Pair | None],
    new: tuple[tuple[str, str], ...],
    select: Span | None,
) -> Joint:
    after, before = pairs
    word = migration.new_word
    spelled = {flag: flag.removeprefix(word.bit_prefix) for flag in (paired.old, paired.new)}
    flag = new[0][1]
    removed = list(_removed(change, before, new))
    added = [u for u in (*after.sets, *after.clears) if _is_added(change, u) and u.names & {paired.old, paired.new}]
    places = [
        *(Related(Span(u.path, u.line, side=Side.BEFORE), f"{u.function}() had it here") for u in removed),
        *((Related(select, "the architecture converts here"),) if select is not None else ()),
        *(Related(Span(u.path, u.line), f"{u.function}() updates {u.written} here") for u in added),
        *_heads(change.after, after.path, paired),
    ]
    span = places[0].span if places else Span(after.path, 0)
    what = " and ".join(dict.fromkeys(f"{name}() does not {_verb(name, paired)} {spelled[flag]}" for name, flag in new))
    partner = spelled[paired.old if flag == paired.new else paired.new]
    flags = [spelled[flag] for _, flag in new] + [paired.new, word.mask_prefix + spelled[paired.new], paired.old]
    return Joint(
        arch,
        span,
        removed[0].function if removed else added[0].function if added and select is None else "",
        f"{what}, which goes together with {partner} once {arch} has the {word.name} word",
        tuple(dict.fromkeys(flags)),
        (paired.enable, paired.disable),
        tuple(place for place in places if place.span != span),
    )


def _verb(function: str, paired: PairedUpdate) -> str:
    return "set" if function == paired.enable else "clear"


def _removed(change: Change, before: _Pair | None, new: tuple[tuple[str, str], ...]) -> Iterator[Update]:
    """The updates of before that were taken away, in the order of what is missing now."""
    for _, flag in new:
        for update in (*before.sets, *before.clears) if before is not None else ():
            file = next((f for f in change.files if f.old_path == update.path), None)
            if flag in update.names and file is not None and update.line in file.removed:
                yield update


def _is_added(change: Change, update: Update) -> bool:
    file = change.by_path.get(update.path)
    return file is not None and update.line in file.added


def _heads(state: State, path: str, paired: PairedUpdate) -> Iterator[Related]:
    file = state.facts(path)
    for name in (paired.enable, paired.disable):
        for span in file.functions if file is not None else ():
            if span.name == name:
                yield Related(Span(path, span.line), f"{name}() stands here")
