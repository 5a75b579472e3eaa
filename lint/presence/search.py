"""The search for a configuration: which units and architectures are asked, and whether the change made it so."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from lint.change import Change
from lint.generated import is_pasted
from lint.logic import both, either, negate
from lint.presence.candidates import is_without_object
from lint.presence.question import Lack, Need, Shown, conceivable, homes, lacks, possible, shown
from lint.presence.suspects import Suspect
from lint.presence.view import View
from lint.resolve import Site, Space, arch_of, is_host, references_in
from lint.state import State

# Architectures that are asked of code of all of them, when nothing says which.
_MOST_ARCHS = 5
_MOST_UNITS = 4
_MOST_OLD = 12
_MOST_PRECEDENTS = 8
_MOST_PLACES = 3000


class Asker:
    """Asks about the uses of one change; what was learnt about a unit is kept for the next use."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self._views: dict[tuple[bool, str, str], View] = {}

    def view(self, unit: str, arch: str, *, before: bool = False) -> View:
        """What a unit sees, in the state after the change or before."""
        key = before, unit, arch
        if key not in self._views:
            self._views[key] = View(self.change.before if before else self.change.after, unit, arch)
        return self._views[key]

    def ask(self, need: Need, suspect: Suspect | None = None) -> Shown | None:
        """A configuration that builds the use and no definition, that no use had before; None when there is none."""
        if suspect is not None and suspect.promised and not is_without_object(self.change.after, need.name):
            return None
        for unit in [need.unit] if need.unit else self.units(need.site.path):
            own = replace(need, unit=unit)
            archs = self.archs(unit, suspect.archs if suspect is not None else ())
            if suspect is not None:
                archs = [arch for arch in archs if self._is_conceivable(own, suspect, arch)]
            found = self._first(own, archs)
            if found is not None:
                told = self._is_new(found) and not self._is_made(found) and self._is_credible(found)
                return shown(found, self.change.after) if told else None
        return None

    def _is_conceivable(self, need: Need, suspect: Suspect, arch: str) -> bool:
        """A first question without the headers of the unit: what Kconfig rules out needs no closer look."""
        if suspect.lacking or (suspect.given is False and not suspect.promised):
            return True
        state = self.change.after
        gate = state.gating.gate(need.unit)
        if not suspect.promised:
            formula = both((gate.built, (need.via or need.site).reference.condition, negate(suspect.given)))
            return conceivable(state, arch, formula)
        objects = homes(self.view(need.unit, arch), need.name)
        if not objects:
            return False
        builtin = both((gate.builtin, negate(either(one.condition for one in objects))))
        module = both((gate.module, negate(either(either((one.condition, one.modular)) for one in objects))))
        return conceivable(state, arch, either((builtin, module)))

    def _first(self, need: Need, archs: list[str]) -> Lack | None:
        """The first lack that some architecture's configuration has.

        What the first one says of the code is asked of the others' Kconfig before their headers are followed.
        """
        state = self.change.after
        told: tuple[Lack, ...] = ()
        for n, arch in enumerate(archs):
            if n and told and not any(possible(replace(lack, arch=arch), state) for lack in told):
                continue
            found = lacks(self.view(need.unit, arch), need)
            for lack in found:
                if possible(lack, state):
                    return lack
            told = told or found
        return None

    def units(self, path: str) -> list[str]:
        """The sources through which a file is built: itself, or some of those that include a header."""
        if not path.endswith((".h", ".inc")):
            return [path]
        changed = [f.new_path for f in self.change.files if f.new_path.endswith(".c") and not is_host(f.new_path)]
        arch = arch_of(path)
        near = [one for one in changed if path in self.view(one, arch or self._main(one)).reached]
        return (near or list(self._includers(path)))[:_MOST_UNITS]

    def _includers(self, path: str) -> Iterator[str]:
        """Sources that name a header in an ``#include``, those first that are always built."""
        stem = path.rpartition("/")[2].removesuffix(".h")
        word = max(stem.replace("-", " ").replace(".", " ").split(), key=len)
        tail = path.rpartition("/")[2].encode()
        found = self.change.after.search([word])[word]
        if len(found) > _MOST_PLACES:
            return
        names = dict.fromkeys(
            one.path
            for one in found
            if one.path.endswith(".c") and b"#" in one.text[:2] and tail in one.text and not is_host(one.path)
        )
        own = arch_of(path)
        gating = self.change.after.gating
        sources = [one for one in names if arch_of(one) in (None, own) or own is None]
        for source in sorted(sources[:40], key=lambda one: (gating.gate(one).builtin is not True, one)):
            if path in self.view(source, own or self._main(source)).reached:
                yield source

    def archs(self, unit: str, named: Collection[str]) -> list[str]:
        """The architectures to ask, the likeliest first."""
        own = arch_of(unit)
        known = self.change.after.architectures
        if own is not None:
            return [own] if own in known else []
        asked = sorted(self.change.archs or known, key=self._order)
        first = [arch for arch in named if arch in asked]
        return list(dict.fromkeys((*first, *asked)))[:_MOST_ARCHS]

    def _main(self, unit: str) -> str:
        return arch_of(unit) or next(iter(self.archs(unit, ())), "")

    def _order(self, arch: str) -> tuple[bool, int, str]:
        touched = {arch_of(file.path) for file in self.change.files}
        return arch not in touched, -len(self.change.after.tree.list(f"arch/{arch}/")), arch

    def _is_new(self, lack: Lack) -> bool:
        """Whether the same use, or another one of the same file, could not be built so before the change."""
        need = lack.need
        main = need.via or need.site
        path = self._old_path(main.path)
        if path is None:
            return True
        wanted = need.space if need.via is None else Space.ORDINARY
        for reference in list(references_in(self.change.before, path, main.reference.name, wanted))[:_MOST_OLD]:
            unit = self._old_path(need.unit) or need.unit
            site = Site(path, reference)
            old = replace(need, site=site, unit=unit) if need.via is None else replace(need, via=site, unit=unit)
            if self._happened(old, lack.arch):
                return False
        return True

    def _happened(self, need: Need, arch: str) -> bool:
        return any(possible(lack, self.change.before) for lack in lacks(self.view(need.unit, arch, before=True), need))

    def _is_credible(self, lack: Lack) -> bool:
        """Whether the uses that the tree has had all along are fine by the same reasoning: else it lacks something."""
        need = lack.need
        state: State = self.change.before
        changed = {file.old_path for file in self.change.files}
        near = {"/".join(need.unit.split("/")[:-1][:2]), *([f"arch/{lack.arch}"] if arch_of(need.unit) else [])}
        outer = need.via.reference.name if need.via is not None else need.name
        wanted = need.space if need.via is None else Space.ORDINARY
        places = state.search([outer], sorted(f"{place}/" for place in near if place))[outer]
        if len(places) > _MOST_PLACES:
            return False
        paths = dict.fromkeys(one.path for one in places if one.path.endswith(".c"))
        asked = 0
        for path in paths:
            if path in changed or is_host(path) or arch_of(path) not in (None, lack.arch):
                continue
            for reference in references_in(state, path, outer, wanted):
                site = Site(path, reference)
                other = replace(need, site=site) if need.via is None else replace(need, via=site)
                if self._happened(replace(other, unit=path), lack.arch):
                    return False
                break
            else:
                continue
            asked += 1
            if asked == _MOST_PRECEDENTS:
                break
        return True

    def _is_made(self, lack: Lack) -> bool:
        """Whether a macro in one of the files that define the name may paste together a definition of it besides."""
        if lack.linked:
            return False
        paths = [offer.definition.path for offer in lack.offers]
        return is_pasted(self.change.after, [lack.need.unit, *paths], lack.need.name)

    def _old_path(self, path: str) -> str | None:
        file = self.change.by_path.get(path)
        return path if file is None else file.old_path or None
