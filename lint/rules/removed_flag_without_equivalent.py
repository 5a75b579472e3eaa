"""A flag that a migration moves to another word is removed, and nothing takes its place for this architecture.

Why: code that asks for the feature either stops compiling or asks a bit that nobody sets, and tracing, auditing or
seccomp silently does nothing.
Bad: an architecture drops the flag without selecting the symbol that brings the new word.
Good: the select comes with the removal, so that the same accessors reach the new bit.
Source: include/linux/thread_info.h; Documentation/core-api/entry.rst
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.model import Definition, Kind, Use
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.logic import Formula, both, either, negate, show
from lint.migrations.model import Migration, Word
from lint.resolve import SOURCES, Built, Space, arch_of, built, definitions_in, is_host, is_visible
from lint.rule import rule
from lint.state import State

BAD = """\
# base: entry
# arch: new
== arch/new/Kconfig
 config NEW
 	def_bool y
== arch/new/include/asm/thread_info.h
 #define TIF_SIGPENDING		1
~#define TIF_SYSCALL_TRACE	2
== kernel/ptrace.c
 #include <linux/thread_info.h>

 void trace(void)
 {
 	set_syscall_work(SYSCALL_TRACE);
 }
"""

GOOD = """\
# base: entry
# arch: new
== arch/new/Kconfig
 config NEW
 	def_bool y
+	select GENERIC_ENTRY
== arch/new/include/asm/thread_info.h
 #define TIF_SIGPENDING		1
-#define TIF_SYSCALL_TRACE	2
== kernel/ptrace.c
 #include <linux/thread_info.h>

 void trace(void)
 {
 	set_syscall_work(SYSCALL_TRACE);
 }
"""

_SETS = re.compile(rb"(?:^|_)set(?:_|$)|\|=")
_PLAIN = frozenset({Use.PLAIN, Use.CALL})


@dataclass(frozen=True, slots=True)
class _Flag:
    """A removed flag: the architecture that loses it, and what the migration makes of it."""

    definition: Definition
    arch: str
    target: str
    migration: Migration

    @property
    def name(self) -> str:
        return self.definition.name


@dataclass(frozen=True, slots=True)
class _Place:
    """A line that asks for the feature, and whether it sets the flag."""

    path: str
    line: int
    condition: Formula
    sets: bool


def _words(change: Change) -> Iterator[str]:
    for flag in _candidates(change):
        for word, bit in ((flag.migration.old_word, flag.name), (flag.migration.new_word, flag.target)):
            suffix = bit.removeprefix(word.bit_prefix)
            yield from (bit, word.mask_prefix + suffix, suffix, word.bit_prefix)


@rule("removed-flag-without-equivalent", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD, words=_words)
def removed_flag_without_equivalent(change: Change) -> Iterator[Hit]:
    """Report every removed flag whose feature is still asked for where the new word has no live bit for it."""
    for flag in _candidates(change):
        if _is_defined(change.after, flag):
            continue
        hit = _judge(change, flag)
        if hit is not None:
            yield hit


def _candidates(change: Change) -> Iterator[_Flag]:
    seen: set[tuple[str, str]] = set()
    for definition in change.removed_definitions:
        arch = arch_of(definition.path)
        if definition.kind not in (Kind.MACRO, Kind.ENUMERATOR) or arch is None or is_host(definition.path):
            continue
        for migration in change.migrations:
            target = migration.target(definition.name)
            if target is not None and (definition.name, arch) not in seen:
                seen.add((definition.name, arch))
                yield _Flag(definition, arch, target, migration)


def _is_defined(state: State, flag: _Flag) -> bool:
    """Whether another definition of the flag is left for the architecture."""
    return any(True for _ in _definitions(state, flag.name, flag.arch))


def _definitions(state: State, name: str, arch: str) -> Iterator[Definition]:
    for path in _files(state, name, arch):
        for item in definitions_in(state, path, name, Space.ORDINARY):
            if is_visible(item, f"arch/{arch}/kernel/.c", arch):
                yield item


def _files(state: State, word: str, arch: str) -> tuple[str, ...]:
    """The sources of this architecture and of all that name a word."""
    found = state.search([word])[word]
    return tuple(
        dict.fromkeys(
            one.path
            for one in found
            if one.path.endswith(SOURCES) and arch_of(one.path) in (None, arch) and not is_host(one.path)
        )
    )


def _judge(change: Change, flag: _Flag) -> Hit | None:
    bits = tuple(_definitions(change.after, flag.target, flag.arch))
    active = either(item.condition for item in bits)
    places = list(_places(change.after, flag))
    for place in places:
        shown = built(change.after, place.path, both((place.condition, negate(active))), (flag.arch,))
        if shown is not None and shown.proven:
            return _hit(flag, _lost(flag, bits, place), place, bits, shown)
    setters = [place for place in places if place.sets]
    if not bits or any(_is_live(change.after, place, active, flag.arch) for place in setters):
        return None
    left = next((place for place in places if _is_live(change.after, place, active, flag.arch)), None)
    if left is None or not _was_set(change.before, flag):
        return None
    what = f"{flag.name} goes, and nothing that is built for the architecture sets {flag.target} in its place"
    return _hit(flag, what, left, bits, None)


def _is_live(state: State, place: _Place, active: Formula, arch: str) -> bool:
    return built(state, place.path, both((place.condition, active)), (arch,)) is not None


def _places(state: State, flag: _Flag) -> Iterator[_Place]:
    """Where built code asks for the feature: through accessors that paste the name, or by its old or new name."""
    for word, bit in ((flag.migration.old_word, flag.name), (flag.migration.new_word, flag.target)):
        suffix = bit.removeprefix(word.bit_prefix)
        yield from _accesses(state, suffix, _accessors(state, flag.migration, flag.arch), flag.arch)
        yield from _direct(state, word, bit, flag.arch)


def _accessors(state: State, migration: Migration, arch: str) -> frozenset[str]:
    """The macros that make a bit's name of one of the words out of a parameter."""
    found: set[str] = set()
    for prefix in (migration.old_word.bit_prefix, migration.new_word.bit_prefix):
        for path in _files(state, prefix, arch):
            file = state.facts(path)
            found.update(paste.macro for paste in file.pastes if paste.prefix == prefix) if file is not None else None
    return frozenset(found)


def _accesses(state: State, suffix: str, accessors: frozenset[str], arch: str) -> Iterator[_Place]:
    for path in _files(state, suffix, arch) if accessors else ():
        file = state.facts(path)
        for call in file.calls(accessors) if file is not None else ():
            if suffix in (argument.strip() for argument in call.arguments):
                yield _Place(path, call.line, call.condition, _SETS.search(call.name.encode()) is not None)


def _direct(state: State, word: Word, bit: str, arch: str) -> Iterator[_Place]:
    """Uses by name in the architecture's own code; generic code that does so belongs to the new word already."""
    mask = word.mask_prefix + bit.removeprefix(word.bit_prefix)
    for name in (bit, mask):
        for path in _files(state, name, arch):
            file = state.facts(path)
            if file is None or arch_of(path) != arch or path.endswith(".h"):
                continue
            for one in file.references([name]):
                if one.use in _PLAIN:
                    yield _Place(path, one.line, one.condition, _sets(file.stripped, one.line))


def _sets(text: bytes, line: int) -> bool:
    words = re.findall(rb"\w+|\|=", text.split(b"\n")[line - 1])
    return any(_SETS.search(word) for word in words)


def _was_set(state: State, flag: _Flag) -> bool:
    """Whether some code that was built set the old flag; one that was dead leaves nothing to be replaced."""
    word = flag.migration.old_word
    suffix = flag.name.removeprefix(word.bit_prefix)
    places = [*_accesses(state, suffix, _accessors(state, flag.migration, flag.arch), flag.arch)]
    places += _direct(state, word, flag.name, flag.arch)
    return any(place.sets and built(state, place.path, place.condition, (flag.arch,)) for place in places)


def _lost(flag: _Flag, bits: tuple[Definition, ...], place: _Place) -> str:
    where = f"{place.path}:{place.line} still asks for it"
    if not bits:
        return f"{flag.name} goes, the {flag.migration.new_word.name} has no bit {flag.target}, and {where}"
    condition = show(either(item.condition for item in bits))
    return f"{flag.name} goes, {flag.target} exists only under {condition}, and without that {where}"


def _hit(flag: _Flag, message: str, place: _Place, bits: Iterable[Definition], shown: Built | None) -> Hit:
    gone = flag.definition
    related = [Related(Span(place.path, place.line), "asks for the feature")]
    related += [Related(Span(item.path, item.line, item.column), "the new bit") for item in bits]
    return Hit(
        Span(gone.path, gone.line, gone.column, gone.column + len(gone.name), Side.BEFORE),
        message,
        symbols=(flag.name, flag.target),
        related=tuple(related),
        arch=(flag.arch,),
        witness=shown.witness if shown is not None else {},
    )
