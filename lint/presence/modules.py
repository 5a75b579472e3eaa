"""What a module may use of other objects: only what some line exports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from posixpath import dirname

from lint.change import Change
from lint.cparse.model import Use
from lint.finding import Side, Span
from lint.logic import Formula, both, either, negate
from lint.presence.candidates import is_exported, kernel_files, uses_of
from lint.presence.exports import exported_by, exports_of
from lint.presence.moves import Moved, users_of
from lint.presence.place import gate_of, place
from lint.presence.question import Home, Lack, Need, Shown, homes, possible, shown
from lint.presence.search import Asker
from lint.presence.view import Offer, View, without_module
from lint.resolve import Site, Space, arch_of, is_host, references_in
from lint.state import State

_EXPORTING = re.compile(rb"#[ \t]*+define\b[^\n]*(?:\\\n[^\n]*)*EXPORT_")
_MOST_USERS = 8
_MOST_PLACES = 3000


class Modules:
    """Asks whether modules of a change can be linked."""

    def __init__(self, change: Change, asker: Asker) -> None:
        self.change = change
        self.asker = asker

    def missing(self) -> Iterator[tuple[Shown, Span]]:
        """Every use that lacks an export, with the place that the change touched."""
        for _, uses in uses_of(self.change):
            for need, _ in uses:
                if need.space is Space.ORDINARY and not need.inline and not is_exported(self.change.after, need.name):
                    for one in self._needs(need):
                        found = self._ask(one)
                        if found is not None:
                            yield found, _span(need.via or need.site)
                            break
        for moved in unexported_names(self.change):
            for need in users_of(self.change, moved):
                found = self._ask(need)
                if found is not None:
                    yield found, moved.span
                    break

    def _needs(self, need: Need) -> Iterator[Need]:
        """The use itself in a source, or the users of the macro that it stands in."""
        if need.via is not None or need.site.path.endswith(".c"):
            yield replace(need, unit=(need.via or need.site).path)
            return
        reference = need.site.reference
        if reference.use is not Use.MACRO_BODY or not reference.function:
            return
        state = self.change.after
        places = state.search([reference.function])[reference.function]
        count = 0
        for path in dict.fromkeys(o.path for o in places[:_MOST_PLACES] if o.path.endswith(".c")):
            if is_host(path) or state.gating.gate(path).module is False:
                continue
            for outer in references_in(state, path, reference.function, Space.ORDINARY):
                yield replace(need, unit=path, via=Site(path, outer))
                count += 1
                break
            if count == _MOST_USERS:
                return

    def _ask(self, need: Need) -> Shown | None:
        state = self.change.after
        if state.gating.gate(need.unit).module is False:
            return None
        for arch in [one for one in self.asker.archs(need.unit, ()) if one not in need.lacking][:2]:
            lack = self._lack(self.asker.view(need.unit, arch), need)
            if lack is not None and possible(lack, state):
                return None if self._was_so(need, arch) else shown(lack, state)
        return None

    def _was_so(self, need: Need, arch: str) -> bool:
        """Whether the file lacked the export already."""
        main = (need.via or need.site).path
        file = self.change.by_path.get(main)
        path = main if file is None else file.old_path
        if not path:
            return False
        outer = (need.via or need.site).reference.name
        for reference in list(references_in(self.change.before, path, outer, Space.ORDINARY))[:4]:
            site = Site(path, reference)
            if need.via is not None:
                inner = [
                    one
                    for one in references_in(self.change.before, need.site.path, need.name, Space.ORDINARY)
                    if one.function == outer
                ]
                if not inner:
                    continue
                old = replace(need, via=site, unit=path, site=Site(need.site.path, inner[0]))
            else:
                old = replace(need, site=site, unit=path)
            lack = self._lack(self.asker.view(path, arch, before=True), old)
            if lack is not None and possible(lack, self.change.before):
                return True
        return False

    def _lack(self, view: View, need: Need) -> Lack | None:
        state = view.state
        offers = view.offers(need.name, Space.ORDINARY)
        if not any(one.promises for one in offers):
            return None
        objects = [home for home in homes(view, need.name) if home.definition.path != need.unit]
        if not objects or any(_is_shared(state, need.unit, home) for home in objects):
            return None
        exported = self._exported(view, need.name, objects)
        if exported is None:
            return None
        places = [place(view, one.path, one.reference) for one in (need.site, need.via) if one is not None]
        used = both([part for one in places for part in (one.compiled, one.kept)])
        own = either(without_module(one.condition, True) for one in offers if not one.promises)
        there = either(either((home.condition, home.modular)) for home in objects)
        gate = gate_of(view)
        formula = both((view.settled(gate.module), without_module(used, True), negate(own), there, negate(exported)))
        if formula is False:
            return None
        told = tuple(Offer(home.definition, either((home.condition, home.modular))) for home in objects)
        return Lack(need, view.arch, formula, linked=True, offers=told)

    def _exported(self, view: View, name: str, objects: list[Home]) -> Formula | None:
        """When some line exports the name; None when macros may do it that are not understood."""
        state = view.state
        conditions: list[Formula] = []
        paths = exports_of(state).of(name)
        for path in paths:
            if arch_of(path) not in (None, view.arch):
                continue
            facts = state.facts(path)
            for line in _lines(state.tree.read(path) or b"", name):
                condition = facts.conditions.at(line) if facts is not None else True
                conditions.append(self.asker.view(path, view.arch).settled(condition))
        if paths:
            return either(conditions) if conditions else None
        if any(b"EXPORT" in one.text for one in state.search([name])[name]):
            return None
        if any(_EXPORTING.search(state.tree.read(home.definition.path) or b"") for home in objects):
            return None
        return False


def unexported_names(change: Change) -> Iterator[Moved]:
    """The names whose last export the change removes."""
    exports = exports_of(change.after)
    for file in kernel_files(change):
        if not file.removed or file.before is None:
            continue
        gone = exported_by(file.before) - exported_by(file.after or b"")
        for name in sorted(gone):
            if not exports.of(name):
                lines = [line for line in _lines(file.before, name) if line in file.removed]
                yield Moved(name, Space.ORDINARY, Span(file.old_path, lines[0] if lines else 0, side=Side.BEFORE))


def _lines(text: bytes, name: str) -> list[int]:
    """The lines that export a name."""
    found = re.compile(rb"^[^\n]*EXPORT_\w*\s*\(\s*%b\b" % re.escape(name.encode()), re.M)
    return [text.count(b"\n", 0, one.start()) + 1 for one in found.finditer(text)]


def _is_shared(state: State, unit: str, home: Home) -> bool:
    """Whether both are parts of one module, as far as the makefile of their directory says."""
    path = home.definition.path
    if home.modular is False:
        return False
    one, other = _owners(state, unit), _owners(state, path)
    if one & other:
        return True
    # parts of one module in several directories
    places = dirname(unit), dirname(path)
    return places[0] != places[1] and (places[0].startswith(places[1]) or places[1].startswith(places[0]))


def _owners(state: State, path: str) -> set[str]:
    target = f"{path.rpartition('.')[0]}.o"
    listed = state.gating.lists(dirname(path)).get(target, ())
    return {f"{dirname(path)}/{one.owner}" for one in listed if one.kind == "composite"}


def _span(site: Site) -> Span:
    reference = site.reference
    return Span(site.path, reference.line, reference.column, reference.column + len(reference.name))
