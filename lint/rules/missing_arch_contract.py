"""Generic code becomes active for an architecture that lacks something this code takes from it.

Why: generic code of a conversion relies on headers, hooks and structure members that the architecture provides. Nothing
but a build of the right configuration shows that one is missing.
Bad: an architecture selects the symbol, and its struct thread_info has no member for the new word.
Good: the member, the header and the hooks arrive in the same patch or before it.
Source: Documentation/core-api/entry.rst
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lint.change import Change
from lint.contract import Contract, Need
from lint.contract_supply import Lack, Sort, converted, fallback, lacks
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.kconfig.scan import is_kconfig_file
from lint.logic import show
from lint.migrations.model import Migration
from lint.resolve import Built, built
from lint.rule import rule
from lint.rules._contract import (
    Occasion,
    asked_again,
    contracts,
    opened,
    removed_at,
    removed_header,
    switched_on,
    words,
)
from lint.state import State

BAD = """\
# base: entry
# arch: new
== arch/new/Kconfig
 config NEW
 	def_bool y
!	select GENERIC_ENTRY
== arch/new/include/asm/entry-common.h
+#ifndef _ASM_ENTRY_COMMON_H
+#define _ASM_ENTRY_COMMON_H
+#endif
== arch/new/include/asm/syscall.h
 static inline int syscall_get_nr(struct pt_regs *regs)
 {
 	return regs->nr;
 }
+
+static inline bool arch_syscall_is_trampoline(struct pt_regs *regs)
+{
+	return false;
+}
== arch/new/include/asm/thread_info.h
 struct thread_info {
 	unsigned long flags;
 	int preempt_count;
 };
"""

GOOD = """\
# base: entry
# arch: new
== arch/new/Kconfig
 config NEW
 	def_bool y
+	select GENERIC_ENTRY
== arch/new/include/asm/entry-common.h
+#ifndef _ASM_ENTRY_COMMON_H
+#define _ASM_ENTRY_COMMON_H
+#endif
== arch/new/include/asm/syscall.h
 static inline int syscall_get_nr(struct pt_regs *regs)
 {
 	return regs->nr;
 }
+
+static inline bool arch_syscall_is_trampoline(struct pt_regs *regs)
+{
+	return false;
+}
== arch/new/include/asm/thread_info.h
 struct thread_info {
 	unsigned long flags;
+	unsigned long syscall_work;
 	int preempt_count;
 };
"""

SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Missing:
    """What one architecture lacks, the use that shows it, and a configuration that builds this use."""

    arch: str
    lack: Lack
    need: Need
    shown: Built


@rule(
    "missing-arch-contract",
    Severity.ERROR,
    Confidence.HIGH,
    since="0.1",
    bad=BAD,
    good=GOOD,
    words=words,
    breaks_build=True,
)
def missing_arch_contract(change: Change) -> Iterator[Hit]:
    """Report everything that generic code of a migration needs from here on and that an architecture lacks."""
    for migration in change.migrations:
        yield from _check(change, migration)


def _check(change: Change, migration: Migration) -> Iterator[Hit]:
    if not any(_is_of_interest(file.path) for file in change.files):
        return
    before, after = contracts(change, migration)
    again = asked_again(change, before, after)
    if not after.files or not (again or any(is_kconfig_file(file.path) for file in change.files)):
        return
    archs = converted(change.after.tree, migration.symbols)
    alike: dict[tuple[Span, Sort, str], list[_Missing]] = {}
    for occasion in _occasions(change, migration, after, archs, again):
        if not change.archs or occasion.arch in change.archs:
            for one in _missing(change, before, after, occasion, archs):
                place = _place(change, one.lack, one.need, occasion)
                alike.setdefault((place, one.lack.sort, one.lack.name), []).append(one)
    for (place, _, _), missing in alike.items():
        yield _hit(place, missing)


def _is_of_interest(path: str) -> bool:
    return path.endswith((".c", ".h", ".S", "Kbuild", "Makefile")) or path.rpartition("/")[2].startswith("Kconfig")


def _occasions(
    change: Change,
    migration: Migration,
    after: Contract,
    archs: tuple[str, ...],
    again: Mapping[str | None, frozenset[str]],
) -> Iterator[Occasion]:
    """The architectures to ask, sorted, each once."""
    found = {one.arch: one for one in opened(change, after, archs)}
    found |= {one.arch: one for one in switched_on(change, migration)}
    everywhere = frozenset(
        name for name in again.get(None, ()) if name not in after.names or not fallback(change.after, name, "")
    )
    for arch in sorted({*found, *archs}):
        names = everywhere | again.get(arch, frozenset())
        if arch in found:
            yield found[arch]
        elif names:
            yield Occasion(arch, None, names)


def _missing(
    change: Change, before: Contract, after: Contract, occasion: Occasion, archs: tuple[str, ...]
) -> Iterator[_Missing]:
    arch = occasion.arch
    needed = [
        (one, *proof)
        for one in lacks(change.after, after, arch, archs, occasion.names)
        if (proof := _proof(change.after, one, arch)) is not None
    ]
    asked = {one.name for one, _, _ in needed}
    known = {
        (one.sort, one.name)
        for one in (lacks(change.before, before, arch, archs, asked) if needed else ())
        if _proof(change.before, one, arch) is not None
    }
    for one, need, shown in needed:
        if (one.sort, one.name) not in known:
            yield _Missing(arch, one, need, shown)


def _proof(state: State, lack: Lack, arch: str) -> tuple[Need, Built] | None:
    """The first use in generic code that the architecture builds, a proven one where there is one."""
    found = [
        (need, shown) for need in lack.needs if (shown := built(state, need.path, need.condition, (arch,))) is not None
    ]
    return next((one for one in found if one[1].proven), found[0] if found else None)


def _hit(place: Span, missing: list[_Missing]) -> Hit:
    """One hit for all architectures that lack the same for the same reason."""
    worst = next((one for one in missing if one.shown.proven), missing[0])
    lack, need = worst.lack, worst.need
    archs = tuple(sorted({one.arch for one in missing if one.shown.proven == worst.shown.proven}))
    related = [Related(Span(need.path, need.line, need.column), f"generic code takes it here{_under(need)}")]
    related += [Related(Span(at.path, at.line), "another architecture has it here") for at in lack.examples[:SHOWN]]
    return Hit(
        place,
        f"{_listed(archs)} lack{'s' if len(archs) == 1 else ''} {_what(lack)}, which {need.path}:{need.line} takes"
        " from the architecture",
        symbols=(lack.name,) if lack.sort is not Sort.MEMBER else (lack.name, lack.struct),
        related=tuple(related),
        arch=archs,
        witness=worst.shown.witness,
        severity=None if worst.shown.proven else Severity.NOTE,
    )


def _listed(archs: tuple[str, ...]) -> str:
    return " and ".join(part for part in (", ".join(archs[:-1]), archs[-1]) if part)


def _place(change: Change, lack: Lack, need: Need, occasion: Occasion) -> Span:
    """The select line, or where the definition goes, or the generic line that asks for it from now on."""
    if occasion.span is not None:
        return occasion.span
    gone = removed_header if lack.sort is Sort.HEADER else removed_at
    removed = gone(change, lack.name, occasion.arch)
    if removed is not None:
        return removed
    for one in (need, *lack.needs):
        file = change.by_path.get(one.path)
        if file is not None and one.line in file.added:
            return Span(one.path, one.line, one.column, one.column + len(lack.name) if one.column else 0)
    return Span(need.path, need.line, need.column)


def _under(need: Need) -> str:
    return "" if need.condition is True else f", under {show(need.condition)}"


def _what(lack: Lack) -> str:
    if lack.sort is Sort.HEADER:
        return f"the header {lack.name}"
    if lack.sort is Sort.MEMBER:
        return f"the member {lack.name} of struct {lack.struct}"
    return f"{lack.name}()" if lack.name.islower() else lack.name
