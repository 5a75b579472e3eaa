"""A select can force a symbol on in a configuration in which the symbol's own dependencies are not met.

Why: ``select`` does not look at dependencies. The forced symbol builds code that lacks what it needs, and the build
fails for whoever has that configuration; Kconfig only warns of "unmet direct dependencies".
Bad: an entry selects a symbol that depends on something that the entry does without.
Good: the entry depends on the same, or selects that as well.
Source: Documentation/kbuild/kconfig-language.rst, "reverse dependencies"
"""

from __future__ import annotations

from collections.abc import Iterator

from lint.change import Change
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.kconfig.evaluate import Preset, evaluate
from lint.kconfig.formulas import mentioned
from lint.kconfig.model import Kconfig, Select
from lint.kconfig.replay import proof
from lint.kconfig.solver import Solver
from lint.logic import Atom, Formula, both, negate
from lint.resolve import arch_of
from lint.rule import rule
from lint.rules._dependencies import Written, conjuncts, is_unmet, shown, touched_entries, unmet, values, written
from lint.rules._dependencies_archs import Architectures
from lint.rules._selects import SelectLine, added_selects, selects_of
from lint.state import State

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config NET
 	bool "Networking"

 config NET_HELPERS
 	bool
 	depends on NET
== arch/one/Kconfig
 config ONE
 	def_bool y
!	select NET_HELPERS
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config NET
 	bool "Networking"

 config NET_HELPERS
 	bool
 	depends on NET
== arch/one/Kconfig
 config ONE
 	def_bool y
+	select NET_HELPERS if NET
"""

_MOST_QUESTIONS = 400
_MOST_HITS = 8

_Pair = tuple[str, str]


@rule("unmet-dependency", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD)
def unmet_dependency(change: Change) -> Iterator[Hit]:
    """Ask about the selects whose selector, condition or target the change touched, where the answer may differ."""
    touched = touched_entries(change)
    asked = _asked(change, touched) if touched else {}
    found = 0
    for own, pairs in _by_architecture(change, touched, asked).items():
        archs = Architectures(change, own)
        pending = list(pairs)
        while pending and (arch := archs.next()) is not None:
            left: list[_Pair] = []
            for pair in pending:
                select = _violated(change.after, arch, pair)
                if select is not None:
                    if not _was_violated(change, arch, select):
                        yield _hit(change, arch, select, touched)
                        found += 1
                        if found == _MOST_HITS:
                            return
                elif archs.may_differ(arch, pair):
                    left.append(pair)
            pending = left
    yield from _awakened(change, touched, asked)


def _awakened(change: Change, touched: dict[str, list[Written]], asked: dict[_Pair, None]) -> Iterator[Hit]:
    """The selects of entries that wait for a symbol that an architecture selects from now on."""
    lines = added_selects(change)
    for arch in sorted({own for line in lines if (own := arch_of(line.path)) is not None}):
        if arch not in change.after.architectures:
            continue
        roots = [line.target for line in lines if arch_of(line.path) == arch]
        names = {*roots, *change.after.kconfig_text.reach(roots)}
        woken = frozenset(name for name in names if _wakes(change, arch, name))
        if not woken:
            continue
        for symbol in change.after.kconfig(arch).symbols.values():
            for one in symbol.selected_by:
                pair = (one.selector, one.target)
                if pair not in asked and not woken.isdisjoint(mentioned(one.condition)):
                    select = _violated(change.after, arch, pair)
                    if select is not None and not _was_violated(change, arch, select):
                        asked[pair] = None
                        yield _hit(change, arch, select, touched)


def _wakes(change: Change, arch: str, name: str) -> bool:
    """Whether a symbol can be on now, was there before, and could not."""
    if not change.before.kconfig(arch).defines(name):
        return False
    wanted = Atom(f"CONFIG_{name}")
    return change.after.solver(arch).possible(wanted) and not change.before.solver(arch).possible(wanted)


def _asked(change: Change, touched: dict[str, list[Written]]) -> dict[_Pair, None]:
    """The selects of touched entries and into them, and what follows from added selects; by text, nearest first."""
    text = change.after.kconfig_text
    selects = text.selects
    pairs: dict[_Pair, None] = {}
    for name in touched:
        pairs.update(dict.fromkeys((name, target) for target in selects.get(name, ())))
    for owner, targets in selects.items():
        for target in targets:
            if target in touched:
                pairs[owner, target] = None
    for name in sorted(text.reach(dict.fromkeys(line.owner for line in added_selects(change)))):
        pairs.update(dict.fromkeys((name, target) for target in selects.get(name, ())))
    return dict.fromkeys(list(pairs)[:_MOST_QUESTIONS])


def _by_architecture(
    change: Change, touched: dict[str, list[Written]], asked: dict[_Pair, None]
) -> dict[str | None, list[_Pair]]:
    """The pairs by the architecture whose files alone are concerned; None: generic files are."""
    owns = {arch_of(entry.path) for entries in touched.values() for entry in entries}
    owns |= {arch_of(file.path) for file in change.files if file.path.rpartition("/")[2].startswith("Kconfig")}
    if len(owns) == 1:
        return {next(iter(owns)): list(asked)} if asked else {}
    found: dict[str | None, list[_Pair]] = {}
    for pair in asked:
        own = {arch_of(entry.path) for name in pair for entry in touched.get(name, ())}
        key = next(iter(own)) if len(own) == 1 else None
        found.setdefault(key, []).append(pair)
    return found


def _violated(state: State, arch: str, pair: _Pair) -> Select | None:
    """The first select of the pair that can leave its target with unmet dependencies."""
    kconfig = state.kconfig(arch)
    for select in selects_of(kconfig, pair[0]):
        if select.target == pair[1]:
            formula = unmet(state.solver(arch), select)
            if formula is not False and state.solver(arch).possible(formula):
                return select
    return None


def _was_violated(change: Change, arch: str, select: Select) -> bool:
    """Whether the same select, or one that has gone, left the target with unmet dependencies before."""
    before, after = change.before.kconfig(arch), change.after.kconfig(arch)
    known = before.symbols.get(select.target)
    now = {(one.selector, one.target) for one in after.symbols[select.target].selected_by}
    for one in known.selected_by if known is not None else ():
        if one.selector == select.selector or (one.selector, one.target) not in now:
            solver = change.before.solver(arch)
            if solver.possible(unmet(solver, one)):
                return True
    return False


def _hit(change: Change, arch: str, select: Select, touched: dict[str, list[Written]]) -> Hit:
    kconfig, solver = change.after.kconfig(arch), change.after.solver(arch)
    formula = unmet(solver, select)
    culprit, formula = _culprit(solver, select, formula)
    witness, proven = proof(
        solver,
        formula,
        lambda settings: is_unmet(kconfig, select, evaluate(kconfig, Preset.ALLNOCONFIG, settings).values),
    )
    span, reasons = _place(change, select, touched)
    related = [*reasons, *_needs(change.after, kconfig, select)]
    names = dict.fromkeys([select.target, select.selector])
    own = arch_of(select.path)
    return Hit(
        span,
        f"{select.selector} selects {select.target}, which depends on {culprit}, and can be on without it",
        symbols=tuple(names),
        related=tuple(one for one in related if one.span != span),
        arch=(own or arch,),
        witness=witness,
        severity=None if proven else Severity.NOTE,
    )


def _culprit(solver: Solver, select: Select, formula: Formula) -> tuple[str, Formula]:
    """The first part of the target's dependencies that can be missing, and the question narrowed to that."""
    dependency = solver.kconfig.symbols[select.target].direct_dependency
    for part in conjuncts(dependency):
        narrowed = both([formula, negate(values(solver, part)[1])])
        if solver.possible(narrowed):
            return shown(part), narrowed
    return shown(dependency), formula


def _place(change: Change, select: Select, touched: dict[str, list[Written]]) -> tuple[Span, list[Related]]:
    """The changed line that made it possible, and the select where that is another line."""
    here = Span(select.path, select.line)
    note = Related(here, f"{select.selector} selects {select.target}")
    by_path = change.by_path
    file = by_path.get(select.path)
    if file is not None and select.line in file.added:
        return here, [note]
    for name in (select.target, select.selector):
        for entry in touched.get(name, ()):
            for one in (*entry.own, *entry.around):
                if entry.path in by_path and one.line in by_path[entry.path].added and one.word in _DECIDING:
                    return Span(entry.path, one.line), [note]
        removed = _removed(change, name)
        if removed is not None:
            return removed, [note]
    for line in _chain(change, select.selector):
        return Span(line.path, line.line), [note]
    for line in added_selects(change):
        if line.target in set(mentioned(select.condition)):
            return Span(line.path, line.line), [note]
    return here, [note]


_DECIDING = frozenset({"depends", "if", "select", "config", "menuconfig", "bool", "tristate", "def_bool", "default"})


def _removed(change: Change, name: str) -> Span | None:
    """The first removed ``depends on`` or ``select`` of an entry."""
    for file in change.files:
        if file.before is None or not file.removed or file.fragment:
            continue
        for entry in written(file.old_path, file.before).get(name, ()) if "Kconfig" in file.old_path else ():
            for one in (*entry.own, *entry.around):
                if one.line in file.removed and one.word in ("depends", "if", "select"):
                    return Span(file.old_path, one.line, side=Side.BEFORE)
    return None


def _chain(change: Change, selector: str) -> Iterator[SelectLine]:
    """The added selects from which the selector follows."""
    text = change.after.kconfig_text
    for line in added_selects(change):
        if line.target == selector or selector in text.reach([line.target]):
            yield line


def _needs(state: State, kconfig: Kconfig, select: Select) -> Iterator[Related]:
    """Where the target's dependencies stand: its own lines, and the blocks around it in its file."""
    target = select.target
    for definition in kconfig.symbols[target].definitions:
        for line in definition.depends_lines:
            yield Related(Span(definition.path, line), f"{target} depends on {shown(definition.own_depends)}")
        text = state.tree.read(definition.path)
        entries = written(definition.path, text).get(target, ()) if text is not None else ()
        for entry in entries:
            if entry.own and entry.own[0].line == definition.line:
                for one in entry.around:
                    if one.word in ("if", "depends"):
                        yield Related(Span(definition.path, one.line), f"{target} is inside this {_block(one.word)}")


def _block(word: str) -> str:
    return "if" if word == "if" else "menu's dependency"
