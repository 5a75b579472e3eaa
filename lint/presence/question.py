"""Can a configuration build a use of a name and none of its definitions?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lint.cparse.model import Definition, Kind
from lint.effects.truth import truth
from lint.kconfig.model import Compare, Lit, Sym
from lint.kconfig.replay import proof
from lint.kconfig.solver import Solver
from lint.logic import And, Atom, Formula, Not, atoms, both, either, negate
from lint.presence.exports import exports_of
from lint.presence.place import gate_of, place
from lint.presence.view import Offer, View, without_module
from lint.resolve import Site, Space, arch_of, definitions_in, is_host
from lint.snapshot.tree import Occurrence
from lint.state import State

_COMPARED = re.compile(r"\?\(CONFIG_(\w+) (==|<|>) (\w+)\)\Z")
_MOST_PLACES = 4000
_MOST_HOMES = 60
_EXPORT = re.compile(rb"[ \t]*+EXPORT_\w*SYMBOL\w*\s*\(")


@dataclass(frozen=True, slots=True)
class Need:
    """A name that a unit needs: where it stands, and the use that brings it in when that is a macro's or inline's body.

    ``inline``: the name stands in a function of a header, so that only its object can be missing to this unit.
    ``lacking``: architectures whose headers have no such name though others have it.
    ``owner``: the structure whose member it is, where that is known.
    """

    name: str
    space: Space
    site: Site
    unit: str
    via: Site | None = None
    inline: bool = False
    lacking: tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing at a use, in one architecture: the formula, and the definitions with what hides them.

    ``linked`` tells that a declaration is there, and no object that has the definition.
    """

    need: Need
    arch: str
    formula: Formula
    linked: bool
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A lack with a configuration that has it; ``proven`` when the evaluator agrees with the solver."""

    lack: Lack
    witness: Mapping[str, str]
    proven: bool


def lacks(view: View, need: Need) -> tuple[Lack, ...]:
    """The ways in which a use can be built without a definition; formulas that are not constant false."""
    offers = view.offers(need.name, need.space)
    if need.owner:
        offers = tuple(one for one in offers if one.definition.scope == need.owner)
    places = [place(view, one.path, one.reference) for one in (need.site, need.via) if one is not None]
    compiled, kept = both(one.compiled for one in places), both(one.kept for one in places)
    gate = gate_of(view)
    found: list[Lack] = []
    for condition, module in ((gate.builtin, False), (gate.module, True)):
        used = both((view.settled(condition), without_module(compiled, module)))
        if used is False:
            continue
        if not need.inline:
            unseen = both((used, negate(either(without_module(o.condition, module) for o in offers))))
            # a header that is simply not included is another rule's business
            if unseen is not False and (offers or view.arch in need.lacking):
                found.append(Lack(need, view.arch, unseen, linked=False, offers=offers))
        if need.space is Space.ORDINARY and any(o.promises for o in offers):
            objects = homes(view, need.name)
            inside = [o for o in offers if not o.promises and not _is_itself(o.definition)]
            own = either(without_module(o.condition, module) for o in inside)
            given = either(either((o.condition, o.modular)) if module else o.condition for o in objects)
            unlinked = both((used, without_module(kept, module), negate(own), negate(given)))
            if objects and unlinked is not False:
                told = tuple(Offer(o.definition, either((o.condition, o.modular))) for o in objects)
                found.append(Lack(need, view.arch, unlinked, linked=True, offers=(*told, *inside)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Home:
    """A definition in an object: when it is linked into the kernel, and when into a module."""

    definition: Definition
    condition: Formula
    modular: Formula


def homes(view: View, name: str) -> tuple[Home, ...]:
    """The objects that define a name for everyone; none when it is too common to be told."""
    state = view.state
    exported = exports_of(state).of(name)
    if exported:
        paths: Iterable[str] = exported
    else:
        occurrences = state.search([name])[name]
        if len(occurrences) > _MOST_PLACES:
            return ()
        word = name.encode()
        paths = dict.fromkeys(o.path for o in occurrences if o.path.endswith((".c", ".S")) and _may_define(o, word))
    found: list[Home] = []
    for path in paths:
        if is_host(path) or arch_of(path) not in (None, view.arch):
            continue
        for item in definitions_in(state, path, name, Space.ORDINARY):
            if item.kind in (Kind.FUNCTION, Kind.VARIABLE, Kind.LABEL) and not item.static:
                found.append(_home(view, item))
        if len(found) > _MOST_HOMES:
            return ()
    return tuple(found) or tuple(
        _exporting(view, name, path) for path in exported if arch_of(path) in (None, view.arch)
    )


def _exporting(view: View, name: str, path: str) -> Home:
    """The object of a file that exports a name whose definition is not understood (a macro makes it)."""
    return _home(view, Definition(Kind.VARIABLE, name, path, 1, 1, 1, 0, 0))


def _home(view: View, item: Definition) -> Home:
    gate = view.state.gating.gate(item.path)
    there = View(view.state, item.path, view.arch)
    own = there.settled(item.condition)
    builtin, module = there.settled(gate.builtin), there.settled(gate.module)
    return Home(item, both((builtin, without_module(own, False))), both((module, without_module(own, True))))


def _may_define(one: Occurrence, word: bytes) -> bool:
    """A cheap first look: a definition begins in the first columns and is no prototype, or a macro makes it."""
    text = one.text
    at = text.find(word)
    after = text[at + len(word) :].lstrip()[:1]
    if one.path.endswith(".S") or b'"' in text[:at]:
        return True
    if text[:1] in (b" ", b"\t", b"*", b"/", b"#") or text.startswith((b"extern", b"static", b"EXPORT_")):
        return False
    return (
        after in (b"=", b"[", b",", b")", b"")
        or (after == b";" and b"(" not in text[:at])
        or (after == b"(" and not text.rstrip().endswith(b";"))
    )


def _is_itself(definition: Definition) -> bool:
    """``#define f f``: only says that there is one."""
    return definition.kind is Kind.MACRO and definition.name in re.findall(r"\w+", definition.value)


def possible(lack: Lack, state: State) -> bool:
    """Whether some configuration has the lack; what is not known counts against it."""
    solver = state.solver(lack.arch)
    formula = decided(solver, lack.formula)
    return formula is not False and solver.possible(formula)


def shown(lack: Lack, state: State) -> Shown | None:
    """A configuration that has the lack, or None."""
    solver = state.solver(lack.arch)
    formula = decided(solver, lack.formula)
    if formula is False or not solver.possible(formula):
        return None
    kconfig = solver.kconfig

    def shows(settings: Mapping[str, str]) -> bool:
        from lint.kconfig.replay import Part

        names = [name for atom in atoms(formula) for name in _symbols(atom)]
        values = Part(kconfig, [*names, *settings]).evaluate(settings).values
        lasting = {name: value for name, value in values.items() if value != "n"}
        return truth(_without_comparisons(formula), lasting) is True

    witness, proven = proof(solver, formula, shows)
    named = {name: value for name, value in witness.items() if name.isidentifier() or name[:1].isdigit()}
    return Shown(lack, named, proven)


def _symbols(atom: str) -> Iterable[str]:
    name = atom.removeprefix("defined(").removesuffix(")")
    if name.startswith("CONFIG_"):
        name = name.removeprefix("CONFIG_")
        yield name
        if name.endswith("_MODULE"):
            yield name.removesuffix("_MODULE")


def _without_comparisons(formula: Formula) -> Formula:
    return formula


def conceivable(state: State, arch: str, formula: Formula) -> bool:
    """Whether some configuration may have it, with what is not known decided in its favour."""
    solver = state.solver(arch)
    formula = decided(solver, formula, favour=True)
    return formula is not False and solver.possible(formula)


def decided(solver: Solver, formula: Formula, sign: bool = True, *, favour: bool = False) -> Formula:
    """The formula with what is not known decided against it, or in its favour."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        if formula.name.startswith("CONFIG_"):
            return formula
        compared = _COMPARED.match(formula.name)
        if compared is not None and solver.kconfig.defines(compared[1]):
            op = "=" if compared[2] == "==" else compared[2]
            return solver.comparison(Compare(op, Sym(compared[1]), Lit(compared[3])))
        return sign is favour
    if isinstance(formula, Not):
        return negate(decided(solver, formula.operand, not sign, favour=favour))
    parts = [decided(solver, part, sign, favour=favour) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)
