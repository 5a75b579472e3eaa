"""A changed configuration links an object next to another one with the same symbol, or drops the only one that has it.

Why: what a select or a default switches on brings objects along that no line of the patch names. When one of them
defines a function that the architecture has as well, the link fails with a multiple definition; when an object leaves
the build with a function that others still call, it fails with an undefined reference.
Bad: an architecture selects a generic implementation and keeps its own one, under the same name.
Good: its own implementation goes, or is built only without the generic one.
Source: Documentation/kbuild/kconfig-language.rst, "Adding common features and make the usage configurable"
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.cparse.model import Definition, Kind, Use
from lint.effects.model import NOT_BUILT, Effect, EffectKind
from lint.effects.run import step_effects
from lint.finding import Confidence, Hit, Related, Severity, Side, Span
from lint.logic import Formula, both, either, negate
from lint.resolve import Space, arch_of, definitions_in, is_visible, references_in
from lint.rule import rule
from lint.rules._links import externals, is_archived, linked, proof, settled, source_of, sources_naming
from lint.state import State

BAD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_COPY
 	bool
== Makefile
 obj-y += kernel/
== kernel/Makefile
 obj-$(CONFIG_GENERIC_COPY) += copy.o
== kernel/copy.c
 int copy(int a)
 {
 	return a;
 }
== arch/one/Kconfig
 config ONE
 	def_bool y
!	select GENERIC_COPY
== arch/one/Kbuild
 obj-y += own.o
== arch/one/own.c
 int copy(int a)
 {
 	return a + 1;
 }
"""

GOOD = """\
== Kconfig
 source "arch/$(SRCARCH)/Kconfig"

 config GENERIC_COPY
 	bool
== Makefile
 obj-y += kernel/
== kernel/Makefile
 obj-$(CONFIG_GENERIC_COPY) += copy.o
== kernel/copy.c
 int copy(int a)
 {
 	return a;
 }
== arch/one/Kconfig
 config ONE
 	def_bool y
+	select GENERIC_COPY
== arch/one/Kbuild
-obj-y += own.o
 obj-y += main.o
== arch/one/own.c
-int copy(int a)
-{
-	return a + 1;
-}
"""

_MOST_OBJECTS = 30
_MOST_NAMES = 200
_MOST_HITS = 8
_SHOWN = 3
_GONE = ("removed: ", "no longer ")


@dataclass(frozen=True, slots=True)
class _Clash:
    """Two definitions of one name, and when both are linked into the kernel."""

    ours: Definition
    other: Definition
    together: Formula


@rule("config-flip-symbol-conflict", Severity.ERROR, Confidence.HIGH, since="0.1", bad=BAD, good=GOOD)
def config_flip_symbol_conflict(change: Change) -> Iterator[Hit]:
    """Look at the objects that the change's effects bring into the build, or take out of it."""
    if not change.after.architectures:
        return
    effects = [one for one in step_effects(change) if one.kind is EffectKind.OBJECT and one.chain]
    found = 0
    for effect in effects[:_MOST_OBJECTS]:
        if NOT_BUILT not in (effect.before, effect.after):
            continue
        look = _doubled if effect.before == NOT_BUILT else _missing
        for hit in (hit for arch in effect.arch for hit in look(change, effect, arch)):
            yield hit
            found += 1
            if found == _MOST_HITS:
                return


def _doubled(change: Change, effect: Effect, arch: str) -> Iterator[Hit]:
    """What a newly built object defines and another linked one defines too, one hit for each other object."""
    state = change.after
    source = source_of(state, effect.subject)
    if source is None or is_archived(state, source):
        return
    own = {item.name: item for item in externals(state, source)}
    if not own:
        return
    top = f"{source.partition('/')[0]}/"
    within = (f"arch/{arch}/", *(() if top == "arch/" else (top,)))
    names = sorted(own)[:_MOST_NAMES]
    for path in sorted(others := sources_naming(state, names, arch, within)):
        if path == source or is_archived(state, path):
            continue
        clashes = [
            clash
            for other in externals(state, path)
            if other.name in others[path] and (clash := _clash(change, arch, own[other.name], other)) is not None
        ]
        if clashes:
            yield _clash_hit(change, effect, arch, clashes)


def _clash(change: Change, arch: str, ours: Definition, other: Definition) -> _Clash | None:
    """Both definitions, when a configuration links both, and none did before."""
    one, two = linked(change.after, ours), linked(change.after, other)
    if one is None or two is None:
        return None
    together = both([one, two])
    if not change.after.solver(arch).possible(together) or _were_together(change, arch, ours, other):
        return None
    return _Clash(ours, other, together)


def _were_together(change: Change, arch: str, ours: Definition, other: Definition) -> bool:
    found: list[Formula] = []
    for item in (ours, other):
        same = [one for one in externals(change.before, item.path) if one.name == item.name]
        formulas = [formula for one in same if (formula := linked(change.before, one)) is not None]
        found.append(either(formulas))
    return change.before.solver(arch).possible(both(found))


def _clash_hit(change: Change, effect: Effect, arch: str, clashes: list[_Clash]) -> Hit:
    first = clashes[0]
    witness, proven = proof(change.after.kconfig(arch), change.after.solver(arch), first.together)
    names = [clash.ours.name for clash in clashes]
    many = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
    ours, other = (f"{item.path.rpartition('.')[0]}.o" for item in (first.ours, first.other))
    related = [
        Related(Span(item.path, item.line, item.column), f"{item.name} is defined here")
        for clash in clashes[:_SHOWN]
        for item in (clash.ours, clash.other)
    ]
    return Hit(
        _cause(effect),
        f"{ours}, which is built now, defines {many}, and so does {other}: both can be linked on {arch}",
        symbols=tuple(dict.fromkeys([*names, *effect.symbols])),
        related=(*related, *_chain(effect)),
        arch=(arch,),
        witness=witness,
        severity=None if proven else Severity.NOTE,
    )


def _missing(change: Change, effect: Effect, arch: str) -> Iterator[Hit]:
    """What an object that leaves the build defined, and code that stays takes from nowhere else now."""
    state = change.after
    source = source_of(state, effect.subject)
    if source is None:
        return
    own = {item.name: item for item in externals(state, source) if not item.name.startswith("__initcall")}
    if not own:
        return
    paths = sources_naming(state, sorted(own)[:_MOST_NAMES], arch, ())
    for name in sorted(own):
        users = [path for path in sorted(paths) if name in paths[path] and path != source]
        hit = _unresolved(change, effect, arch, own[name], users) if users else None
        if hit is not None:
            yield hit
            return


def _unresolved(change: Change, effect: Effect, arch: str, definition: Definition, users: list[str]) -> Hit | None:
    """The hit for the first use that a configuration builds without any definition, as none did before."""
    name = definition.name
    provided = _provided(change.after, arch, name)
    before = _provided(change.before, arch, name)
    if provided is None or before is None:
        return None
    for path in users:
        for line, used in _uses(change.after, path, name):
            formula = both([used, negate(provided)])
            if not change.after.solver(arch).possible(formula):
                continue
            was = either(condition for _, condition in _uses(change.before, path, name))
            if change.before.solver(arch).possible(both([was, negate(before)])):
                continue
            witness, proven = proof(change.after.kconfig(arch), change.after.solver(arch), formula)
            gone = f"{definition.path.rpartition('.')[0]}.o"
            return Hit(
                _cause(effect),
                f"{gone} can be left out of the build now, and {path}:{line} still needs its {name}",
                symbols=tuple(dict.fromkeys([name, *effect.symbols])),
                related=(
                    Related(Span(path, line), f"uses {name}"),
                    Related(Span(definition.path, definition.line, definition.column), f"{name} is defined here"),
                    *_chain(effect),
                ),
                arch=(arch,),
                witness=witness,
                severity=None if proven else Severity.NOTE,
            )
    return None


def _provided(state: State, arch: str, name: str) -> Formula | None:
    """When some definition of a name is built, in an object or a header; None when that cannot be told."""
    found: list[Formula] = []
    for path in dict.fromkeys(one.path for one in state.search([name])[name]):
        if not path.endswith((".c", ".S", ".h", ".inc", ".lds.S")) or arch_of(path) not in (None, arch):
            continue
        for item in definitions_in(state, path, name, Space.ORDINARY):
            if path.endswith((".c", ".S")) and item.static:
                continue
            if item.kind is Kind.MACRO and path.endswith(".c"):
                continue
            formula = settled(both([state.gating.condition(path), item.condition]), path)
            if formula is None:
                return None
            found.append(formula)
        if path.endswith(".lds.S") and not found:
            return None
    return either(found)


def _uses(state: State, path: str, name: str) -> Iterator[tuple[int, Formula]]:
    """Lines of a source that call a name or take its address, and when they are built."""
    file = state.facts(path)
    if file is None or any(
        is_visible(item, path, None) and item.path == path
        for item in file.definitions_of(name)
        if item.kind not in (Kind.DECLARATION, Kind.EXTERN)
    ):
        return
    for one in references_in(state, path, name, Space.ORDINARY):
        if one.use is Use.MACRO_BODY or _may_be_dead(file.stripped, file.source.lines.start(one.line)):
            continue
        formula = settled(both([state.gating.condition(path), one.condition]), path)
        if formula is not None:
            yield one.line, formula


def _may_be_dead(text: bytes, at: int) -> bool:
    """Whether the compiler may drop the code: behind a test of a configuration in the same function."""
    start = max(text.rfind(b"\n}", 0, at), 0)
    return b"IS_" in text[start:at] and b"CONFIG_" in text[start:at]


def _cause(effect: Effect) -> Span:
    first = effect.chain[0]
    return Span(first.path, first.line, side=Side.BEFORE if first.text.startswith(_GONE) else Side.AFTER)


def _chain(effect: Effect) -> Iterator[Related]:
    for link in effect.chain[1:]:
        yield Related(Span(link.path, link.line), link.text)
