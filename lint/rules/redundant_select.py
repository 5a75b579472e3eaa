"""A config entry selects a symbol that is on already whenever the entry is.

Why: such a line says that something is needed which follows anyway. It hides what the other select brings along, and
it stays behind when that one changes.
Bad: an entry selects a symbol twice, or next to one that selects it.
Good: the select that implies the other one takes its place.
Source: Documentation/kbuild/kconfig-language.rst, "reverse dependencies"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Span
from lint.kconfig.formulas import full, some
from lint.kconfig.model import YES, Lit, Select, Sym
from lint.kconfig.textual import KconfigText
from lint.logic import both
from lint.resolve import arch_of
from lint.rule import rule
from lint.rules._selects import SelectLine, added_selects, all_architectures, architectures_with, selects_of
from lint.state import State

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_ENTER
 	bool
 	select GENERIC_IRQ_ENTER

 config GENERIC_IRQ_ENTER
 	bool
== arch/one/Kconfig
 config ONE
 	def_bool y
 	select GENERIC_ENTER
!	select GENERIC_IRQ_ENTER
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_ENTER
 	bool
 	select GENERIC_IRQ_ENTER

 config GENERIC_IRQ_ENTER
 	bool
== arch/one/Kconfig
 config ONE
 	def_bool y
-	select GENERIC_IRQ_ENTER
+	select GENERIC_ENTER
"""

_LONGEST = 6
_MOST_PATHS = 20


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a select says nothing new: ``chain`` is what implies it, the entry's own select first.

    Without one the symbol is always y, by a default or by the select of an entry that is always on.
    """

    chain: tuple[Select, ...]
    default: Span | None = None
    always: Select | None = None


@rule("redundant-select", Severity.WARNING, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD)
def redundant_select(change: Change) -> Iterator[Hit]:
    """Report selects that the change adds next to what implies them, and kept ones that it makes redundant."""
    added: dict[str, list[SelectLine]] = {}
    for line in added_selects(change):
        added.setdefault(line.owner, []).append(line)
    if not added:
        return
    text = change.after.kconfig_text
    for owner, lines in added.items():
        if _may_be_redundant(text, owner, {line.target for line in lines}):
            yield from _hits(change, owner, lines)


def _may_be_redundant(text: KconfigText, owner: str, added: set[str]) -> bool:
    """A cheap first look at the text alone, whatever the conditions."""
    targets = text.selects.get(owner, Counter())
    if any(targets[name] > 1 or name in text.always for name in added if name in targets):
        return True
    if any(added & text.selects.get(name, Counter()).keys() for name in text.always - {owner}):
        return True
    others = text.reach(targets)
    return bool(added & others) or bool(targets.keys() & text.reach(added))


def _hits(change: Change, owner: str, lines: list[SelectLine]) -> Iterator[Hit]:
    places = {(line.path, line.line) for line in lines}
    for arch in architectures_with(change, lines[0].path, owner):
        if not change.after.kconfig(arch).defines(owner):
            continue
        if not change.after.solver(arch).possible(some(Sym(owner))):
            continue
        for told, reason, is_added in _redundant(change, arch, owner, places):
            if arch_of(lines[0].path) is not None or _holds_everywhere(change, arch, told, reason):
                yield _hit(arch, told, reason, is_added=is_added)
        return


def _redundant(
    change: Change, arch: str, owner: str, places: set[tuple[str, int]]
) -> Iterator[tuple[Select, _Reason, bool]]:
    """The selects of an entry that the change makes redundant, why, and whether the change added them itself."""
    for select in selects_of(change.after.kconfig(arch), owner):
        reason = _reason(change.after, arch, select)
        if reason is None:
            continue
        is_added = (select.path, select.line) in places
        first = reason.chain[0] if reason.chain else None
        if not is_added and (first is None or (first.path, first.line) not in places):
            continue
        told = select
        if first is not None and not is_added and len(reason.chain) == 1:
            told, reason, is_added = first, _Reason((select,)), True  # the kept line merely stands below it
        if not _was_redundant(change, arch, told):
            yield told, reason, is_added


def _holds_everywhere(change: Change, arch: str, select: Select, reason: _Reason) -> bool:
    """Whether a select outside arch/ is redundant for every architecture that can have its entry on."""
    if reason.chain and all(link.condition == YES for link in reason.chain):
        return True
    for other in all_architectures(change, select.path, select.selector):
        kconfig = change.after.kconfig(other)
        if other == arch or not change.after.solver(other).possible(some(Sym(select.selector))):
            continue
        here = [one for one in selects_of(kconfig, select.selector) if one.line == select.line]
        if not any(one.path == select.path and _reason(change.after, other, one) is not None for one in here):
            return False
    return True


def _was_redundant(change: Change, arch: str, select: Select) -> bool:
    """Whether the entry had this select before, and it was just as redundant."""
    kconfig = change.before.kconfig(arch)
    same = [one for one in selects_of(kconfig, select.selector) if one.target == select.target]
    return any(_reason(change.before, arch, one) is not None for one in same)


def _reason(state: State, arch: str, select: Select) -> _Reason | None:
    """What already implies a select, or None. Of two equal lines the first counts."""
    own = selects_of(state.kconfig(arch), select.selector)
    for other in own[: own.index(select)]:
        if other.target == select.target and _covers(state, arch, select, (other,)):
            return _Reason((other,))
    for other in own[own.index(select) + 1 :]:
        if other.target == select.target and other.guard != select.guard and _covers(state, arch, select, (other,)):
            return _Reason((other,))
    for chain in _chains(state, arch, select, own):
        if _covers(state, arch, select, chain):
            return _Reason(chain)
    place = _default(state, arch, select)
    if place is not None:
        return _Reason((), place)
    always = _always(state, arch, select)
    return _Reason((), always=always) if always is not None else None


def _covers(state: State, arch: str, select: Select, chain: tuple[Select, ...]) -> bool:
    """Whether every link of the chain passes on at least what the select does."""
    conditions = [link.condition for link in chain]
    solver = state.solver(arch)
    owner = Sym(select.selector)
    low = both([some(owner), some(select.condition)])
    high = both([full(owner), full(select.condition)])
    return solver.implies(low, both(map(some, conditions))) and solver.implies(high, both(map(full, conditions)))


def _chains(state: State, arch: str, select: Select, own: tuple[Select, ...]) -> Iterator[tuple[Select, ...]]:
    """Ways from the entry to the selected symbol through other symbols, the shortest first."""
    symbols = state.kconfig(arch).symbols
    starts: dict[str, list[Select]] = {}
    for one in own:
        if one.target != select.target:
            starts.setdefault(one.target, []).append(one)
    below = _below(state, arch, starts)
    pending: list[tuple[Select, ...]] = [()]
    found = 0
    while pending and found < _MOST_PATHS:
        chain = pending.pop(0)
        at = chain[0].selector if chain else select.target
        for first in starts.get(at, ()) if chain else ():
            found += 1
            yield (first, *chain)
        symbol = symbols.get(at)
        if symbol is None or len(chain) == _LONGEST:
            continue
        for link in symbol.selected_by:
            seen = {one.target for one in chain}
            if link.selector in below and link.selector not in (select.selector, select.target) and at not in seen:
                pending.append((link, *chain))


def _below(state: State, arch: str, starts: Iterable[str]) -> set[str]:
    """The given symbols and all that they select, directly or not."""
    kconfig = state.kconfig(arch)
    found = set(starts)
    pending = list(starts)
    while pending:
        for link in selects_of(kconfig, pending.pop()):
            if link.target not in found:
                found.add(link.target)
                pending.append(link.target)
    return found


def _default(state: State, arch: str, select: Select) -> Span | None:
    """The ``default y`` of a symbol that nobody can turn off, where it holds whenever the select does."""
    symbol = state.kconfig(arch).symbols.get(select.target)
    if symbol is None or symbol.choice is not None or any(entry.prompt is not None for entry in symbol.definitions):
        return None
    defaults = [(entry, default) for entry in symbol.definitions for default in entry.defaults]
    if not defaults or any(default.value != Lit("y") for _, default in defaults):
        return None
    owner = both([some(Sym(select.selector)), some(select.condition)])
    for entry, default in defaults:
        if state.solver(arch).implies(owner, full(default.condition)):
            return Span(entry.path, default.line)
    return None


def _always(state: State, arch: str, select: Select) -> Select | None:
    """A select of the same symbol by an entry that is on in every configuration, where it holds whenever this does."""
    symbol = state.kconfig(arch).symbols.get(select.target)
    for other in symbol.selected_by if symbol is not None else ():
        if other.selector == select.selector or other.selector not in state.kconfig_text.always:
            continue
        if state.solver(arch).constant(other.selector) != "y" or other.selector in _below(state, arch, [select.target]):
            continue
        if _covers(state, arch, select, (other,)):
            return other
    return None


def _hit(arch: str, select: Select, reason: _Reason, *, is_added: bool) -> Hit:
    owner, target = select.selector, select.target
    place = Span(select.path, select.line)
    related = [Related(Span(one.path, one.line), f"{one.selector} selects {one.target}") for one in reason.chain]
    if reason.default is not None:
        message = f"{target} is always y where {owner} is on: this select adds nothing"
        related.append(Related(reason.default, f"{target} is y by default, and has no prompt"))
    elif reason.always is not None:
        other = reason.always
        message = f"{target} is always y where {owner} is on, for {other.selector} selects it: this select adds nothing"
        related.append(Related(Span(other.path, other.line), f"{other.selector} selects {target}, and is always on"))
    elif len(reason.chain) == 1:
        message = f"{owner} selects {target} twice"
    elif is_added:
        via = reason.chain[0].target
        message = f"{owner} selects {target}, which {via} brings along already"
    else:
        first = reason.chain[0]
        message = f"{owner} now selects {first.target}, which makes its select of {target} redundant"
        related = [Related(place, f"{target} is still selected here"), *related[1:]]
        place = Span(first.path, first.line)
    symbols = dict.fromkeys([target, *(link.target for link in reason.chain[:-1]), owner])
    own = arch_of(select.path)
    return Hit(place, message, symbols=tuple(symbols), related=tuple(related), arch=(arch,) if own else ())
