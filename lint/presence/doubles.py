"""Two definitions of one name that a configuration builds together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lint.change import Change
from lint.cparse.model import Definition, Kind
from lint.kbuild.gates import Gate
from lint.logic import Formula, atoms, both, either, negate
from lint.presence.candidates import is_global, kernel_files
from lint.presence.question import Lack, Need, Shown, possible, shown
from lint.presence.search import Asker
from lint.presence.suspects import covers
from lint.presence.view import View, without_module
from lint.resolve import Site, Space, arch_of, definitions_in, is_host
from lint.state import State

_MOST_NAMES = 60
_MOST_FILES = 60
_MOST_PLACES = 2000
_CONST = re.compile(r"\bconst\b")
# Linked on their own, or before and instead of the kernel: nothing there meets the kernel's names.
_APART = re.compile(r"(?:^|/)(?:purgatory|realmode|libstub|pi|compressed|startup|zboot|kexec)/")


@dataclass(frozen=True, slots=True)
class Double:
    """Two definitions of a name with a configuration that builds both; ``first`` is the one that the change touches.

    ``replaceable``: the other one gives way to a macro of its name, which some header on the way may yet define.
    """

    first: Definition
    other: Definition
    shown: Shown
    replaceable: bool = False


class Doubles:
    """Asks whether what a change defines meets another definition."""

    def __init__(self, change: Change, asker: Asker) -> None:
        self.change = change
        self.asker = asker

    def within_units(self) -> Iterator[Double]:
        """What a source defines that one of its headers, or another branch of its own, defines too."""
        for unit, names in self._units().items():
            for name in list(names)[:_MOST_NAMES]:
                found = self._in_unit(unit, name)
                if found is not None:
                    yield found

    def between_objects(self) -> Iterator[Double]:
        """What two objects of the kernel define for everyone."""
        for item in self.change.added_definitions:
            if item.path.endswith((".c", ".S")) and is_global(item) and not item.weak and not _is_apart(item.path):
                found = self._between(item)
                if found is not None:
                    yield found

    def _units(self) -> dict[str, set[str]]:
        """Sources and the names to ask them for: what is defined on changed lines there, or in changed headers."""
        asked: dict[str, set[str]] = {}
        for file in kernel_files(self.change):
            path = file.new_path
            facts = self.change.after.facts(path)
            if facts is None or not file.added:
                continue
            touched = {
                item.name
                for item in facts.definitions.items
                if item.kind in (Kind.FUNCTION, Kind.VARIABLE)
                and any(item.line - 1 <= line <= item.end_line for line in file.added)
            }
            if path.endswith(".c"):
                asked.setdefault(path, set()).update(self._with_rivals(path, touched))
            elif path.endswith(".h"):
                for name in sorted(touched)[:_MOST_NAMES]:
                    for unit in self._defining(name, path):
                        asked.setdefault(unit, set()).add(name)
        return asked

    def _with_rivals(self, path: str, names: set[str]) -> set[str]:
        """Those of a source's names that it defines twice, or that a header seems to define as well."""
        state = self.change.after
        found = {name for name in names if _may_meet(list(definitions_in(state, path, name, Space.ORDINARY)))}
        asked = sorted(names - found)
        places = state.headers(asked)
        for name in asked:
            head = re.compile(rb"static\s[\w\s*]*[\s*]%b\s*\(" % re.escape(name.encode()))
            if any(head.match(one.text.rstrip()) for one in places[name] or ()):
                found.add(name)
        return found

    def _defining(self, name: str, header: str) -> list[str]:
        """The changed sources, or those beside the header's users, that define a name of a header too."""
        found = []
        for file in kernel_files(self.change):
            if file.new_path.endswith(".c") and name.encode() in (file.after or b""):
                found.append(file.new_path)
        places = self.change.after.search([name])[name]
        if len(places) <= _MOST_PLACES:
            head = re.compile(rb"[A-Za-z_][\w\s*]*\b%b\s*\([^;]*\Z" % re.escape(name.encode()))
            found += [o.path for o in places if o.path.endswith(".c") and head.match(o.text.rstrip())]
        return [path for path in dict.fromkeys(found) if not is_host(path)][:_MOST_FILES]

    def _in_unit(self, unit: str, name: str) -> Double | None:
        state = self.change.after
        own = [d for d in definitions_in(state, unit, name, Space.ORDINARY) if _has_body(d)]
        if not own:
            return None
        for arch in self.asker.archs(unit, ())[:2]:
            view = self.asker.view(unit, arch)
            pairs = list(_pairs(view, own, name))
            for first, other in pairs:
                found = self._meet(view, first, other)
                if found is not None and not self._met_before(unit, arch, name):
                    return found
        return None

    def _meet(self, view: View, first: Definition, other: Definition) -> Double | None:
        gate = view.state.gating.gate(view.unit)
        for formula in _formulas(view, gate, first, other):
            lack = _as_lack(view, first, formula)
            if possible(lack, view.state):
                found = shown(lack, view.state)
                if found is not None:
                    raw = definitions_in(view.state, other.path, other.name, Space.ORDINARY)
                    own = f"defined({other.name})"
                    return Double(first, other, found, any(own in atoms(item.condition) for item in raw))
        return None

    def _met_before(self, unit: str, arch: str, name: str) -> bool:
        file = self.change.by_path.get(unit)
        path = unit if file is None else file.old_path
        if not path:
            return False
        state = self.change.before
        own = [d for d in definitions_in(state, path, name, Space.ORDINARY) if _has_body(d)]
        view = self.asker.view(path, arch, before=True)
        gate = state.gating.gate(path)
        return any(
            possible(_as_lack(view, first, formula), state)
            for first, other in _pairs(view, own, name)
            for formula in _formulas(view, gate, first, other)
        )

    def _between(self, item: Definition) -> Double | None:
        state = self.change.after
        own = state.gating.gate(item.path)
        if own.builtin is False or _is_library(state, item.path):
            return None
        places = state.search([item.name])[item.name]
        if len(places) > _MOST_PLACES:
            return None
        head = item.name.encode()
        paths = dict.fromkeys(
            o.path for o in places if o.path.endswith(".c") and o.text[:1] not in (b" ", b"\t", b"*", b"/", b"#")
        )
        for path in list(paths)[:_MOST_FILES]:
            if path == item.path or is_host(path) or _is_apart(path) or head not in (state.tree.read(path) or b""):
                continue
            archs = {arch_of(path), arch_of(item.path)} - {None}
            if len(archs) > 1 or _is_library(state, path):
                continue
            for other in definitions_in(state, path, item.name, Space.ORDINARY):
                if other.kind is item.kind and is_global(other) and not other.weak and _has_body(other):
                    found = self._together(item, other)
                    if found is not None:
                        return found
        return None

    def _together(self, item: Definition, other: Definition) -> Double | None:
        state = self.change.after
        unit = item.path if arch_of(item.path) or not arch_of(other.path) else other.path
        for arch in self.asker.archs(unit, ())[:3]:
            formula = both((self._built(state, item, arch), self._built(state, other, arch)))
            lack = _as_lack(self.asker.view(item.path, arch), item, formula)
            if formula is False or not possible(lack, state):
                continue
            if any(d.name == item.name for d in self._before(item)) and self.change.before.tree.exists(other.path):
                return None
            found = shown(lack, state)
            if found is not None:
                return Double(item, other, found)
        return None

    def _before(self, item: Definition) -> list[Definition]:
        file = self.change.by_path.get(item.path)
        path = file.old_path if file is not None else item.path
        return list(definitions_in(self.change.before, path, item.name, Space.ORDINARY)) if path else []

    def _built(self, state: State, item: Definition, arch: str) -> Formula:
        view = self.asker.view(item.path, arch)
        return both((state.gating.gate(item.path).builtin, without_module(view.settled(item.condition), False)))


def _may_meet(own: list[Definition]) -> bool:
    """Whether two definitions of one file stand under conditions that do not exclude each other by their words."""
    pairs = ((one, other) for n, one in enumerate(own) for other in own[n + 1 :] if one.kind is other.kind)
    return any(not covers([negate(both((one.condition, other.condition)))]) for one, other in pairs)


def _pairs(view: View, own: list[Definition], name: str) -> Iterator[tuple[Definition, Definition]]:
    """Pairs of definitions of the unit itself, and of one there with one of its headers."""
    for n, first in enumerate(own):
        for other in own[n + 1 :]:
            if first.kind is other.kind is Kind.FUNCTION or _differ(first, other):
                yield first, other
    for first in own:
        for offer in view.offers(name, Space.ORDINARY, promised=False):
            item = offer.definition
            if item.path != view.unit and item.kind is Kind.FUNCTION and first.kind is Kind.FUNCTION:
                # the condition of the chain of headers comes with the offer
                yield first, replace(item, condition=offer.condition)


def _formulas(view: View, gate: Gate, first: Definition, other: Definition) -> Iterator[Formula]:
    if any(name.startswith("?") for name in atoms(either((first.condition, other.condition)))):
        return
    inside = view.settled(both((first.condition, other.condition)))
    for linked, module in ((gate.builtin, False), (gate.module, True)):
        yield both((linked, without_module(inside, module)))


def _differ(first: Definition, other: Definition) -> bool:
    """Whether two definitions of a variable at file scope disagree about being constant."""
    if not (first.kind is other.kind is Kind.VARIABLE) or first.weak or other.weak:
        return False
    return (_CONST.search(first.type) is None) != (_CONST.search(other.type) is None)


def _has_body(item: Definition) -> bool:
    return item.kind in (Kind.FUNCTION, Kind.VARIABLE) and not item.weak


def _is_apart(path: str) -> bool:
    return _APART.search(path) is not None


def _is_library(state: State, path: str) -> bool:
    """Whether an object is a member of a library, which gives way to any other definition."""
    directory = path.rpartition("/")[0]
    target = path.rpartition(".")[0] + ".o"
    return any(one.kind == "lib" for one in state.gating.lists(directory).get(target, ()))


def _as_lack(view: View, item: Definition, formula: Formula) -> Lack:
    from lint.cparse.model import Reference, Use

    reference = Reference(item.name, item.line, item.column, Use.PLAIN, "", item.condition)
    need = Need(item.name, Space.ORDINARY, Site(item.path, reference), view.unit)
    return Lack(need, view.arch, formula, linked=False, offers=())
